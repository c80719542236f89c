/** Where the lines of a list stand: headings are lower than rows. Lines are counted from 0, heights in pixels. */
export interface LinePlaces {
  /** Of the upper edge of a line; of the one behind the last, the height of all. */
  readonly topOf: (line: number) => number;
  /** The line at a height; the last one below all. */
  readonly lineAt: (top: number) => number;
}

/** `headings` are the lines that are headings, ascending. */
export function linePlaces(
  total: number,
  headings: readonly number[],
  rowHeight: number,
  headingHeight: number,
): LinePlaces {
  const less = rowHeight - headingHeight;
  const before = (line: number) => {
    let [low, high] = [0, headings.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((headings[middle] ?? 0) < line) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const topOf = (line: number) => line * rowHeight - before(line) * less;
  return {
    topOf,
    lineAt(top) {
      let [low, high] = [0, Math.max(0, total - 1)];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (topOf(middle) <= top) low = middle;
        else high = middle - 1;
      }
      return low;
    },
  };
}
