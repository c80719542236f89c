import { type MemoryState } from '#shared/model/memory.ts';

/** Time between samples: without a client, with one, and when memory is short. */
export interface Intervals {
  readonly idleMs: number;
  readonly watchedMs: number;
  readonly pressureMs: number;
}

export const INTERVALS: Intervals = { idleMs: 2_000, watchedMs: 1_000, pressureMs: 250 };

/** The intervals for a client that wants a reading every `watchedMs`: the others keep their distance to it. */
export function intervalsFor(watchedMs: number): Intervals {
  return { idleMs: 2 * watchedMs, watchedMs, pressureMs: Math.min(INTERVALS.pressureMs, watchedMs) };
}

/** Below this share of memory, with little swap left, or with tasks waiting for memory this share of the time, every moment counts. */
const LITTLE_SHARE = 0.1;
const WAITING_PERCENT = 10;

/** Time to the next tick. */
export function nextInterval(
  memory: MemoryState,
  watched: boolean,
  intervals: Intervals = INTERVALS,
): number {
  return isShort(memory) ? intervals.pressureMs : watched ? intervals.watchedMs : intervals.idleMs;
}

/** Little memory left, or tasks that wait for it. */
export function isShort({ availableBytes, totalBytes, swap, pressure }: MemoryState): boolean {
  const waiting = pressure !== undefined && pressure.some10 >= WAITING_PERCENT;
  const swapLeft = swap === undefined || swap.freeBytes > LITTLE_SHARE * swap.totalBytes;
  const little = availableBytes < LITTLE_SHARE * totalBytes;
  return waiting || (little && (swap === undefined || !swapLeft));
}
