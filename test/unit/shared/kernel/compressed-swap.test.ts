import { describe, expect, it } from 'vitest';
import { machineHeadroom } from '#shared/kernel/cgroup/headroom.ts';
import { swapGainBytes } from '#shared/kernel/compressed-swap.ts';

const GIB = 1024 ** 3;

describe('the headroom of the machine', () => {
  const availableBytes = 2 * GIB;
  it.for([
    { what: 'no swap', swap: undefined, left: 2 },
    { what: 'swap on disk', swap: { totalBytes: 8 * GIB, freeBytes: 6 * GIB }, left: 8 },
    {
      what: 'swap that takes a third of its size of memory',
      swap: { totalBytes: 8 * GIB, freeBytes: 6 * GIB, compressed: { share: 1 / 3 } },
      left: 6,
    },
    {
      what: 'swap whose device has a limit',
      swap: { totalBytes: 8 * GIB, freeBytes: 6 * GIB, compressed: { share: 1 / 3, roomBytes: 3 * GIB } },
      left: 4,
    },
  ])('is $left GiB with $what', ({ swap, left }) => {
    const swapFreeBytes = swap?.freeBytes ?? 0;
    const machine = { availableBytes, swapFreeBytes, swapGainBytes: swapGainBytes(swap) };
    expect(machineHeadroom(machine).headroomBytes / GIB).toBeCloseTo(left, 5);
  });
});
