import { describe, expect, it } from 'vitest';
import { GLOBAL_SCOPE, type Scope } from '#shared/model/scope.ts';
import { orderOfScope, orderView, troublesOf } from '../../../../../src-main/engine/watch/order-view.ts';
import { EVERYTHING, snapshotOf } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

const MIB = 2 ** 20;

function viewOf(spec: ProcTreeSpec, count = 10, scope: Scope = GLOBAL_SCOPE) {
  const scopes = scope.kind === 'cgroup' ? [scope.path] : [];
  const order = orderOfScope(snapshotOf(spec, { ...EVERYTHING, scopes }), scope);
  if (!order.ok) throw new Error(order.error.code);
  return orderView(order.value, count);
}

describe('orderView', () => {
  it('has the first places by badness, with what each death frees', () => {
    const view = viewOf(
      {
        meminfo: { memTotalBytes: 4000 * 4096 },
        processes: [
          { pid: 10, name: 'small', rssAnonPages: 100, rssFilePages: 0, pageTablePages: 1 },
          { pid: 20, name: 'big', rssAnonPages: 900, rssFilePages: 50, pageTablePages: 5, swapPages: 7 },
          { pid: 30, name: 'given up', rssAnonPages: 10, rssFilePages: 0, pageTablePages: 0, adj: 500 },
        ],
      },
      2,
    );
    expect(view).toMatchObject({
      scope: GLOBAL_SCOPE,
      totalPages: 4000,
      outcome: 'kills',
      eligibleCount: 3,
      either: [30],
      errorPages: 0,
    });
    expect(view.entries).toHaveLength(2);
    expect(view.entries[0]).toMatchObject({
      rank: 1,
      pid: 30,
      badnessPages: 2010,
      adjustmentPages: 2000,
      freesPages: 10,
      freedSoFarPages: 10,
      marginPages: 1048,
      certain: true,
      diesWith: [],
    });
    expect(view.entries[1]).toMatchObject({
      rank: 2,
      pid: 20,
      badnessPages: 962,
      freesPages: 912,
      freedSoFarPages: 922,
      marginPages: 861,
    });
  });

  it('has no margin at the end', () => {
    const view = viewOf({ processes: [{ pid: 10 }] });
    expect(view.entries[0]).not.toHaveProperty('marginPages');
  });

  it('names the protected by size, ten at most, and counts all', () => {
    const view = viewOf({
      processes: Array.from({ length: 12 }, (_, index) => ({
        pid: 100 + index,
        adj: -1000,
        rssAnonPages: index,
        rssFilePages: 0,
        pageTablePages: 0,
        ...(index === 11 ? { cgroup: '/system.slice/ssh.service' } : {}),
      })),
    });
    expect(view).toMatchObject({ protectedCount: 12, protectedPages: 66, outcome: 'deadlock-panics' });
    expect(view.protectedLargest.map(({ pages }) => pages)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    expect(view.protectedLargest[0]).toEqual({
      pid: 111,
      startTicks: 1111,
      name: 'process-111',
      unit: { manager: 'system', name: 'ssh.service' },
      pages: 11,
    });
  });

  it('counts no kernel thread and no zombie among the protected', () => {
    const view = viewOf({
      processes: [
        { pid: 2, kernelThread: true, adj: -1000 },
        { pid: 3, memory: 'none', adj: -1000 },
      ],
    });
    expect(view).toMatchObject({ protectedCount: 0, protectedPages: 0, eligibleCount: 0 });
  });

  it.for([
    { sysctls: { 'vm.panic_on_oom': 1 }, outcome: 'panics' },
    { sysctls: { 'vm.panic_on_oom': 2 }, outcome: 'panics' },
    { sysctls: { 'vm.oom_kill_allocating_task': 1 }, outcome: 'kills-allocating-task' },
  ])(
    'says what $sysctls makes of it, and keeps the order that would hold otherwise',
    ({ sysctls, outcome }) => {
      const view = viewOf({ sysctls, processes: [{ pid: 10 }] });
      expect(view.outcome).toBe(outcome);
      expect(view.either).toEqual([]);
      expect(view.entries.map(({ pid }) => pid)).toEqual([10]);
    },
  );

  it('goes by the limit in a cgroup, where small ones know no adjustment', () => {
    const spec: ProcTreeSpec = {
      cgroups: { '/box': { limitBytes: 3 * MIB } },
      processes: [
        { pid: 10, adj: 900, rssAnonPages: 10, cgroup: '/box' },
        { pid: 20, adj: -900, rssAnonPages: 11, cgroup: '/box' },
        { pid: 30, rssAnonPages: 5000 },
      ],
    };
    const view = viewOf(spec, 10, { kind: 'cgroup', path: '/box' });
    expect(view.totalPages).toBe(768);
    expect(view.entries.map(({ pid, adjustmentPages }) => [pid, adjustmentPages])).toEqual([
      [20, 0],
      [10, 0],
    ]);
  });

  it('has no victim in a cgroup without a killable process', () => {
    const spec: ProcTreeSpec = {
      cgroups: { '/box': { limitBytes: 3 * MIB } },
      processes: [{ pid: 10, adj: -1000, cgroup: '/box' }],
    };
    expect(viewOf(spec, 10, { kind: 'cgroup', path: '/box' })).toMatchObject({
      outcome: 'no-victim',
      entries: [],
      either: [],
    });
  });

  it('has no victim in a cgroup where killing is switched off, and keeps the order', () => {
    const spec: ProcTreeSpec = {
      cgroupVersion: 1,
      cgroups: { '/box': { limitBytes: 64 * MIB, oomKillDisable: true } },
      processes: [{ pid: 10, cgroup: '/box' }],
    };
    const view = viewOf(spec, 10, { kind: 'cgroup', path: '/box' });
    expect(view).toMatchObject({ outcome: 'waits', either: [] });
    expect(view.entries.map(({ pid }) => pid)).toEqual([10]);
    expect(viewOf(spec).outcome).toBe('kills');
  });

  it('names all processes that die with a memory.oom.group', () => {
    const view = viewOf({
      cgroups: { '/box': { oomGroup: true } },
      processes: [
        { pid: 10, name: 'first', rssAnonPages: 900, cgroup: '/box' },
        { pid: 20, name: 'second', rssAnonPages: 20, cgroup: '/box/inner' },
        { pid: 30, name: 'other', rssAnonPages: 30 },
        { pid: 40, name: 'kept', adj: -1000, cgroup: '/box' },
      ],
    });
    expect(view.entries.map(({ pid }) => pid)).toEqual([10, 30]);
    expect(view.entries[0]?.diesWith).toEqual([{ pid: 20, startTicks: 1020, name: 'second' }]);
    expect(view.entries[0]?.freesPages).toBe(900 + 20 + 2 * 10);
  });

  it('says "A or B" where two are equal and the kernel hides the order of its scan', () => {
    const spec: ProcTreeSpec = {
      cgroupVersion: 1,
      cgroups: { '/box': { limitBytes: 64 * MIB } },
      processes: [
        { pid: 10, cgroup: '/box', rssAnonPages: 300 },
        { pid: 20, cgroup: '/box', rssAnonPages: 300 },
        { pid: 30, cgroup: '/box', rssAnonPages: 200 },
      ],
    };
    const view = viewOf(spec, 10, { kind: 'cgroup', path: '/box' });
    expect(view.either.toSorted()).toEqual([10, 20]);
    expect(view.entries.map(({ certain }) => certain)).toEqual([false, false, true]);
    const known = viewOf({ ...spec, cgroupVersion: 2 }, 10, { kind: 'cgroup', path: '/box' });
    expect(known.either).toEqual([20]);
  });

  it('knows how far lagging counters of swap may be off', () => {
    const processes = [1, 2, 3, 4, 5, 6].map((each) => ({
      pid: each,
      rssAnonPages: 1000 * each,
      statRssPages: 1000 * each - 20,
      swapPages: 500,
      majorFaults: 10,
    }));
    const view = viewOf({
      meminfo: { swapTotalBytes: 512 * MIB, swapFreeBytes: 100 * MIB },
      sysctls: { 'kernel.osrelease': '6.18.0' },
      vmstat: { pswpin: 100 },
      initialPidNamespace: false,
      processes,
    });
    expect(view.errorPages).toBeGreaterThan(0);
    expect(view.entries[0]?.pid).toBe(6);
  });

  it('has the widest range of all, however few are shown', () => {
    const snapshot = snapshotOf({
      meminfo: { swapTotalBytes: 512 * MIB, swapFreeBytes: 100 * MIB },
      sysctls: { 'kernel.osrelease': '6.18.0' },
      vmstat: { pswpin: 100 },
      initialPidNamespace: false,
      processes: Array.from({ length: 40 }, (_, index) => ({
        pid: 100 + index,
        rssAnonPages: 9000 - 100 * index,
        statRssPages: 9000 - 100 * index - 20,
        ...(index === 39 ? { swapPages: 500, majorFaults: 10 } : {}),
      })),
    });
    const errorOf = (most: number) => {
      const order = orderOfScope(snapshot, GLOBAL_SCOPE, most);
      return order.ok ? order.value.order.errorPages : order.error;
    };
    expect(errorOf(Infinity)).toBeGreaterThan(0);
    expect(errorOf(1)).toBe(errorOf(Infinity));
  });
});

describe('troublesOf', () => {
  const CGROUP: Scope = { kind: 'cgroup', path: '/' };

  it('are none on an ordinary machine', () => {
    expect(troublesOf(snapshotOf({}), GLOBAL_SCOPE)).toEqual([]);
  });

  it('are that one sees only a part of the machine from inside a container, but all of its own cgroup', () => {
    const snapshot = snapshotOf({ initialPidNamespace: false });
    expect(troublesOf(snapshot, GLOBAL_SCOPE)).toEqual([{ kind: 'out-of-sight', by: 'pid-namespace' }]);
    expect(troublesOf(snapshot, CGROUP)).toEqual([]);
  });

  it('are that hidepid hides others everywhere', () => {
    const snapshot = snapshotOf({ hidePid: 2 });
    expect(troublesOf(snapshot, GLOBAL_SCOPE)).toEqual([{ kind: 'out-of-sight', by: 'hidepid' }]);
    expect(troublesOf(snapshot, CGROUP)).toEqual([{ kind: 'out-of-sight', by: 'hidepid' }]);
  });
});
