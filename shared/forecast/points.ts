/**
 * Values at moments, oldest first; both arrays have the same length. Plain numbers side by side: a scope keeps hundreds of them and is looked
 * at in every tick.
 */
export interface Points {
  readonly seconds: readonly number[];
  readonly bytes: readonly number[];
}

/** The middle one of some numbers, or the mean of the middle two; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
