/** Rows of a list whose places are held, and how many of them would stand elsewhere. */
export interface HeldRows<Row> {
  readonly rows: readonly Row[];
  readonly moved: number;
}

/**
 * Rows in the places of `held` with the figures of `now`, so that nothing moves under the pointer. A row that is gone keeps its last figures;
 * new ones wait. `moved` counts the places that would have another row.
 */
export function holdOrder<Row>(
  held: readonly Row[],
  now: readonly Row[],
  keyOf: (row: Row) => string,
): HeldRows<Row> {
  const newest = new Map(now.map((row) => [keyOf(row), row]));
  const rows = held.map((row) => newest.get(keyOf(row)) ?? row);
  const moved = Array.from({ length: Math.max(held.length, now.length) }, (_, index) => {
    const [before, after] = [held[index], now[index]];
    return before === undefined || after === undefined || keyOf(before) !== keyOf(after);
  }).filter(Boolean).length;
  return { rows, moved };
}
