import { describe, expect, it } from 'vitest';
import { rank } from '#shared/kernel/kill-order/ranking.ts';
import { sacrificedChild } from '#shared/kernel/badness/sacrifice.ts';
import { type KernelTask } from '#shared/kernel/task.ts';
import { exactly, rulesFor, taskOf } from '../../../../helpers/kernel-tasks.ts';

/** Asks for the child of the first of them. */
function childOf(tasks: readonly KernelTask[], dead: ReadonlySet<KernelTask> = new Set()) {
  const rules = rulesFor('4.19.0');
  const ranked = tasks.map((task, index) => rank(task, index, rules, 1_000_000, exactly(task)));
  const [parent] = tasks;
  if (parent === undefined) throw new Error('no such task');
  return sacrificedChild(ranked)(parent, dead)?.task.pid;
}

const parent = taskOf({ pid: 10, rssPages: 5000, mm: 1 });

describe('sacrificedChild', () => {
  it('is the worst child, however small beside its parent', () => {
    const children = [
      taskOf({ pid: 11, parentPid: 10, rssPages: 1 }),
      taskOf({ pid: 12, parentPid: 10, rssPages: 2 }),
      taskOf({ pid: 13, parentPid: 12, rssPages: 9000 }),
      taskOf({ pid: 14, parentPid: 1, rssPages: 9000 }),
    ];
    expect(childOf([parent, ...children])).toBe(12);
  });

  it('is no child that shares the address space', () => {
    const sharer = taskOf({ pid: 11, parentPid: 10, rssPages: 5000, mm: 1 });
    expect(childOf([parent, sharer])).toBeUndefined();
    expect(childOf([parent, sharer, taskOf({ pid: 12, parentPid: 10, mm: 2 })])).toBe(12);
  });

  it('is of equals the oldest, wherever the scan meets it', () => {
    const children = [
      taskOf({ pid: 13, startTicks: 300, parentPid: 10 }),
      taskOf({ pid: 12, startTicks: 100, parentPid: 10 }),
      taskOf({ pid: 11, startTicks: 200, parentPid: 10 }),
    ];
    expect(childOf([parent, ...children])).toBe(12);
  });

  it('is the next one where the worst is dead', () => {
    const worst = taskOf({ pid: 11, parentPid: 10, rssPages: 300 });
    const next = taskOf({ pid: 12, parentPid: 10, rssPages: 200 });
    expect(childOf([parent, worst, next], new Set([worst]))).toBe(12);
    expect(childOf([parent, worst, next], new Set([worst, next]))).toBeUndefined();
  });
});
