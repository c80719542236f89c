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
} from '../../../../helpers/kernel-tasks.ts';

function orderOf(tasks: readonly KernelTask[], over: Partial<OomContext> = {}, most?: number) {
  return killOrder(tasks, contextOf(over), exactly, most);
}

describe('killOrder: what dies together', () => {
  const pod = [
    taskOf({ pid: 9, rssPages: 950 }),
    taskOf({ pid: 10, rssPages: 1000, cgroup: '/pods/a/app' }),
    taskOf({ pid: 11, rssPages: 5, cgroup: '/pods/a/app', swapPages: 3, pageTablePages: 2 }),
    taskOf({ pid: 12, rssPages: 990, rssAnonPages: 90, cgroup: '/pods/a/sidecar' }),
    taskOf({ pid: 13, rssPages: 7, cgroup: '/pods/a/app', oomScoreAdj: -1000 }),
  ];

  it.for([
    { groups: [], order: [10, 12, 9, 11], freed: [1000, 1090, 2040, 2050] },
    { groups: ['/pods/a/app'], order: [10, 12, 9], freed: [1010, 1100, 2050] },
    { groups: ['/pods/a/app', '/pods/a'], order: [10, 9], freed: [1100, 2050] },
  ])('with memory.oom.group in $groups: $order', ({ groups, order, freed }) => {
    const { places } = orderOf(pod, { oomGroups: new Set(groups) });
    expect(places.map(({ task }) => task.pid)).toEqual(order);
    expect(places.map(({ freedSoFarPages }) => freedSoFarPages)).toEqual(freed);
  });

  it('the margin is to the next task that is left', () => {
    const [first] = orderOf(pod, { oomGroups: new Set(['/pods/a']) }).places;
    expect([pidsOf(first?.diesWith ?? []), first?.marginPages]).toEqual([[11, 12], 50]);
  });

  it('a shared address space dies at once and frees once, even where one is at -1000', () => {
    const tasks = [
      taskOf({ pid: 10, rssPages: 1000, swapPages: 20, pageTablePages: 3, mm: 4 }),
      taskOf({ pid: 11, rssPages: 1000, swapPages: 20, pageTablePages: 3, mm: 4, oomScoreAdj: -1000 }),
      taskOf({ pid: 12, rssPages: 1000, swapPages: 20, pageTablePages: 3, mm: 4, oomScoreAdj: -1 }),
      taskOf({ pid: 13, rssPages: 5 }),
    ];
    const { places } = orderOf(tasks);
    expect(places.map(({ task, diesWith, freesPages }) => [task.pid, pidsOf(diesWith), freesPages])).toEqual([
      [10, [11, 12], 1023],
      [13, [], 5],
    ]);
  });

  it('global init that shares it lives on, and keeps it', () => {
    const tasks = [
      taskOf({ pid: 1, rssPages: 1000, mm: 4, globalInit: true }),
      taskOf({ pid: 10, rssPages: 1000, mm: 4 }),
      taskOf({ pid: 11, rssPages: 1000, mm: 4 }),
    ];
    const { places } = orderOf(tasks);
    expect(places.map(({ task, diesWith, freesPages }) => [task.pid, pidsOf(diesWith), freesPages])).toEqual([
      [11, [10], 0],
    ]);
  });

  it('page cache and shared memory stay', () => {
    const [place] = orderOf([
      taskOf({ pid: 10, rssPages: 1000, rssAnonPages: 300, swapPages: 20, pageTablePages: 3 }),
    ]).places;
    expect([place?.badnessPages, place?.freesPages]).toEqual([1023, 323]);
  });

  it('frees each address space once, and all of them in the end', () => {
    fc.assert(
      fc.property(arbitraryTasks(), arbitraryContext(['4.18.0', '4.19.0', '6.18.0']), (drawn, context) => {
        const figures = new Map(drawn.map(({ mm, memory }) => [mm, memory]));
        const tasks = drawn.map((task) => {
          const memory = task.mm === undefined ? task.memory : figures.get(task.mm);
          return memory === undefined ? task : { ...task, memory };
        });
        const { places } = killOrder(tasks, context, exactly);
        const kept = tasks.find(({ globalInit }) => globalInit)?.mm;
        const spaces = new Map(
          places
            .flatMap(({ task, diesWith }) => [task, ...diesWith])
            .filter(({ mm }) => mm === undefined || mm !== kept)
            .map(({ pid, mm, memory }) => [mm === undefined ? `of ${pid}` : mm, memory]),
        );
        let sum = 0;
        for (const memory of spaces.values()) {
          if (memory !== undefined) sum += memory.rssAnonPages + memory.swapPages + memory.pageTablePages;
        }
        expect(places.reduce((total, { freesPages }) => total + freesPages, 0)).toBe(sum);
        expect(places.at(-1)?.freedSoFarPages ?? 0).toBe(sum);
      }),
      { numRuns: 1000 },
    );
  });
});
