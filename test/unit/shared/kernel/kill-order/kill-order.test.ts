// Over 300 lines: cases of one subject, which share what stands at the top.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { badness } from '#shared/kernel/badness/badness.ts';
import { ineligibleReason } from '#shared/kernel/badness/eligibility.ts';
import { killOrder, type OomContext } from '#shared/kernel/kill-order/kill-order.ts';
import { isWithin, oomGroupOf } from '#shared/kernel/kill-order/oom-group.ts';
import { type KernelTask } from '#shared/kernel/task.ts';
import {
  arbitraryContext,
  arbitraryTasks,
  cgroupScope,
  contextOf,
  exactly,
  pidsOf,
  rulesFor,
  taskOf,
  within,
} from '../../../../helpers/kernel-tasks.ts';

const RELEASES = ['2.6.36', '3.4.0', '3.10.0', '4.4.0', '4.18.0', '4.19.0', '5.1.0', '5.8.0', '6.18.0'];
const WITHOUT_SACRIFICE = ['5.1.0', '5.4.0', '5.8.0', '5.10.0', '6.18.0'];

function orderOf(tasks: readonly KernelTask[], over: Partial<OomContext> = {}, most?: number) {
  return killOrder(tasks, contextOf(over), exactly, most);
}

function victims(tasks: readonly KernelTask[], over: Partial<OomContext> = {}): number[] {
  return orderOf(tasks, over).places.map(({ task }) => task.pid);
}

/** One kill after the other, as plainly as the kernel does it: a scan of all tasks for each. */
function oneByOne(tasks: readonly KernelTask[], { rules, totalPages, scope, oomGroups }: OomContext) {
  const living = new Set(tasks);
  const kills: { victim: number; dying: number[] }[] = [];
  const points = ({ memory, oomScoreAdj, capSysAdmin = false }: KernelTask) =>
    memory === undefined ? NaN : badness(rules.formula, { ...memory, oomScoreAdj, capSysAdmin }, totalPages);
  const worstOf = (candidates: Iterable<KernelTask>, lastOfEquals: boolean) => {
    let worst: KernelTask | undefined;
    for (const task of candidates) {
      if (ineligibleReason(task) !== undefined) continue;
      const wins = worst === undefined || points(task) > points(worst);
      if (wins || (worst !== undefined && lastOfEquals && points(task) === points(worst))) worst = task;
    }
    return worst;
  };
  for (;;) {
    const chosen = worstOf(living, rules.tie === 'last');
    if (chosen === undefined) return kills;
    const children = [...living].filter(
      ({ parentPid, mm }) => parentPid === chosen.pid && (mm === undefined || mm !== chosen.mm),
    );
    const victim = (rules.sacrificesChild ? worstOf(children, false) : undefined) ?? chosen;
    const group = rules.honoursOomGroup ? oomGroupOf(victim.cgroup, scope, oomGroups) : undefined;
    const killed = new Set([victim]);
    for (const task of living) {
      const spared = task.globalInit || task.kernelThread || task.memory === undefined;
      if (group === undefined || spared || task.oomScoreAdj === -1000) continue;
      if (isWithin(task.cgroup, group)) killed.add(task);
    }
    for (const { mm } of [...killed]) {
      for (const task of living) {
        if (mm !== undefined && task.mm === mm && !task.globalInit && !task.kernelThread) killed.add(task);
      }
    }
    for (const task of killed) living.delete(task);
    kills.push({ victim: victim.pid, dying: pidsOf([...killed]).toSorted((a, b) => a - b) });
  }
}

describe('killOrder: the order', () => {
  it('is what one kill after the other gives, with any rules, groups, shared memory and children', () => {
    fc.assert(
      fc.property(arbitraryTasks(), arbitraryContext(RELEASES), (tasks, context) => {
        const { places } = killOrder(tasks, context, exactly);
        const found = places.map(({ task, diesWith }) => ({
          victim: task.pid,
          dying: pidsOf([task, ...diesWith]).toSorted((a, b) => a - b),
        }));
        expect(found).toEqual(oneByOne(tasks, context));
      }),
      { numRuns: 3000 },
    );
  });

  it('is total: each task dies once or has a reason not to', () => {
    fc.assert(
      fc.property(arbitraryTasks(), arbitraryContext(RELEASES), (tasks, context) => {
        const { places, ineligible, eligibleCount } = killOrder(tasks, context, exactly);
        const dying = places.flatMap(({ task, diesWith }) => [task, ...diesWith]);
        expect(new Set(dying).size).toBe(dying.length);
        expect(new Set([...dying, ...ineligible.map(({ task }) => task)])).toEqual(new Set(tasks));
        expect(eligibleCount + ineligible.length).toBe(tasks.length);
      }),
    );
  });

  it('is stable: the same again, and the same for those of unequal badness however they are scanned', () => {
    const byPid = (tasks: readonly KernelTask[]) => tasks.toSorted((a, b) => a.pid - b.pid);
    fc.assert(
      fc.property(
        arbitraryTasks({ apart: true }),
        arbitraryContext(WITHOUT_SACRIFICE),
        fc.func(fc.nat()),
        (tasks, context, key) => {
          const scanned = tasks.toSorted((a, b) => key(a.pid) - key(b.pid));
          const [here, there] = [tasks, scanned].map(
            (some) => killOrder(some, { ...context, oomGroups: new Set() }, exactly).places,
          );
          expect(killOrder(tasks, { ...context, oomGroups: new Set() }, exactly).places).toEqual(here);
          expect(there?.map(({ badnessPages }) => badnessPages)).toEqual(
            here?.map(({ badnessPages }) => badnessPages),
          );
          for (const { badnessPages } of here ?? []) {
            const equals = (places: typeof here) =>
              byPid(
                (places ?? []).filter((place) => place.badnessPages === badnessPages).map(({ task }) => task),
              );
            expect(equals(there)).toEqual(equals(here));
          }
        },
      ),
    );
  });

  it('falls in badness from place to place, as long as no child is sacrificed', () => {
    fc.assert(
      fc.property(arbitraryTasks(), arbitraryContext(WITHOUT_SACRIFICE), (tasks, context) => {
        const { places } = killOrder(tasks, context, exactly);
        places.forEach(({ badnessPages, marginPages }, index) => {
          const next = places[index + 1];
          expect(marginPages).toBe(next === undefined ? undefined : badnessPages - next.badnessPages);
          if (next !== undefined) expect(marginPages).toBeGreaterThanOrEqual(0);
        });
      }),
    );
  });

  it('a higher adj never makes a later victim, and a lower one never an earlier', () => {
    const adj = fc.integer({ min: -999, max: 1000 });
    fc.assert(
      fc.property(
        arbitraryTasks(),
        arbitraryContext(WITHOUT_SACRIFICE),
        fc.nat(8),
        adj,
        adj,
        (tasks, context, which, oneAdj, otherAdj) => {
          const target = tasks[which % tasks.length];
          if (target === undefined || ineligibleReason({ ...target, oomScoreAdj: 0 }) !== undefined) return;
          const placeAt = (oomScoreAdj: number) => {
            const changed = tasks.map((task) => (task === target ? { ...task, oomScoreAdj } : task));
            return killOrder(changed, context, exactly).places.findIndex(({ task, diesWith }) =>
              [task, ...diesWith].some(({ pid }) => pid === target.pid),
            );
          };
          const [low, high] = oneAdj < otherAdj ? [oneAdj, otherAdj] : [otherAdj, oneAdj];
          expect(placeAt(high)).toBeGreaterThanOrEqual(0);
          expect(placeAt(high)).toBeLessThanOrEqual(placeAt(low));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('begins the same however few places are asked for', () => {
    fc.assert(
      fc.property(arbitraryTasks(), arbitraryContext(RELEASES), fc.nat(10), (tasks, context, most) => {
        const all = killOrder(tasks, context, exactly);
        const some = killOrder(tasks, context, exactly, most);
        expect(some).toEqual({ ...all, places: all.places.slice(0, most) });
      }),
    );
  });

  it('begins the same where the worst few of hundreds are enough, and where they are not', () => {
    const context = fc
      .tuple(arbitraryContext(RELEASES), fc.boolean(), fc.boolean())
      .map(([drawn, scanOrderKnown, grouped]) => ({
        ...drawn,
        scanOrderKnown,
        oomGroups: grouped ? drawn.oomGroups : new Set<string>(),
      }));
    const crowd = fc.oneof(
      arbitraryTasks({ least: 400, most: 480 }),
      arbitraryTasks({ least: 400, most: 480, apart: true }),
    );
    fc.assert(
      fc.property(
        crowd,
        context,
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        (tasks, drawn, most, lags) => {
          const ranges = lags ? within(new Map(tasks.map(({ pid }) => [pid, pid % 3]))) : exactly;
          const all = killOrder(tasks, drawn, ranges);
          expect(killOrder(tasks, drawn, ranges, most)).toEqual({
            ...all,
            places: all.places.slice(0, most),
          });
        },
      ),
      // Hundreds of processes take minutes to shrink.
      { numRuns: 120, endOnFailure: true },
    );
  });

  it.for([1, 2, 3])('finds %i of hundreds where the worst thirty die at once', (most) => {
    const tasks = Array.from({ length: 300 }, (_, index) =>
      taskOf({ pid: index + 10, rssPages: 1000 - index, cgroup: index < 30 ? '/g' : '/' }),
    );
    const { places } = orderOf(tasks, { oomGroups: new Set(['/g']) }, most);
    const first = [
      { pid: 10, marginPages: 30 },
      { pid: 40, marginPages: 1 },
      { pid: 41, marginPages: 1 },
    ];
    expect(places.map(({ task: { pid }, marginPages }) => ({ pid, marginPages }))).toEqual(
      first.slice(0, most),
    );
  });

  it('is empty without tasks', () => {
    expect(orderOf([])).toEqual({
      outcome: 'deadlock-panics',
      errorPages: 0,
      places: [],
      eligibleCount: 0,
      either: [],
      ineligible: [],
    });
  });

  it('names the reason of each task that cannot be killed', () => {
    const tasks = [
      taskOf({ pid: 1, globalInit: true }),
      taskOf({ pid: 2, kernelThread: true, withoutMemory: true }),
      taskOf({ pid: 3, oomScoreAdj: -1000 }),
      taskOf({ pid: 4, withoutMemory: true }),
      taskOf({ pid: 5, passedOver: true }),
      taskOf({ pid: 6 }),
    ];
    const { ineligible, places } = orderOf(tasks);
    expect(ineligible.map(({ task, reason }) => [task.pid, reason])).toEqual([
      [1, 'global-init'],
      [2, 'kernel-thread'],
      [3, 'oom-score-adj-minimum'],
      [4, 'no-memory'],
      [5, 'passed-over'],
    ]);
    expect(pidsOf(places.map(({ task }) => task))).toEqual([6]);
  });
});

describe('killOrder: equals, by version', () => {
  const equals = [10, 11, 12].map((pid) => taskOf({ pid }));

  it.for([
    { release: '3.10.0', order: [10, 11, 12] },
    { release: '4.19.0', order: [10, 11, 12] },
    { release: '5.2.0', order: [10, 11, 12] },
    { release: '5.3.0', order: [12, 11, 10] },
    { release: '6.18.0', order: [12, 11, 10] },
  ])('$release: $order', ({ release, order }) => {
    expect(victims(equals, { rules: rulesFor(release) })).toEqual(order);
  });

  it('up to 5.8 all that come out below zero are equals: the pause of a pod dies for what others took', () => {
    const pod = [
      taskOf({ pid: 5740, rssPages: 1, oomScoreAdj: -998 }),
      taskOf({ pid: 58_406, rssPages: 3_967_322, oomScoreAdj: -998 }),
    ];
    const first = (release: string) => victims(pod, { rules: rulesFor(release), totalPages: 4_194_304 })[0];
    expect([first('4.19.0'), first('5.4.0'), first('5.9.0')]).toEqual([5740, 58_406, 58_406]);
    expect(first('5.2.0')).toBe(5740);
  });

  it('below 1,000 pages no adjustment counts but -1000', () => {
    const tasks = [
      taskOf({ pid: 10, rssPages: 500, oomScoreAdj: -999 }),
      taskOf({ pid: 11, rssPages: 499, oomScoreAdj: 1000 }),
      taskOf({ pid: 12, rssPages: 900, oomScoreAdj: -1000 }),
    ];
    const scope = cgroupScope('/');
    expect(victims(tasks, { scope, totalPages: 999 })).toEqual([10, 11]);
    expect(victims(tasks, { scope, totalPages: 1000 })).toEqual([11, 10]);
  });
});

describe('killOrder: a child in the place of its parent, up to 5.0', () => {
  const family = [
    taskOf({ pid: 1000, rssPages: 900 }),
    taskOf({ pid: 18_160, rssPages: 1000 }),
    taskOf({ pid: 18_415, parentPid: 18_160, rssPages: 118 }),
    taskOf({ pid: 18_416, parentPid: 18_160, rssPages: 60 }),
  ];

  it.for([
    { release: '4.17.2', order: [18_415, 18_416, 18_160, 1000] },
    { release: '5.0.21', order: [18_415, 18_416, 18_160, 1000] },
    { release: '5.1.0', order: [18_160, 1000, 18_415, 18_416] },
  ])('$release: $order', ({ release, order }) => {
    expect(victims(family, { rules: rulesFor(release) })).toEqual(order);
  });

  it('the margin is that of the parent, which was chosen, to the next other', () => {
    const [first] = orderOf(family, { rules: rulesFor('4.17.2') }).places;
    expect(first).toMatchObject({ task: { pid: 18_415 }, badnessPages: 118, marginPages: 100 });
  });

  it('a parent that is chosen again and again is no rival of its own', () => {
    const { places } = orderOf(family, { rules: rulesFor('4.17.2'), scanOrderKnown: false });
    expect(places.map(({ certain }) => certain)).toEqual([true, true, true, true]);
  });

  it('the children may be next where their parents have the same badness', () => {
    const parents = [taskOf({ pid: 10, rssPages: 1000 }), taskOf({ pid: 20, rssPages: 1000 })];
    const children = [taskOf({ pid: 11, parentPid: 10 }), taskOf({ pid: 21, parentPid: 20 })];
    const rules = rulesFor('4.17.2');
    const { either, places } = orderOf([...parents, ...children], { rules, scanOrderKnown: false });
    expect(pidsOf(either)).toEqual([11, 21]);
    expect(places[0]?.certain).toBe(false);
  });
});

describe('killOrder: what happens', () => {
  const killable = [taskOf({ pid: 10, cgroup: '/a' })];
  const cgroup = cgroupScope('/a');
  const global = { kind: 'global' } as const;

  it.for<{ over: Partial<OomContext>; outcome: string }>([
    { over: { scope: global }, outcome: 'kills' },
    { over: { scope: cgroup }, outcome: 'kills' },
    { over: { scope: global, panicOnOom: 1 }, outcome: 'panics' },
    { over: { scope: cgroup, panicOnOom: 1 }, outcome: 'kills' },
    { over: { scope: global, panicOnOom: 2 }, outcome: 'panics' },
    { over: { scope: cgroup, panicOnOom: 2 }, outcome: 'panics' },
    { over: { scope: global, killAllocatingTask: true }, outcome: 'kills-allocating-task' },
    { over: { scope: cgroup, killAllocatingTask: true }, outcome: 'kills' },
    { over: { scope: global, killAllocatingTask: true, panicOnOom: 1 }, outcome: 'panics' },
  ])(
    '$over.scope.kind, panic_on_oom $over.panicOnOom, allocating task $over.killAllocatingTask: $outcome',
    ({ over, outcome }) => {
      const order = orderOf(killable, over);
      expect(order.outcome).toBe(outcome);
      expect(pidsOf(order.either)).toEqual(outcome === 'kills' ? [10] : []);
      // The order is what would hold otherwise.
      expect(order.places).toHaveLength(1);
    },
  );

  it.for<{ over: Partial<OomContext>; outcome: string }>([
    { over: { scope: global }, outcome: 'deadlock-panics' },
    { over: { scope: cgroup }, outcome: 'no-victim' },
    { over: { scope: global, panicOnOom: 1 }, outcome: 'panics' },
    { over: { scope: cgroup, panicOnOom: 2 }, outcome: 'panics' },
    { over: { scope: cgroup, panicOnOom: 2, oomKillDisable: true }, outcome: 'waits' },
    { over: { scope: global, oomKillDisable: true }, outcome: 'deadlock-panics' },
    { over: { scope: global, killAllocatingTask: true }, outcome: 'deadlock-panics' },
  ])(
    'without a killable task, $over.scope.kind, panic_on_oom $over.panicOnOom: $outcome',
    ({ over, outcome }) => {
      const order = orderOf([taskOf({ pid: 10, cgroup: '/a', oomScoreAdj: -1000 })], over);
      expect([order.outcome, order.places, order.either]).toEqual([outcome, [], []]);
    },
  );
});
