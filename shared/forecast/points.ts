/**
 * Values at moments, oldest first; both arrays have the same length. Plain numbers side by side: a scope keeps hundreds of them and is looked
 * at in every tick.
 */
export interface Points {
  readonly seconds: readonly number[];
  readonly bytes: readonly number[];
}

/** A call of the engine's own sort costs as much as sorting so few numbers by hand. */
const FEW = 24;

/** The middle one of some numbers, or the mean of the middle two; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = values.length <= FEW ? inserted(values) : new Float64Array(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

function inserted(values: readonly number[]): readonly number[] {
  const sorted: number[] = [];
  for (const value of values) {
    let at = sorted.length;
    while (at > 0 && (sorted[at - 1] ?? 0) > value) at -= 1;
    sorted.push(value);
    for (let i = sorted.length - 1; i > at; i--) sorted[i] = sorted[i - 1] ?? 0;
    sorted[at] = value;
  }
  return sorted;
}
