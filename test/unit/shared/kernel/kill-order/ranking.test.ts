import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  closeCallsIn,
  firstByVictim,
  goesBefore,
  possibleFirst,
  rank,
  type Ranked,
  sortByVictim,
} from '#shared/kernel/kill-order/ranking.ts';
import { type KernelTask } from '#shared/kernel/task.ts';
import { exactly, rulesFor, taskOf, within } from '../../../../helpers/kernel-tasks.ts';

const RULES = rulesFor('6.18.0');

/** Ranked figures by name: `[low, points, high]`, in scan order. */
function ranking(figures: readonly (readonly [number, number, number])[], tie: 'first' | 'last' = 'last') {
  const ranked = figures.map(([low, points, high], scanIndex): Ranked<KernelTask> => ({
    task: taskOf({ pid: scanIndex + 1 }),
    points,
    range: { low, high },
    scanIndex,
  }));
  sortByVictim(ranked, tie);
  return ranked;
}

const pids = (ranked: readonly Ranked<KernelTask>[]) => ranked.map(({ task }) => task.pid);

/** Overlapping ranges, many of them exact, many of them equal. */
const figures = fc.array(
  fc
    .tuple(fc.nat(12), fc.nat(3), fc.nat(3), fc.boolean())
    .map(([points, below, above, exact]): [number, number, number] =>
      exact ? [points, points, points] : [points - below, points, points + above],
    ),
  { minLength: 1, maxLength: 9 },
);

describe('rank', () => {
  it('computes the badness of the scope, and shifts the range by the adjustment', () => {
    const task = taskOf({ pid: 1, rssPages: 70, swapPages: 20, pageTablePages: 10, oomScoreAdj: -10 });
    expect(rank(task, 3, RULES, 5000, { low: 95, high: 120 })).toEqual({
      task,
      points: 50,
      range: { low: 45, high: 70 },
      scanIndex: 3,
    });
  });

  it('has one figure where the memory is exact, whatever a formula makes of it', () => {
    const task = taskOf({ pid: 1, rssPages: 100, oomScoreAdj: -500 });
    expect(rank(task, 0, rulesFor('4.19.0'), 5000, exactly(task)).range).toEqual({ low: 1, high: 1 });
  });

  it('gives the discount of CAP_SYS_ADMIN where the formula has one', () => {
    const task = taskOf({ pid: 1, rssPages: 100, capSysAdmin: true });
    const points = ['4.16.0', '4.17.0'].map(
      (release) => rank(task, 0, rulesFor(release), 5000, exactly(task)).points,
    );
    expect(points).toEqual([97, 100]);
  });

  it('throws for a process without memory', () => {
    const task = taskOf({ pid: 1, withoutMemory: true });
    expect(() => rank(task, 0, RULES, 5000, { low: 0, high: 0 })).toThrow('no badness');
  });
});

describe('sortByVictim', () => {
  it.for([
    { tie: 'last', order: [3, 4, 2, 1] },
    { tie: 'first', order: [3, 1, 2, 4] },
  ] as const)('puts the worst first, of equals the $tie in the scan', ({ tie, order }) => {
    const equal = [5, 5, 5] as const;
    expect(pids(ranking([equal, equal, [9, 9, 9], equal], tie))).toEqual(order);
  });
});

describe('firstByVictim', () => {
  const someTasks = fc
    .array(fc.record({ rssPages: fc.nat(20), eligible: fc.boolean() }), { maxLength: 60, size: 'max' })
    .map((all) => ({
      tasks: all.map(({ rssPages }, index) => taskOf({ pid: index + 1, rssPages })),
      eligible: all.flatMap(({ eligible }, index) => (eligible ? [index] : [])),
    }));

  it('is the beginning of what sorting all of them gives', () => {
    fc.assert(
      fc.property(
        someTasks,
        fc.constantFrom('first' as const, 'last' as const),
        fc.nat(70),
        ({ tasks, eligible }, tie, count) => {
          const rules = { ...RULES, tie };
          const sorted = tasks.flatMap((task, index) =>
            eligible.includes(index) ? [rank(task, index, rules, 5000, exactly(task))] : [],
          );
          sortByVictim(sorted, tie);
          const first = firstByVictim({ tasks, eligible, usageRange: exactly }, rules, 5000, count);
          expect(first).toEqual(sorted.slice(0, count));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is undefined where one figure is not exact', () => {
    const tasks = [taskOf({ pid: 1 }), taskOf({ pid: 2 })];
    const usageRange = within(new Map([[1, 5]]));
    expect(firstByVictim({ tasks, eligible: [0, 1], usageRange }, RULES, 5000, 1)).toBeUndefined();
    expect(firstByVictim({ tasks, eligible: [1], usageRange }, RULES, 5000, 1)).toHaveLength(1);
  });
});

describe('goesBefore', () => {
  const [a, b] = ranking([
    [10, 12, 14],
    [14, 15, 16],
  ]).toReversed() as [Ranked<KernelTask>, Ranked<KernelTask>];

  it('needs its lowest to be above the highest of the other', () => {
    const lower = { ...a, range: { low: 10, high: 13 } };
    expect([goesBefore(b, lower, 'first', false), goesBefore(lower, b, 'first', false)]).toEqual([
      true,
      false,
    ]);
  });

  it.for([
    { tie: 'last', known: true, answer: true },
    { tie: 'first', known: true, answer: false },
    { tie: 'last', known: false, answer: false },
  ] as const)(
    'where they touch, the $tie in a scan that is known ($known) wins: $answer',
    ({ tie, known, answer }) => {
      expect(goesBefore(b, a, tie, known)).toBe(answer);
    },
  );
});

describe('possibleFirst', () => {
  it.for<{ what: string; ranges: [number, number, number][]; known: boolean; first: number[] }>([
    { what: 'none of no tasks', ranges: [], known: true, first: [] },
    {
      what: 'the worst alone',
      ranges: [
        [9, 9, 9],
        [8, 8, 8],
      ],
      known: true,
      first: [1],
    },
    {
      what: 'of equals who is scanned last',
      ranges: [
        [9, 9, 9],
        [9, 9, 9],
      ],
      known: true,
      first: [2],
    },
    {
      what: 'any of equals where the scan is hidden',
      ranges: [
        [9, 9, 9],
        [9, 9, 9],
      ],
      known: false,
      first: [2, 1],
    },
    {
      what: 'two that overlap',
      ranges: [
        [7, 9, 11],
        [6, 8, 10],
      ],
      known: true,
      first: [1, 2],
    },
    {
      what: 'two that touch in one page',
      ranges: [
        [8, 9, 10],
        [6, 7, 8],
      ],
      known: true,
      first: [1, 2],
    },
    {
      what: 'one where a page lies between',
      ranges: [
        [8, 9, 10],
        [5, 6, 7],
      ],
      known: true,
      first: [1],
    },
    {
      what: 'one far behind that reaches over exact ones',
      ranges: [
        [9, 9, 9],
        [8, 8, 8],
        [1, 5, 9],
      ],
      known: true,
      first: [1, 3],
    },
    {
      what: 'not one that a third stands above',
      ranges: [
        [2, 10, 18],
        [9, 9, 9],
        [3, 5, 7],
      ],
      known: true,
      first: [1, 2],
    },
  ])('$what', ({ ranges, known, first }) => {
    expect(pids(possibleFirst(ranking(ranges), known))).toEqual(first);
  });

  it('is every task that is the worst for some figures within their ranges, and no other', () => {
    fc.assert(
      fc.property(figures, fc.boolean(), (ranges, scanOrderKnown) => {
        const ranked = ranking(ranges);
        const expected = ranked.filter((one) =>
          ranked.every((other) => {
            if (other === one || one.range.high > other.range.low) return true;
            const bothExact =
              one.points === one.range.low &&
              one.range.low === one.range.high &&
              other.range.low === other.range.high;
            const winsTie = one.scanIndex > other.scanIndex;
            return one.range.high === other.range.low && (winsTie || !scanOrderKnown || !bothExact);
          }),
        );
        expect(pids(possibleFirst(ranked, scanOrderKnown))).toEqual(pids(expected));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('closeCallsIn', () => {
  it('is open where the range of a task that is left, or of an earlier victim, touches', () => {
    fc.assert(
      fc.property(figures, fc.boolean(), fc.func(fc.boolean()), (ranges, scanOrderKnown, diesAlong) => {
        const ranked = ranking(ranges);
        const closeCalls = closeCallsIn(ranked, scanOrderKnown);
        const dead = new Set<KernelTask>();
        const victims: Ranked<KernelTask>[] = [];
        ranked.forEach((own, index) => {
          if (dead.has(own.task)) return;
          dead.add(own.task);
          const next = ranked[index + 1];
          if (next !== undefined && diesAlong(own.points)) dead.add(next.task);
          const rivals = [...victims, ...ranked.slice(index + 1).filter(({ task }) => !dead.has(task))];
          const exact = ({ range }: Ranked<KernelTask>) => range.low === range.high;
          const expected = rivals.some(
            (rival) =>
              rival.range.low <= own.range.high &&
              own.range.low <= rival.range.high &&
              !(scanOrderKnown && exact(rival) && exact(own)),
          );
          expect(closeCalls.at(index, (task) => !dead.has(task))).toBe(expected);
          closeCalls.taken(index);
          victims.push(own);
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('is nowhere beyond the end', () => {
    const closeCalls = closeCallsIn(ranking([[1, 2, 3]]), false);
    closeCalls.taken(1);
    expect(closeCalls.at(1, () => true)).toBe(false);
  });
});
