import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjToGoFirst, adjToMoveBehind, countBefore } from '#shared/kernel/badness/adjustment.ts';
import { ineligibleReason } from '#shared/kernel/badness/eligibility.ts';
import { killOrder, type OomContext } from '#shared/kernel/kill-order/kill-order.ts';
import { type KernelTask } from '#shared/kernel/task.ts';
import {
  arbitraryContext,
  arbitraryTasks,
  cgroupScope,
  contextOf,
  exactly,
  rulesFor,
  taskOf,
  within,
} from '../../../../helpers/kernel-tasks.ts';

const RELEASES = ['5.2.0', '5.8.0', '6.18.0'];

/** The same tasks, with another adj for one of them and those that share its address space. */
function adjusted(tasks: readonly KernelTask[], target: KernelTask, oomScoreAdj: number): KernelTask[] {
  const moves = (task: KernelTask) => task === target || (target.mm !== undefined && task.mm === target.mm);
  return tasks.map((task) => (moves(task) ? { ...task, oomScoreAdj } : task));
}

/** Those that share an address space have its figures, and as a rule one adj (the kernel sees to it) and one cgroup. */
function alike(tasks: readonly KernelTask[]): KernelTask[] {
  return tasks.map((task) => {
    const first = tasks.find(({ mm }) => mm !== undefined && mm === task.mm) ?? task;
    const { memory, oomScoreAdj, cgroup } = first;
    return { ...task, oomScoreAdj, cgroup, ...(memory === undefined ? {} : { memory }) };
  });
}

/** At which place it dies with such an adj; undefined when it never does. */
function placeAt(
  tasks: readonly KernelTask[],
  target: KernelTask,
  oomScoreAdj: number,
  context: OomContext,
): number | undefined {
  const { places } = killOrder(adjusted(tasks, target, oomScoreAdj), context, exactly);
  const place = places.findIndex(({ task, diesWith }) =>
    [task, ...diesWith].some(({ pid }) => pid === target.pid),
  );
  return place < 0 ? undefined : place;
}

/** Three processes of 500, 400 and 300 permille of a million pages, and one far below. */
const TASKS = [
  taskOf({ pid: 10, rssPages: 500_000 }),
  taskOf({ pid: 11, rssPages: 400_000 }),
  taskOf({ pid: 12, rssPages: 300_000 }),
  taskOf({ pid: 13, rssPages: 1000 }),
] as const;

describe('adjToMoveBehind', () => {
  const behind = (n: number, target: KernelTask = TASKS[0], over: Partial<OomContext> = {}) =>
    adjToMoveBehind(target, n, TASKS, contextOf(over), exactly);

  it.for([
    // Equal figures fall to who is scanned last, and the first one is scanned first.
    { n: 1, adj: -100 },
    { n: 2, adj: -200 },
    { n: 3, adj: -499 },
    { n: 4, adj: undefined },
    { n: 0, adj: undefined },
  ])('behind $n others with $adj', ({ n, adj }) => {
    expect(behind(n)).toBe(adj);
  });

  it.for([
    { what: 'where the first of equals dies', over: { rules: rulesFor('5.2.0') } },
    { what: 'where the scan is hidden', over: { scanOrderKnown: false } },
  ])('one step more $what', ({ over }) => {
    expect(behind(1, TASKS[0], over)).toBe(-101);
  });

  it('nothing to do for one that stands there', () => {
    expect(behind(1, TASKS[1])).toBeUndefined();
  });

  it('further where the figures lag', () => {
    const lagging = within(new Map([[10, 1500]]));
    expect(adjToMoveBehind(TASKS[0], 1, TASKS, contextOf(), lagging)).toBe(-102);
  });

  it('impossible below 1,000 pages, where adjustments do nothing', () => {
    const over = { scope: cgroupScope('/'), totalPages: 999 };
    expect(behind(1, TASKS[0], over)).toBeUndefined();
  });

  it.for([
    { what: 'at -1000', over: { oomScoreAdj: -1000 } },
    { what: 'without memory', over: { withoutMemory: true } },
    { what: 'passed over', over: { passedOver: true } },
  ])('nothing for one $what', ({ over }) => {
    const target = taskOf({ pid: 10, rssPages: 500_000, ...over });
    const tasks = [target, ...TASKS.slice(1)];
    expect(adjToMoveBehind(target, 1, tasks, contextOf(), exactly)).toBeUndefined();
  });

  it('moves those that share its memory along, instead of going behind them', () => {
    const pair = [TASKS[0], taskOf({ pid: 20, rssPages: 500_000 })].map((task) => ({ ...task, mm: 3 }));
    const [target] = pair;
    if (target === undefined) throw new Error('no such task');
    expect(adjToMoveBehind(target, 1, [...pair, ...TASKS.slice(1)], contextOf(), exactly)).toBe(-100);
  });

  it('does not mind its child in vfork, which is not chosen', () => {
    const target = { ...TASKS[0], mm: 3 };
    const child = taskOf({ pid: 20, rssPages: 500_000, mm: 3, passedOver: true });
    expect(adjToMoveBehind(target, 1, [target, ...TASKS.slice(1), child], contextOf(), exactly)).toBe(-100);
  });

  it('cannot save it from a member of its group, which it dies with', () => {
    const pod = TASKS.slice(0, 2).map((task) => ({ ...task, cgroup: '/pod' }));
    const tasks = [...pod, ...TASKS.slice(2)];
    const [target] = pod;
    if (target === undefined) throw new Error('no such task');
    const context = contextOf({ oomGroups: new Set(['/pod']) });
    // The other one of the pod has 400,000 pages, so none of 300,000 can be killed before it.
    expect(adjToMoveBehind(target, 1, tasks, context, exactly)).toBeUndefined();
    expect(adjToMoveBehind(target, 1, tasks, contextOf(), exactly)).toBe(-100);
  });
});

describe('adjToGoFirst', () => {
  const first = (target: KernelTask, over: Partial<OomContext> = {}) =>
    adjToGoFirst(target, TASKS, contextOf(over), exactly);

  it.for([
    { at: 0, adj: undefined },
    { at: 1, adj: 100 },
    { at: 2, adj: 200 },
    { at: 3, adj: 499 },
  ])('number $at goes first with $adj', ({ at, adj }) => {
    const target = TASKS[at];
    if (target === undefined) throw new Error('no such task');
    expect(first(target)).toBe(adj);
  });

  it('takes one step more where the first of equals dies', () => {
    expect(first(TASKS[1], { rules: rulesFor('5.2.0') })).toBe(101);
  });

  it('is impossible where the highest value is not enough', () => {
    const tasks = [taskOf({ pid: 10, rssPages: 500_000, oomScoreAdj: 1000 }), TASKS[1]];
    expect(adjToGoFirst(TASKS[1], tasks, contextOf(), exactly)).toBeUndefined();
  });

  it('ends the protection of one at -1000, even where it is the only one', () => {
    const target = taskOf({ pid: 10, oomScoreAdj: -1000 });
    expect(adjToGoFirst(target, [target], contextOf(), exactly)).toBe(-999);
  });

  it('is nothing for one without memory', () => {
    const target = taskOf({ pid: 20, withoutMemory: true });
    expect(adjToGoFirst(target, [target, ...TASKS], contextOf(), exactly)).toBeUndefined();
  });

  it('is fulfilled by a task that dies with it', () => {
    const pod = [TASKS[0], TASKS[3]].map((task) => ({ ...task, cgroup: '/pod' }));
    const [, target] = pod;
    if (target === undefined) throw new Error('no such task');
    const context = contextOf({ oomGroups: new Set(['/pod']) });
    expect(adjToGoFirst(target, [...pod, TASKS[1], TASKS[2]], context, exactly)).toBeUndefined();
  });

  it('moves those that share its memory along', () => {
    const pair = [
      taskOf({ pid: 20, rssPages: 400_000, mm: 3 }),
      taskOf({ pid: 21, rssPages: 400_000, mm: 3 }),
    ];
    const [target] = pair;
    if (target === undefined) throw new Error('no such task');
    expect(adjToGoFirst(target, [...pair, TASKS[0]], contextOf(), exactly)).toBe(101);
  });

  it('gives 0, not -0', () => {
    const target = taskOf({ pid: 10, rssPages: 500, oomScoreAdj: -5 });
    expect(adjToGoFirst(target, [target, taskOf({ pid: 9, rssPages: 400 })], contextOf(), exactly)).toBe(0);
  });
});

describe('adjustments against all 2,000 values', () => {
  const scene = fc
    .tuple(
      arbitraryTasks({ most: 6, apart: true }),
      arbitraryContext(RELEASES).map((context) => ({ ...context, oomGroups: new Set<string>() })),
      fc.nat(5),
    )
    .map(([tasks, context, which]) => ({ tasks, context, target: tasks[which % tasks.length] }))
    .filter(({ target }) => target !== undefined && ineligibleReason(target) === undefined);

  it('the count of those before is the place', () => {
    fc.assert(
      fc.property(scene, fc.integer({ min: -999, max: 1000 }), ({ tasks, context, target }, adj) => {
        if (target === undefined) return;
        expect(countBefore(target, tasks, context, exactly)(adj)).toBe(placeAt(tasks, target, adj, context));
      }),
      { numRuns: 500 },
    );
  });

  it('behind the n-th: the value works, and none nearer does', () => {
    fc.assert(
      fc.property(scene, fc.integer({ min: 1, max: 4 }), ({ tasks, context, target }, n) => {
        if (target === undefined) return;
        const works = (adj: number) => (placeAt(tasks, target, adj, context) ?? Infinity) >= n;
        let nearest: number | undefined;
        for (let adj = target.oomScoreAdj - 1; adj > -1000 && nearest === undefined; adj -= 1) {
          if (works(adj)) nearest = adj;
        }
        const expected = works(target.oomScoreAdj) ? undefined : nearest;
        expect(adjToMoveBehind(target, n, tasks, context, exactly)).toBe(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('first: the value works, and none nearer does', () => {
    fc.assert(
      fc.property(scene, ({ tasks, context, target }) => {
        if (target === undefined) return;
        const works = (adj: number) => placeAt(tasks, target, adj, context) === 0;
        let nearest: number | undefined;
        for (let adj = target.oomScoreAdj + 1; adj <= 1000 && nearest === undefined; adj += 1) {
          if (works(adj)) nearest = adj;
        }
        const expected = works(target.oomScoreAdj) ? undefined : nearest;
        expect(adjToGoFirst(target, tasks, context, exactly)).toBe(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('with groups and shared memory at least n others die before it', () => {
    const together = fc
      .tuple(
        arbitraryTasks({ most: 7 }),
        arbitraryContext(RELEASES),
        fc.nat(6),
        fc.integer({ min: 1, max: 3 }),
      )
      .map(([drawn, context, which, n]) => {
        const tasks = alike(drawn);
        return { tasks, context, n, target: tasks[which % tasks.length] };
      });
    fc.assert(
      fc.property(together, ({ tasks, context, n, target }) => {
        if (target === undefined || ineligibleReason(target) !== undefined) return;
        const adj = adjToMoveBehind(target, n, tasks, context, exactly);
        if (adj === undefined) return;
        const { places } = killOrder(adjusted(tasks, target, adj), context, exactly);
        const until = places.findIndex(({ task, diesWith }) =>
          [task, ...diesWith].some(({ pid }) => pid === target.pid),
        );
        const before = places.slice(0, until).flatMap(({ task, diesWith }) => [task, ...diesWith]);
        expect(before.length).toBeGreaterThanOrEqual(n);
      }),
      { numRuns: 2000 },
    );
  });
});
