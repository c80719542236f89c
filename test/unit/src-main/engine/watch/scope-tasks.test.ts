import { describe, expect, it } from 'vitest';
import { type Scope } from '#shared/model/scope.ts';
import { type Interest } from '../../../../../src-main/collect/sampler.ts';
import { orderOfScope, orderView } from '../../../../../src-main/engine/watch/order-view.ts';
import { scopeTasks } from '../../../../../src-main/engine/watch/scope-tasks.ts';
import { tableRows } from '../../../../../src-main/engine/watch/table-rows.ts';
import { EVERYTHING, snapshotOf } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

const MIB = 2 ** 20;
const BOX: Scope = { kind: 'cgroup', path: '/box' };
const LOOKING: Interest = { ...EVERYTHING, scopes: ['/box'] };

const spec: ProcTreeSpec = {
  meminfo: { memTotalBytes: 1024 * MIB, swapTotalBytes: 256 * MIB, swapFreeBytes: 256 * MIB },
  cgroups: {
    '/box': { limitBytes: 64 * MIB, swapLimitBytes: 0 },
    '/box/group': { oomGroup: true },
    '/boxer': { limitBytes: MIB },
    '/free': {},
  },
  processes: [
    { pid: 10, startTicks: 30, cgroup: '/box/group' },
    { pid: 20, startTicks: 20, cgroup: '/box' },
    { pid: 30, startTicks: 10 },
    { pid: 40, startTicks: 40, cgroup: '/boxer' },
  ],
};

function tasksIn(scope: Scope, more: ProcTreeSpec = {}, interest: Interest = LOOKING) {
  const found = scopeTasks(snapshotOf({ ...spec, ...more }, interest), scope);
  if (!found.ok) throw new Error(found.error.code);
  return { pids: found.value.tasks.map(({ pid }) => pid), context: found.value.context };
}

describe('scopeTasks', () => {
  it('has all processes of the machine, in fork order', () => {
    const { pids, context } = tasksIn({ kind: 'global' });
    expect(pids).toEqual([30, 20, 10, 40]);
    expect(context).toMatchObject({ totalPages: 1280 * 256, scanOrderKnown: true, panicOnOom: 0 });
  });

  it('has the members of a cgroup, parents before children', () => {
    const { pids, context } = tasksIn(BOX);
    expect(pids).toEqual([20, 10]);
    expect(context).toMatchObject({ scope: BOX, totalPages: 64 * 256, scanOrderKnown: true });
    expect([...context.oomGroups]).toEqual(['/box/group']);
  });

  it('does not know the scan order of v1, which sorts its lists', () => {
    expect(tasksIn(BOX, { cgroupVersion: 1 }).context.scanOrderKnown).toBe(false);
  });

  it('goes by where processes were seen while the members were not read', () => {
    const { pids, context } = tasksIn(BOX, {}, EVERYTHING);
    expect(pids).toEqual([20, 10]);
    expect(context.scanOrderKnown).toBe(false);
  });

  it('leaves out members that were started after the processes were listed', () => {
    const { pids } = tasksIn(BOX, { processes: [{ pid: 20, cgroup: '/box' }] });
    expect(pids).toEqual([20]);
  });

  it('brings the settings of the machine', () => {
    const { context } = tasksIn(BOX, { sysctls: { 'vm.panic_on_oom': 2, 'vm.oom_kill_allocating_task': 1 } });
    expect(context).toMatchObject({ panicOnOom: 2, killAllocatingTask: true });
  });

  it.for([
    {
      what: 'a cgroup without a limit',
      path: '/free',
      more: { processes: [{ pid: 5, cgroup: '/free' }] },
      code: 'scope-unlimited',
    },
    { what: 'the root, which has none', path: '/', more: {}, code: 'scope-unlimited' },
    { what: 'what is no cgroup', path: '/nope', more: {}, code: 'scope-unknown' },
    {
      what: 'any path on a machine without cgroups',
      path: '/',
      more: { cgroupVersion: 'none', cgroups: {} },
      code: 'scope-unknown',
    },
  ] as const)('refuses $what', ({ path, more, code }) => {
    const snapshot = snapshotOf({ ...spec, ...more }, { ...EVERYTHING, scopes: [path] });
    expect(scopeTasks(snapshot, { kind: 'cgroup', path })).toMatchObject({
      ok: false,
      error: { code, facts: { path } },
    });
  });
});

describe('an address space that reaches out of a cgroup', () => {
  const shared = () => {
    const snapshot = snapshotOf(
      {
        ...spec,
        processes: [
          { pid: 20, startTicks: 20, rssAnonPages: 500, cgroup: '/box' },
          { pid: 21, startTicks: 21, rssAnonPages: 100, cgroup: '/box' },
          { pid: 40, startTicks: 40, rssAnonPages: 500, name: 'mate', cgroup: '/boxer' },
        ],
      },
      LOOKING,
    );
    const processes = snapshot.processes.map((each) => (each.pid === 21 ? each : { ...each, mm: 20 }));
    return orderOfScope({ ...snapshot, processes, scopeMembers: new Map() }, BOX);
  };

  it('takes the one outside along, and says that it is outside', () => {
    const order = shared();
    if (!order.ok) throw new Error(order.error.code);
    const { entries, eligibleCount } = orderView(order.value, 9);
    expect(entries.map(({ pid, diesWith }) => [pid, diesWith])).toEqual([
      [20, [{ pid: 40, startTicks: 40, name: 'mate', outside: true }]],
      [21, []],
    ]);
    expect(eligibleCount).toBe(2);
  });

  it('does not make it a process of the scope', () => {
    const order = shared();
    if (!order.ok) throw new Error(order.error.code);
    const range = { query: '', sort: 'rank', descending: false, from: 0, count: 9 } as const;
    expect(tableRows(order.value, range).rows.map(({ pid }) => pid)).toEqual([20, 21]);
  });
});
