import { median, type Points } from './points.ts';

/** How points rise, in bytes a second; negative where they fall. */
export interface Slope {
  /** Median of the slopes of all pairs (Theil and Sen). */
  readonly rate: number;
  /** Pairs that rise less those that fall, as a share of all (Kendall's tau): 1 where they always rise, -1 where they always fall. */
  readonly steadiness: number;
}

/** The slope of the points from one index to another, that one not included. */
export function slopeOf({ seconds, bytes }: Points, from = 0, to = bytes.length): Slope {
  const slopes: number[] = [];
  let signs = 0;
  for (let i = from; i < to; i++) {
    for (let j = i + 1; j < to; j++) {
      const slope = ((bytes[j] ?? 0) - (bytes[i] ?? 0)) / ((seconds[j] ?? 0) - (seconds[i] ?? 0));
      slopes.push(slope);
      signs += Math.sign(slope);
    }
  }
  return { rate: median(slopes), steadiness: slopes.length === 0 ? 0 : signs / slopes.length };
}
