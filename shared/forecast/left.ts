import { type MemoryState } from '../model/memory.ts';

/**
 * What processes can still take on the machine: available memory and free swap. A page in swap that is kept compressed in memory (zram, zswap) still
 * takes a part of its size there, so that as much of free swap does not help.
 */
export function machineLeft({ availableBytes, swap }: Pick<MemoryState, 'availableBytes' | 'swap'>): number {
  if (swap === undefined) return availableBytes;
  const { freeBytes, compressed } = swap;
  if (compressed === undefined) return availableBytes + freeBytes;
  const roomBytes = Math.min(freeBytes, compressed.roomBytes ?? Infinity);
  return availableBytes + roomBytes * (1 - Math.min(1, compressed.share));
}
