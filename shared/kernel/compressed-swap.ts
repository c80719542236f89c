import { type CompressedSwap, type Swap } from '../model/memory.ts';

/** What a swapped byte takes of memory where nothing was swapped yet that would tell: the compressors of zram and zswap make a half to a third of it. */
const USUAL_SHARE = 0.4;
/** Less than this tells little of the rest. */
const TELLING_BYTES = 64 * 1024 * 1024;

/** A swap area on a zram device (its mm_stat). */
export interface ZramArea {
  readonly freeBytes: number;
  /** Swapped to it, and what that takes of memory. */
  readonly dataBytes: number;
  readonly usedBytes: number;
  /** mem_limit; 0 where there is none. */
  readonly limitBytes: number;
}

/** The pool of zswap, which lies in front of swap on disk. */
export interface ZswapPool {
  readonly dataBytes: number;
  readonly usedBytes: number;
  /** What it may take of memory; then pages go to disk. */
  readonly mostBytes: number;
}

/** What free swap takes of memory itself when it is used: absent where all of it is on disk. `freeBytes`: of all swap. */
export function compressedSwap(
  freeBytes: number,
  zram: readonly ZramArea[],
  zswap: ZswapPool | undefined,
): CompressedSwap | undefined {
  if (zram.length === 0 && zswap === undefined) return undefined;
  let takes = 0;
  let room = freeBytes;
  for (const area of zram) {
    const share = shareOf(area);
    const fits = area.limitBytes === 0 ? Infinity : Math.max(0, area.limitBytes - area.usedBytes) / share;
    const usable = Math.min(area.freeBytes, fits);
    takes += usable * share;
    room -= area.freeBytes - usable;
  }
  if (zswap !== undefined) {
    const onDisk = Math.max(0, freeBytes - zram.reduce((sum, area) => sum + area.freeBytes, 0));
    const share = shareOf(zswap);
    takes += Math.min(onDisk * share, Math.max(0, zswap.mostBytes - zswap.usedBytes));
  }
  const isLimited = room < freeBytes;
  return { share: room <= 0 ? 0 : takes / room, ...(isLimited ? { roomBytes: Math.max(0, room) } : {}) };
}

/** What processes gain by filling free swap: a page that is kept compressed in memory still takes a part of its size there. */
export function swapGainBytes(swap: Swap | undefined): number {
  if (swap === undefined) return 0;
  const { freeBytes, compressed } = swap;
  if (compressed === undefined) return freeBytes;
  return Math.min(freeBytes, compressed.roomBytes ?? Infinity) * (1 - Math.min(1, compressed.share));
}

function shareOf({ dataBytes, usedBytes }: { dataBytes: number; usedBytes: number }): number {
  return dataBytes < TELLING_BYTES ? USUAL_SHARE : Math.min(1, Math.max(0.01, usedBytes / dataBytes));
}
