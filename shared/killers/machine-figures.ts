import { type MemoryState } from '../model/memory.ts';

/** What killers compare: figures of the machine at one moment, as /proc/meminfo has them. */
export interface MachineFigures {
  readonly totalBytes: number;
  /** MemAvailable. */
  readonly availableBytes: number;
  /** AnonPages. */
  readonly anonBytes: number;
  /** 0 where there is no swap. */
  readonly swapTotalBytes: number;
  readonly swapFreeBytes: number;
}

/** The figures in a reading of the machine's memory. */
export function machineFigures(memory: MemoryState): MachineFigures {
  const { totalBytes, availableBytes, anonBytes, swap } = memory;
  return {
    totalBytes,
    availableBytes,
    anonBytes,
    swapTotalBytes: swap?.totalBytes ?? 0,
    swapFreeBytes: swap?.freeBytes ?? 0,
  };
}

/** Free swap in percent of all of it; 0 without swap, as earlyoom (meminfo.c) and nohang (0 of 0 is below every line) have it. */
export function freeSwapPercent({ swapTotalBytes, swapFreeBytes }: MachineFigures): number {
  return swapTotalBytes === 0 ? 0 : (swapFreeBytes * 100) / swapTotalBytes;
}
