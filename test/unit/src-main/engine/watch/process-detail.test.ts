import { describe, expect, it } from 'vitest';
import { GLOBAL_SCOPE, type Scope } from '#shared/model/scope.ts';
import { orderOfScope } from '../../../../../src-main/engine/watch/order-view.ts';
import { processDetail } from '../../../../../src-main/engine/watch/process-detail.ts';
import { ProcessHistories } from '../../../../../src-main/engine/forecast/process-histories.ts';
import { EVERYTHING, processIn, snapshotOf } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

const MIB = 2 ** 20;

function detailOf(pid: number, spec: ProcTreeSpec, scope: Scope = GLOBAL_SCOPE) {
  const scopes = scope.kind === 'cgroup' ? [scope.path] : [];
  const snapshot = snapshotOf(spec, { ...EVERYTHING, scopes });
  const order = orderOfScope(snapshot, scope);
  if (!order.ok) throw new Error(order.error.code);
  const process = processIn(snapshot, pid);
  const histories = new ProcessHistories(4096);
  histories.add(snapshot.timeMs, 0, [process]);
  return processDetail(snapshot, order.value, process, histories);
}

const nested: ProcTreeSpec = {
  meminfo: { memAvailableBytes: 4096 * MIB },
  cgroups: {
    '/slice': { limitBytes: 1024 * MIB, usageBytes: 900 * MIB, inactiveFileBytes: 600 * MIB },
    '/slice/app': {
      limitBytes: 512 * MIB,
      usageBytes: 400 * MIB,
      inactiveFileBytes: 20 * MIB,
      oomGroup: true,
    },
    '/slice/app/leaf': { usageBytes: 10 * MIB },
  },
  processes: [
    { pid: 10, rssAnonPages: 3000, cgroup: '/slice/app/leaf' },
    { pid: 20, rssAnonPages: 500, cgroup: '/slice/app' },
    { pid: 30, rssAnonPages: 9000, cgroup: '/slice' },
  ],
};

/** Without swap, and with cache that is all clean and inactive. */
const headroomOf = (mib: number, cacheMib: number) => ({
  ...{ headroomBytes: mib * MIB, comfortableBytes: mib * MIB, uncertainBytes: 0 },
  ...{ reclaimableBytes: cacheMib * MIB, swapBytes: 0 },
});

describe('processDetail', () => {
  it('shows the chain of cgroups, outermost first, and nothing of how it was read', () => {
    expect(detailOf(10, nested).chain).toEqual([
      {
        path: '/slice',
        label: 'slice',
        usageBytes: 900 * MIB,
        limitBytes: 1024 * MIB,
        headroom: headroomOf(724, 600),
        oomGroup: false,
      },
      {
        path: '/slice/app',
        label: 'app',
        usageBytes: 400 * MIB,
        limitBytes: 512 * MIB,
        headroom: headroomOf(132, 20),
        oomGroup: true,
      },
      {
        path: '/slice/app/leaf',
        label: 'leaf',
        usageBytes: 10 * MIB,
        oomGroup: false,
      },
    ]);
  });

  it('knows the limit that is reached first, counting cache that the kernel drops before it kills', () => {
    expect(detailOf(10, nested).tightest).toEqual({
      path: '/slice/app',
      headroomBytes: 132 * MIB,
      rank: 1,
    });
    expect(detailOf(30, nested).tightest).toEqual({ path: '/slice', headroomBytes: 724 * MIB, rank: 1 });
  });

  it('gives a process that dies with a group the place of the group', () => {
    expect(detailOf(20, nested).tightest?.rank).toBe(1);
  });

  it('has no place there for a process that is never killed', () => {
    const spec: ProcTreeSpec = { ...nested, processes: [{ pid: 10, adj: -1000, cgroup: '/slice/app' }] };
    expect(detailOf(10, spec).tightest).toEqual({
      path: '/slice/app',
      headroomBytes: 132 * MIB,
      outcome: 'no-victim',
    });
  });

  it.for([
    { what: 'the machine runs out first', spec: { ...nested, meminfo: { memAvailableBytes: 50 * MIB } } },
    { what: 'there is no limit above it', spec: { processes: [{ pid: 10, cgroup: '/free' }] } },
    { what: 'there are no cgroups', spec: { cgroupVersion: 'none', processes: [{ pid: 10 }] } },
  ] as const)('names no tighter limit when $what', ({ spec }) => {
    expect(detailOf(10, spec)).not.toHaveProperty('tightest');
  });

  it('never has less than no headroom', () => {
    const spec: ProcTreeSpec = {
      cgroups: { '/box': { limitBytes: MIB, usageBytes: 2 * MIB } },
      processes: [{ pid: 10, cgroup: '/box' }],
    };
    expect(detailOf(10, spec).tightest?.headroomBytes).toBe(0);
  });

  describe('says what would protect it', () => {
    const others = [1, 2, 3, 4, 5, 6, 7].map((each) => ({ pid: 100 + each, rssAnonPages: 1000 * each }));

    it('behind five others, by the smallest change that still does when it has grown', () => {
      const detail = detailOf(10, { processes: [{ pid: 10, rssAnonPages: 50_000 }, ...others] });
      expect(detail.protect).toMatchObject({ behind: 5, nextPid: 107 });
      const adj = detail.protect?.oomScoreAdj ?? 0;
      const rssAnonPages = 50_000 + Math.ceil((detail.protect?.room.bytes ?? 0) / 4096);
      const placeAt = (oomScoreAdj: number) =>
        detailOf(10, { processes: [{ pid: 10, rssAnonPages, adj: oomScoreAdj }, ...others] }).process.rank;
      // A step is a permille of memory, and may lead past more than one.
      expect(placeAt(adj)).toBeGreaterThanOrEqual(6);
      expect(placeAt(adj + 1)).toBeLessThan(6);
    });

    it('behind all others, where they are fewer', () => {
      const detail = detailOf(10, { processes: [{ pid: 10, rssAnonPages: 50_000 }, ...others.slice(0, 2)] });
      expect(detail.protect?.behind).toBe(2);
    });

    it('behind all others that can be passed, as a preview does, where some are at -999', () => {
      const passed = [1, 2].map((each) => ({ pid: 100 + each, rssAnonPages: 1000 * each }));
      const fixed = [1, 2, 3, 4].map((each) => ({ pid: 200 + each, rssAnonPages: 1, adj: -999 }));
      const detail = detailOf(10, { processes: [{ pid: 10, rssAnonPages: 50_000 }, ...passed, ...fixed] });
      expect(detail.protect).toMatchObject({ behind: 2, nextPid: 102 });
      expect(detail.protect?.oomScoreAdj).toBeLessThan(0);
    });

    it.for([
      {
        what: 'it stands there already, also when it has grown',
        processes: [{ pid: 10, rssAnonPages: 1, adj: -100 }, ...others],
        sysctls: {},
      },
      { what: 'it is alone', processes: [{ pid: 10 }], sysctls: {} },
      { what: 'it is never killed', processes: [{ pid: 10, adj: -1000 }, ...others], sysctls: {} },
      {
        what: 'the machine panics instead',
        processes: [{ pid: 10, rssAnonPages: 50_000 }, ...others],
        sysctls: { 'vm.panic_on_oom': 1 },
      },
    ])('not when $what', ({ processes, sysctls }) => {
      expect(detailOf(10, { processes, sysctls })).not.toHaveProperty('protect');
    });
  });

  it('has the history, and no growth from a single point', () => {
    const detail = detailOf(10, { processes: [{ pid: 10, rssAnonPages: 100, rssFilePages: 0 }] });
    expect(detail.history.map(({ pages }) => pages)).toEqual([110]);
    expect(detail).not.toHaveProperty('growthBytesPerMinute');
  });

  it('has the place in the scope that is looked at', () => {
    const spec: ProcTreeSpec = {
      ...nested,
      cgroups: { ...nested.cgroups, '/slice/app': { limitBytes: 512 * MIB } },
    };
    expect(detailOf(20, spec).process.rank).toBe(3);
    expect(detailOf(20, spec, { kind: 'cgroup', path: '/slice/app' }).process.rank).toBe(2);
  });
});
