import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { killOrder, type OomContext } from '#shared/kernel/kill-order/kill-order.ts';
import { type KernelTask } from '#shared/kernel/task.ts';
import {
  arbitraryContext,
  arbitraryTasks,
  contextOf,
  exactly,
  pidsOf,
  taskOf,
  within,
} from '../../../../helpers/kernel-tasks.ts';

function orderOf(tasks: readonly KernelTask[], over: Partial<OomContext> = {}, most?: number) {
  return killOrder(tasks, contextOf(over), exactly, most);
}

describe('killOrder: close calls', () => {
  const tasks = [
    taskOf({ pid: 10, rssPages: 1000 }),
    taskOf({ pid: 11, rssPages: 990 }),
    taskOf({ pid: 12, rssPages: 980 }),
    taskOf({ pid: 13, rssPages: 100 }),
  ];

  function close(lags: readonly (readonly [number, number])[], over: Partial<OomContext> = {}) {
    const { either, places } = killOrder(tasks, contextOf(over), within(new Map(lags)));
    return { either: pidsOf(either), certain: places.map(({ certain }) => certain) };
  }

  it.for<{ what: string; lags: [number, number][]; either: number[]; certain: boolean[] }>([
    { what: 'nothing where all is exact', lags: [], either: [10], certain: [true, true, true, true] },
    {
      what: 'nothing where ranges do not touch',
      lags: [[10, 9]],
      either: [10],
      certain: [true, true, true, true],
    },
    {
      what: 'A or B where they touch',
      lags: [[10, 10]],
      either: [10, 11],
      certain: [false, false, true, true],
    },
    {
      what: 'A or B where both lag',
      lags: [
        [10, 5],
        [11, 5],
      ],
      either: [10, 11],
      certain: [false, false, true, true],
    },
    {
      what: 'A or C, beyond a direct neighbour',
      lags: [[12, 20]],
      either: [10, 12],
      certain: [false, false, false, true],
    },
    {
      what: 'A, B or C',
      lags: [
        [10, 10],
        [11, 0],
        [12, 10],
      ],
      either: [10, 11, 12],
      certain: [false, false, false, true],
    },
    {
      what: 'A or B, and not where C stands',
      lags: [[10, 20]],
      either: [10, 11],
      certain: [false, false, false, true],
    },
    {
      what: 'B or C only, where A stands above both',
      lags: [[12, 15]],
      either: [10],
      certain: [true, false, false, true],
    },
  ])('$what', ({ lags, either, certain }) => {
    expect(close(lags)).toEqual({ either, certain });
  });

  it('not C, whose range A reaches, where B stands above it', () => {
    expect(
      close([
        [10, 100],
        [12, 5],
      ]).either,
    ).toEqual([10, 11]);
  });

  it('a hidden scan order: A or B between equals only', () => {
    const equals = [
      taskOf({ pid: 20, rssPages: 500 }),
      taskOf({ pid: 21, rssPages: 500 }),
      taskOf({ pid: 22, rssPages: 499 }),
    ];
    const hidden = orderOf(equals, { scanOrderKnown: false });
    expect([pidsOf(hidden.either), hidden.places.map(({ certain }) => certain)]).toEqual([
      [21, 20],
      [false, false, true],
    ]);
    const known = orderOf(equals);
    expect([pidsOf(known.either), known.places.map(({ certain }) => certain)]).toEqual([
      [21],
      [true, true, true],
    ]);
  });

  it('nothing between those that die together', () => {
    const group = [
      taskOf({ pid: 20, cgroup: '/g', rssPages: 500 }),
      taskOf({ pid: 21, cgroup: '/g', rssPages: 500 }),
      taskOf({ pid: 22, rssPages: 400 }),
    ];
    const { either, places } = orderOf(group, { scanOrderKnown: false, oomGroups: new Set(['/g']) });
    expect([pidsOf(either), places.map(({ certain }) => certain)]).toEqual([[21], [true, true]]);
  });

  it('nor where no place was asked for', () => {
    const group = [
      taskOf({ pid: 20, cgroup: '/g', rssPages: 500 }),
      taskOf({ pid: 21, cgroup: '/g', rssPages: 500 }),
    ];
    const over = { scanOrderKnown: false, oomGroups: new Set(['/g']) };
    const { either, places } = killOrder(group, contextOf(over), exactly, 0);
    expect([pidsOf(either), places]).toEqual([[21], []]);
  });

  it('nothing about the tasks that are left, from those that died along with an earlier one', () => {
    const group = [
      taskOf({ pid: 20, cgroup: '/g', rssPages: 500 }),
      taskOf({ pid: 21, cgroup: '/g', rssPages: 300 }),
      taskOf({ pid: 22, rssPages: 300 }),
    ];
    const { places } = orderOf(group, { scanOrderKnown: false, oomGroups: new Set(['/g']) });
    expect(places.map(({ task, certain }) => [task.pid, certain])).toEqual([
      [20, true],
      [22, true],
    ]);
  });

  it('a place by the worst of those that die together, whichever that is', () => {
    const tasksOf = (rssPages: number) => [
      taskOf({ pid: 20, rssPages: 500 }),
      taskOf({ pid: 21, cgroup: '/g', rssPages: 400 }),
      taskOf({ pid: 22, cgroup: '/g', rssPages }),
    ];
    const certainOf = (rssPages: number) =>
      killOrder(tasksOf(rssPages), contextOf({ oomGroups: new Set(['/g']) }), within(new Map([[22, 50]])))
        .places;
    expect(certainOf(449).map(({ certain }) => certain)).toEqual([true, true]);
    // 22 may be at 500, and then the whole group goes first.
    expect(certainOf(450).map(({ certain }) => certain)).toEqual([false, false]);
  });

  it('nothing where an exact one of a group stands above, wherever the one is that lags', () => {
    const group = [
      taskOf({ pid: 20, cgroup: '/g', rssPages: 500 }),
      taskOf({ pid: 21, cgroup: '/g', rssPages: 480 }),
      taskOf({ pid: 22, rssPages: 470 }),
    ];
    const ranges = within(new Map([[20, 100]]));
    const { either, places } = killOrder(group, contextOf({ oomGroups: new Set(['/g']) }), ranges);
    expect([pidsOf(either), places[0]?.certain]).toEqual([[20], true]);
  });

  it('which tasks die, where one shares memory with a member of a group and is in none', () => {
    // Chosen itself, 22 takes 21 along; 21 would take the whole group.
    const shared = [
      taskOf({ pid: 20, cgroup: '/g', rssPages: 10 }),
      taskOf({ pid: 21, cgroup: '/g', rssPages: 500, mm: 21 }),
      taskOf({ pid: 22, rssPages: 500, mm: 21 }),
      taskOf({ pid: 23, rssPages: 5 }),
    ];
    const lags = (pages: number) => within(new Map([[21, pages]]));
    const context = contextOf({ oomGroups: new Set(['/g']) });
    const open = killOrder(shared, context, lags(1));
    expect([pidsOf(open.either), open.places.map(({ certain }) => certain)]).toEqual([
      [22, 21],
      [false, false, false],
    ]);
    const order = killOrder(shared, context, lags(0));
    expect([pidsOf(order.either), order.places.map(({ certain }) => certain)]).toEqual([
      [22],
      [true, true, true],
    ]);
  });

  it('whatever the figures within their ranges are, a certain place holds, and the first is one of the named', () => {
    const lag = fc.constantFrom(0, 0, 0, 1, 2, 5);
    fc.assert(
      fc.property(
        arbitraryTasks(),
        arbitraryContext(['5.9.0', '6.18.0']),
        fc.array(lag, { minLength: 9, maxLength: 9 }),
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 }),
        (tasks, context, lags, shares) => {
          const ranges = within(new Map(tasks.map(({ pid }, index) => [pid, lags[index] ?? 0])));
          const claimed = killOrder(tasks, context, ranges);
          const real = tasks.map((task, index) => {
            const off = Math.round((shares[index] ?? 0) * (lags[index] ?? 0));
            if (task.memory === undefined) return task;
            return { ...task, memory: { ...task.memory, rssPages: task.memory.rssPages + off } };
          });
          const happened = killOrder(real, context, exactly);
          const dying = ({ places }: typeof claimed, at: number) => {
            const place = places[at];
            return place && pidsOf([place.task, ...place.diesWith]).toSorted((a, b) => a - b);
          };
          claimed.places.forEach(({ certain }, at) => {
            if (certain) expect(dying(happened, at)).toEqual(dying(claimed, at));
          });
          const first = happened.places[0];
          if (first === undefined || claimed.outcome !== 'kills') return;
          const candidates = [...claimed.either, ...(claimed.places[0]?.diesWith ?? [])];
          expect(pidsOf(candidates)).toContain(first.task.pid);
          expect(claimed.either.length === 1).toBe(claimed.places[0]?.certain);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('names one exactly where the first place is certain', () => {
    const lag = fc.constantFrom(0, 0, 1, 2, 5);
    fc.assert(
      fc.property(
        arbitraryTasks({ apart: true }),
        fc.boolean(),
        fc.array(lag, { minLength: 9, maxLength: 9 }),
        (tasks, scanOrderKnown, lags) => {
          const ranges = within(new Map(tasks.map(({ pid }, index) => [pid, lags[index] ?? 0])));
          const { either, places } = killOrder(tasks, contextOf({ scanOrderKnown }), ranges);
          if (places[0] !== undefined) expect(either.length === 1).toBe(places[0].certain);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
