import { type Blocks, blocksFrom } from './blocks.ts';
import { downwardBend, lineThrough, squaresAroundMean } from './line.ts';
import { median, type Points } from './points.ts';
import { slopeOf } from './slope.ts';

const FEWEST_POINTS = 4;
/** A knee needs this many blocks before and after it to be seen. */
const BEFORE_KNEE = 2;
const AFTER_KNEE = 4;
/** It is one where what is left beside "level, then a line" is less than this share of what is left beside one line. */
const KNEE_SHARE = 0.35;
const MOST_KNEES = 6;
/** The share of the points that must lie before a fall for its beginning to be seen. */
const SEEN_BEFORE = 1 / 6;

/** How what is left has fallen since it last was as high. Rates are bytes a second, positive where it falls. */
export interface Fall {
  /** When it began, on the clock of the points. */
  readonly sinceSeconds: number;
  readonly lastedSeconds: number;
  readonly dropBytes: number;
  /** Median of the slopes of all pairs of blocks (Theil and Sen), and of those within the later and the earlier half. */
  readonly rate: number;
  readonly laterRate: number;
  readonly earlierRate: number;
  /** Where the line through the later half is at its end: what is left without the noise of one point. */
  readonly endSeconds: number;
  readonly endBytes: number;
  /** Pairs of blocks that fall less those that rise, as a share of all (Kendall's tau): 1 where it never rises. */
  readonly steadiness: number;
  /**
   * By how much the step from a block to the next differs from the rate's, typically: by differences over a third of the fall, in which noise that
   * comes and goes counts less than steps that stay.
   */
  readonly stepBytes: number;
  /** How far the blocks lie from one line, typically. */
  readonly noiseBytes: number;
  readonly blockCount: number;
  /** How much better falling faster and faster describes it than a steady rate, up to 1; negative where it levels off. */
  readonly bend: number;
  /** The points begin within the fall: it may have begun before. */
  readonly cutOff: boolean;
}

/**
 * The fall that goes on at the end of the points: back from now for as long as no point was lower than the highest one after it by more than
 * the tolerance, and from the knee where that begins level. Undefined where it has fewer than four points or is not as deep as `leastBytes`.
 */
export function fallIn(points: Points, toleranceBytes: number, leastBytes: number): Fall | undefined {
  const { seconds, bytes } = points;
  const last = bytes.length - 1;
  const start = sinceHigh(bytes, toleranceBytes);
  if (last - start.index + 1 < FEWEST_POINTS) return undefined;
  if ((bytes[start.index] ?? 0) - (bytes[last] ?? 0) < leastBytes) return undefined;
  let from = start.index;
  let blocks = blocksFrom(points, from);
  for (let knees = 0; knees < MOST_KNEES; knees++) {
    const knee = kneeOf(blocks);
    if (knee === undefined || last - knee + 1 < FEWEST_POINTS) break;
    from = knee;
    blocks = blocksFrom(points, from);
  }
  const sinceSeconds = seconds[from] ?? 0;
  const lastedSeconds = (seconds[last] ?? 0) - sinceSeconds;
  if (lastedSeconds <= 0) return undefined;
  const highest = Math.max(...bytes.slice(from, from + blocks.size));
  return {
    sinceSeconds,
    lastedSeconds,
    dropBytes: highest - (bytes[last] ?? 0),
    cutOff: start.reachesBeginning && from < SEEN_BEFORE * bytes.length,
    ...ratesOf(blocks),
  };
}

/** The highest point of the fall, and whether the search for it met the beginning of the points. */
function sinceHigh(bytes: readonly number[], toleranceBytes: number) {
  let index = bytes.length - 1;
  let highest = bytes[index] ?? 0;
  for (let i = index - 1; i >= 0; i--) {
    const value = bytes[i] ?? 0;
    if (value < highest - toleranceBytes) return { index, reachesBeginning: false };
    if (value > highest) {
      highest = value;
      index = i;
    }
  }
  return { index, reachesBeginning: true };
}

/** The point at which a level stretch at the beginning of the blocks turns into a steeper fall; undefined where there is none. */
function kneeOf({ seconds, bytes, starts }: Blocks): number | undefined {
  const one = lineThrough(seconds, bytes);
  let least = KNEE_SHARE * one.squaredError;
  let knee: number | undefined;
  for (let at = BEFORE_KNEE; at <= bytes.length - AFTER_KNEE; at++) {
    const after = lineThrough(seconds, bytes, at);
    const squares = squaresAroundMean(bytes, at) + after.squaredError;
    if (after.slope > one.slope || squares >= least) continue;
    least = squares;
    knee = starts[at];
  }
  return knee;
}

function ratesOf(blocks: Blocks) {
  const { seconds, bytes } = blocks;
  const count = bytes.length;
  const half = count >> 1;
  const whole = slopeOf(blocks);
  const rate = -whole.rate;
  const laterRate = -slopeOf(blocks, half).rate;
  const endSeconds = seconds[count - 1] ?? 0;
  const near = squaredSteps(seconds, bytes, rate, 1);
  const stride = Math.max(2, Math.floor(count / 3));
  const far = squaredSteps(seconds, bytes, rate, stride);
  return {
    rate,
    laterRate,
    earlierRate: -slopeOf(blocks, 0, half + 1).rate,
    endSeconds,
    endBytes: median(
      bytes.slice(half).map((value, i) => value - laterRate * (endSeconds - (seconds[half + i] ?? 0))),
    ),
    steadiness: -whole.steadiness,
    stepBytes: Math.sqrt(Math.max(0, far - near) / (stride - 1)),
    noiseBytes: Math.sqrt(lineThrough(seconds, bytes).squaredError / Math.max(1, count - 2)),
    blockCount: count,
    bend: downwardBend(seconds, bytes),
  };
}

/** Mean square by which what is left differs from the rate's over so many blocks: it grows with them where steps stay, and does not where noise comes and goes. */
function squaredSteps(
  seconds: readonly number[],
  bytes: readonly number[],
  rate: number,
  stride: number,
): number {
  let squares = 0;
  for (let i = stride; i < bytes.length; i++) {
    const expected = rate * ((seconds[i] ?? 0) - (seconds[i - stride] ?? 0));
    squares += ((bytes[i - stride] ?? 0) - (bytes[i] ?? 0) - expected) ** 2;
  }
  return squares / (bytes.length - stride);
}
