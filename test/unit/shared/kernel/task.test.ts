import { describe, expect, it } from 'vitest';
import { compareForkOrder } from '#shared/kernel/task.ts';

describe('compareForkOrder', () => {
  it('puts the oldest first, of one clock tick the smallest pid, and a wrapped pid behind', () => {
    const processes = [
      { pid: 9, startTicks: 30 },
      { pid: 300, startTicks: 20 },
      { pid: 20, startTicks: 20 },
      { pid: 32_000, startTicks: 5 },
    ];
    expect(processes.toSorted(compareForkOrder).map(({ pid }) => pid)).toEqual([32_000, 20, 300, 9]);
  });
});
