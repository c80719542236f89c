// Over 300 lines: cases of one subject, which share what stands at the top.
import { type Unplanned } from '#shared/model/planned-change.ts';
import { describe, expect, it } from 'vitest';
import { type AdjPreview, type AdjIntent, type Target } from '#shared/model/change.ts';
import { GLOBAL_SCOPE, type Scope } from '#shared/model/scope.ts';
import { type Snapshot } from '../../../../../../src-main/collect/snapshot.ts';
import { orderOfScope } from '../../../../../../src-main/engine/watch/order-view.ts';
import { adjPreview } from '../../../../../../src-main/engine/change/adj/preview.ts';
import { type FakeProcess } from '../../../../../helpers/proc-tree.ts';
import { EVERYTHING, processIn, snapshotOf } from '../../../../../helpers/processes/process-sampler.ts';

const MIB = 2 ** 20;
const OWN_UID = 1000;

/** Eight processes of falling size: 10 goes first, 80 last. */
const EIGHT: readonly FakeProcess[] = [10, 20, 30, 40, 50, 60, 70, 80].map((pid) => ({
  pid,
  name: `p${pid}`,
  uid: OWN_UID,
  rssAnonPages: (100 - pid) * 3000,
}));

function of(snapshot: Snapshot, pid: number): Target {
  const { startTicks } = processIn(snapshot, pid);
  return { kind: 'process', id: { pid, startTicks } };
}

function preview(
  snapshot: Snapshot,
  target: Target,
  intent: AdjIntent,
  scope: Scope = GLOBAL_SCOPE,
): Unplanned<AdjPreview> {
  const result = adjPreview(snapshot, { target, intent, scope }, OWN_UID);
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

/** The same machine with the values written; processes that share an address space get the value as well. */
function carriedOut(snapshot: Snapshot, { changes }: Pick<AdjPreview, 'changes'>): Snapshot {
  const values = new Map(changes.map(({ pid, after }) => [pid, after]));
  const shared = new Map(
    snapshot.processes.flatMap(({ pid, mm }) => {
      const value = values.get(pid);
      return mm === undefined || value === undefined ? [] : [[mm, value] as const];
    }),
  );
  const processes = snapshot.processes.map((process) => ({
    ...process,
    oomScoreAdj:
      values.get(process.pid) ??
      (process.mm === undefined ? undefined : shared.get(process.mm)) ??
      process.oomScoreAdj,
  }));
  return { ...snapshot, processes };
}

function orderIn(snapshot: Snapshot, scope: Scope = GLOBAL_SCOPE): number[] {
  const order = orderOfScope(snapshot, scope);
  if (!order.ok) throw new Error(order.error.code);
  return order.value.order.places.map(({ task }) => task.pid);
}

function withMm(snapshot: Snapshot, mms: Readonly<Record<number, number>>): Snapshot {
  return {
    ...snapshot,
    processes: snapshot.processes.map((process) => {
      const mm = mms[process.pid];
      return mm === undefined ? process : { ...process, mm };
    }),
  };
}

describe('previewAdj', () => {
  const intents: readonly AdjIntent[] = [
    { kind: 'behind', n: 1 },
    { kind: 'behind', n: 5 },
    { kind: 'never' },
    { kind: 'first' },
    { kind: 'adj', oomScoreAdj: 1000 },
    { kind: 'adj', oomScoreAdj: -300 },
  ];

  it.for(intents.flatMap((intent) => [10, 30, 80].map((pid) => [intent, pid] as const)))(
    'shows the order that holds after %o for process %i',
    ([intent, pid]) => {
      const snapshot = snapshotOf({ processes: EIGHT });
      const shown = preview(snapshot, of(snapshot, pid), intent);
      const then = orderIn(carriedOut(snapshot, shown));
      expect(shown.orderAfter.map((place) => place.pid)).toEqual(then);
      expect(shown.orderAfter.map(({ rank }) => rank)).toEqual(then.map((_, index) => index + 1));
      expect(shown.nextBefore?.pid).toBe(10);
      expect(shown.nextAfter?.pid).toBe(then[0]);
      const rankBefore = new Map(orderIn(snapshot).map((each, index) => [each, index + 1]));
      for (const place of shown.orderAfter) expect(place.rankBefore).toBe(rankBefore.get(place.pid));
    },
  );

  it('protects by the smallest change: one more would not be behind the n-th any more', () => {
    const snapshot = snapshotOf({ processes: EIGHT });
    for (const n of [1, 3, 7]) {
      const shown = preview(snapshot, of(snapshot, 10), { kind: 'behind', n });
      const [change] = shown.changes;
      expect(change).toMatchObject({ pid: 10, before: 0 });
      expect(orderIn(carriedOut(snapshot, shown)).indexOf(10)).toBe(n);
      const one = { ...shown, changes: shown.changes.map((each) => ({ ...each, after: each.after + 1 })) };
      expect(orderIn(carriedOut(snapshot, one)).indexOf(10)).toBeLessThan(n);
    }
  });

  it('later: still stands behind the next five after an hour of its growth, which it names', () => {
    const snapshot = snapshotOf({ processes: EIGHT });
    const growth = 40 * MIB;
    const target = of(snapshot, 10);
    const { value: shown } = adjPreview(
      snapshot,
      { target, intent: { kind: 'later' }, scope: GLOBAL_SCOPE },
      OWN_UID,
      undefined,
      undefined,
      () => growth,
    ) as { ok: true; value: Unplanned<AdjPreview> };
    expect(shown.room).toEqual({ bytes: 60 * growth, growthBytesPerMinute: growth });
    const after = carriedOut(snapshot, shown);
    const hourOn = {
      ...after,
      processes: after.processes.map((process) =>
        process.pid === 10 && process.memory !== undefined
          ? {
              ...process,
              memory: { ...process.memory, rssPages: process.memory.rssPages + (60 * growth) / 4096 },
            }
          : process,
      ),
    };
    expect(orderIn(hourOn).indexOf(10)).toBeGreaterThanOrEqual(5);
    // The smallest change that moves it there now would have been undone by then.
    const smallest = preview(snapshot, target, { kind: 'behind', n: 5 }).changes[0]?.after ?? 0;
    expect(shown.changes[0]?.after).toBeLessThan(smallest);
  });

  it.each([
    ['later', (adj: number) => adj > -500],
    ['strong', (adj: number) => adj === -500],
    ['never', (adj: number) => adj === -1000],
  ] as const)('%s: says the place that it gives, out of how many', (kind, isRight) => {
    const snapshot = snapshotOf({ processes: EIGHT });
    const shown = preview(snapshot, of(snapshot, 10), { kind });
    const then = orderIn(carriedOut(snapshot, shown));
    const index = then.indexOf(10);
    expect(shown.place).toEqual({
      before: 1,
      ...(index < 0 ? { isExempt: true } : { after: index + 1 }),
      of: then.length,
    });
    expect(shown.changes[0]?.after).toSatisfy(isRight);
  });

  it('says the place of one that keeps its value, and the place of its group for one that dies with it', () => {
    const snapshot = snapshotOf({
      processes: EIGHT.map((each) => (each.pid === 80 ? { ...each, adj: -600 } : each)),
    });
    expect(preview(snapshot, of(snapshot, 80), { kind: 'strong' })).toMatchObject({
      changes: [],
      place: { before: 8, after: 8, of: 8 },
    });
    const grouped = snapshotOf({
      cgroups: { '/box': { oomGroup: true } },
      processes: EIGHT.map((each) =>
        each.pid === 10 || each.pid === 70 ? { ...each, cgroup: '/box' } : each,
      ),
    });
    expect(preview(grouped, of(grouped, 70), { kind: 'adj', oomScoreAdj: 1 }).place.before).toBe(1);
  });

  it('gives up by the smallest change: one less would not be next', () => {
    const snapshot = snapshotOf({ processes: EIGHT });
    const shown = preview(snapshot, of(snapshot, 80), { kind: 'first' });
    expect(shown.nextAfter?.pid).toBe(80);
    const one = { ...shown, changes: shown.changes.map((each) => ({ ...each, after: each.after - 1 })) };
    expect(orderIn(carriedOut(snapshot, one))[0]).toBe(10);
  });

  it('changes nothing where the intent is fulfilled', () => {
    const snapshot = snapshotOf({ processes: EIGHT });
    for (const [pid, intent] of [
      [10, { kind: 'first' }],
      [80, { kind: 'behind', n: 5 }],
      [80, { kind: 'adj', oomScoreAdj: 0 }],
    ] as const) {
      const shown = preview(snapshot, of(snapshot, pid), intent);
      expect(shown.changes).toEqual([]);
      expect(shown.needsRoot).toBe(false);
      expect(shown.lasting.map(({ oomScoreAdj }) => oomScoreAdj)).toEqual(intent.kind === 'adj' ? [0] : []);
      expect(shown.warnings).toEqual([]);
    }
  });

  it('counts those that are there when fewer are than were asked for', () => {
    const snapshot = snapshotOf({ processes: EIGHT.slice(0, 3) });
    const shown = preview(snapshot, of(snapshot, 10), { kind: 'behind', n: 5 });
    expect(shown.orderAfter.map(({ pid }) => pid)).toEqual([20, 30, 10]);
  });

  it('goes behind all that can be passed, where some cannot', () => {
    const services = [91, 92, 93, 94].map((pid) => ({ pid, rssAnonPages: 200 - pid, adj: -999 }));
    const snapshot = snapshotOf({ processes: [...EIGHT.slice(0, 4), ...services] });
    const shown = preview(snapshot, of(snapshot, 10), { kind: 'behind', n: 5 });
    expect(shown.orderAfter.slice(0, 4).map(({ pid }) => pid)).toEqual([20, 30, 40, 10]);
    expect(shown.warnings.map(({ kind }) => kind)).not.toContain('out-of-reach');
  });

  it('says when no value above -1000 does it, and changes nothing', () => {
    const GIB_PAGES = 262_144;
    const snapshot = snapshotOf({
      meminfo: { memTotalBytes: 8 * 1024 * MIB },
      processes: [
        { pid: 10, name: 'huge', rssAnonPages: 2 * GIB_PAGES },
        { pid: 20, name: 'saved', rssAnonPages: 10, adj: -999 },
      ],
    });
    const shown = preview(snapshot, of(snapshot, 10), { kind: 'behind', n: 1 });
    expect(shown.changes).toEqual([]);
    expect(shown.warnings).toEqual([{ kind: 'out-of-reach', names: ['huge'] }]);
    const first = preview(snapshot, of(snapshot, 20), { kind: 'first' });
    expect(first.changes).toMatchObject([{ pid: 20, before: -999 }]);
    expect(first.nextAfter?.pid).toBe(20);
  });

  it('leaves one at -1000 where it is when it is to be protected, and finds the value that gives it up', () => {
    const snapshot = snapshotOf({ processes: [...EIGHT, { pid: 90, rssAnonPages: 90_000, adj: -1000 }] });
    expect(preview(snapshot, of(snapshot, 90), { kind: 'behind', n: 1 }).changes).toEqual([]);
    const first = preview(snapshot, of(snapshot, 90), { kind: 'first' });
    expect(first.changes).toMatchObject([{ pid: 90, before: -1000 }]);
    expect(orderIn(carriedOut(snapshot, first))[0]).toBe(90);
  });

  it('moves all of a tree behind the others, each by what it needs itself', () => {
    const snapshot = snapshotOf({
      processes: EIGHT.map((each) =>
        each.pid === 20 || each.pid === 30 ? { ...each, parentPid: 10 } : each,
      ),
    });
    const { id } = of(snapshot, 10) as Extract<Target, { kind: 'process' }>;
    const shown = preview(snapshot, { kind: 'tree', id }, { kind: 'behind', n: 4 });
    expect(shown.changes.map(({ pid }) => pid)).toEqual([10, 20, 30]);
    const then = orderIn(carriedOut(snapshot, shown));
    expect(then.slice(0, 4)).toEqual([40, 50, 60, 70]);
    expect(new Set(then.slice(4))).toEqual(new Set([10, 20, 30, 80]));
  });

  it('counts processes that share the address space as changed with it', () => {
    const snapshot = withMm(snapshotOf({ processes: EIGHT }), { 10: 7, 20: 7 });
    const shown = preview(snapshot, of(snapshot, 10), { kind: 'adj', oomScoreAdj: -200 });
    expect(shown.changes.map(({ pid }) => pid)).toEqual([10]);
    expect(shown.orderAfter.map(({ pid }) => pid)).toEqual(orderIn(carriedOut(snapshot, shown)));
    expect(shown.nextAfter?.pid).toBe(30);
  });

  it('says that no victim is left when all processes are protected', () => {
    const snapshot = snapshotOf({ processes: EIGHT.slice(0, 1) });
    const shown = preview(snapshot, of(snapshot, 10), { kind: 'never' });
    expect(shown.nextBefore?.pid).toBe(10);
    expect(shown.nextAfter).toBeUndefined();
    expect(shown.orderAfter).toEqual([]);
  });

  it('names no next victim where the kernel panics instead, before and after', () => {
    const snapshot = snapshotOf({ processes: EIGHT, sysctls: { 'vm.panic_on_oom': 1 } });
    const shown = preview(snapshot, of(snapshot, 10), { kind: 'behind', n: 2 });
    expect(shown.nextBefore).toBeUndefined();
    expect(shown.nextAfter).toBeUndefined();
  });

  it('shows the front of a long order, and the changed ones wherever they land', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      pid: 100 + index,
      rssAnonPages: (40 - index) * 2500,
    }));
    const snapshot = snapshotOf({ processes: many });
    const shown = preview(snapshot, of(snapshot, 100), { kind: 'behind', n: 30 });
    expect(shown.orderAfter.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 31]);
    expect(shown.orderAfter.at(-1)).toMatchObject({ pid: 100, changed: true, rankBefore: 1 });
    expect(shown.orderAfter.filter(({ changed }) => changed).length).toBe(1);
  });

  it('is computed in the scope that was asked for, and refuses a place there for those outside', () => {
    const scope = { kind: 'cgroup', path: '/box' } as const;
    const snapshot = snapshotOf(
      {
        cgroups: { '/box': { limitBytes: 512 * MIB, usageBytes: 100 * MIB } },
        processes: EIGHT.map((each) =>
          each.pid <= 30 ? { ...each, rssAnonPages: each.pid * 100, cgroup: '/box' } : each,
        ),
      },
      { ...EVERYTHING, scopes: ['/box'] },
    );
    const shown = preview(snapshot, of(snapshot, 30), { kind: 'behind', n: 2 }, scope);
    expect(shown.orderAfter.map(({ pid }) => pid)).toEqual([20, 10, 30]);
    expect(shown.orderAfter.map(({ pid }) => pid)).toEqual(orderIn(carriedOut(snapshot, shown), scope));
    for (const intent of [{ kind: 'behind', n: 1 }, { kind: 'first' }] as const) {
      const outside = adjPreview(snapshot, { target: of(snapshot, 40), intent, scope }, OWN_UID);
      expect(outside).toMatchObject({ ok: false, error: { code: 'out-of-scope' } });
    }
    const byHand = adjPreview(
      snapshot,
      { target: of(snapshot, 40), intent: { kind: 'never' }, scope },
      OWN_UID,
    );
    expect(byHand).toMatchObject({ ok: true, value: { changes: [{ pid: 40, after: -1000 }] } });
  });

  it('fails as its scope and its target do', () => {
    const snapshot = snapshotOf({ processes: EIGHT });
    const gone = { kind: 'process', id: { pid: 10, startTicks: 999_999 } } as const;
    expect(
      adjPreview(snapshot, { target: gone, intent: { kind: 'never' }, scope: GLOBAL_SCOPE }, OWN_UID),
    ).toMatchObject({ ok: false, error: { code: 'process-gone' } });
    const scope = { kind: 'cgroup', path: '/nowhere' } as const;
    expect(
      adjPreview(snapshot, { target: of(snapshot, 10), intent: { kind: 'never' }, scope }, OWN_UID),
    ).toMatchObject({ ok: false, error: { code: 'scope-unknown' } });
  });

  it('needs root to lower, and to touch what belongs to others; raising what is ours does not', () => {
    const snapshot = snapshotOf({ processes: [...EIGHT, { pid: 90, uid: 0, rssAnonPages: 50 }] });
    const raised = preview(snapshot, of(snapshot, 80), { kind: 'adj', oomScoreAdj: 5 });
    expect(raised.needsRoot).toBe(false);
    expect(preview(snapshot, of(snapshot, 80), { kind: 'adj', oomScoreAdj: -5 }).needsRoot).toBe(true);
    expect(preview(snapshot, of(snapshot, 90), { kind: 'adj', oomScoreAdj: 5 }).needsRoot).toBe(true);
  });

  it('offers to let the value last', () => {
    const snapshot = snapshotOf({ processes: EIGHT });
    expect(preview(snapshot, of(snapshot, 10), { kind: 'never' }).lasting).toEqual([
      { lasting: { kind: 'rule', name: 'p10' }, oomScoreAdj: -1000, count: 1 },
    ]);
  });

  it('answers for each place in which processes of a name live', () => {
    const java = { name: 'java', rssAnonPages: 1000 };
    const container = `docker:${'4f6e'.repeat(16)}`;
    const snapshot = snapshotOf({
      processes: [
        { ...java, pid: 11, cgroup: '/system.slice/kafka.service' },
        { ...java, pid: 12, cgroup: '/system.slice/kafka.service' },
        { ...java, pid: 13, cgroup: '/user.slice/user-1000.slice/user@1000.service/app.slice/ide.service' },
        { ...java, pid: 14, cgroup: '/user.slice/user-1000.slice/session-3.scope' },
        { ...java, pid: 15, cgroup: `/system.slice/docker-${'4f6e'.repeat(16)}.scope` },
      ],
    });
    const shown = preview(snapshot, { kind: 'name', name: 'java' }, { kind: 'adj', oomScoreAdj: 430 });
    expect(shown.lasting.map(({ lasting, count }) => [lasting, count])).toEqual([
      [{ kind: 'unit', unit: { manager: 'system', name: 'kafka.service' } }, 2],
      [{ kind: 'unit', unit: { manager: 'user:1000', name: 'ide.service' } }, 1],
      [{ kind: 'rule', name: 'java' }, 1],
      [
        {
          kind: 'container',
          container,
          runtime: container.split(':')[0],
          flag: '--oom-score-adj=430',
          compose: 'oom_score_adj: 430',
        },
        1,
      ],
    ]);
  });
});
