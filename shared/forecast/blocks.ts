import { median, type Points } from './points.ts';

/** A curve is described by this many blocks at most, each the median of its points: what a block hides is noise. */
const MOST_BLOCKS = 12;

/** Medians of equally many points each. */
export interface Blocks extends Points {
  /** Index of the first point of each. */
  readonly starts: readonly number[];
  /** Points in each. */
  readonly size: number;
}

/** The points from one index on in blocks of equal size that end with the last point; their seconds are the middle of each. */
export function blocksFrom({ seconds, bytes }: Points, from = 0): Blocks {
  const length = bytes.length - from;
  const count = Math.min(MOST_BLOCKS, length);
  const size = Math.floor(length / count);
  const starts = Array.from({ length: count }, (_, block) => bytes.length - size * (count - block));
  return {
    seconds: starts.map((start) => ((seconds[start] ?? 0) + (seconds[start + size - 1] ?? 0)) / 2),
    bytes: starts.map((start) =>
      size === 1 ? (bytes[start] ?? 0) : median(bytes.slice(start, start + size)),
    ),
    starts,
    size,
  };
}
