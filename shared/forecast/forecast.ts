import { type Fall } from './fall.ts';
import { type PastFall } from './past-falls.ts';

/** When a scope has nothing left if it goes on like this, in seconds from now: in 4 of 5 cases between low and high. */
export interface Estimate {
  readonly lowSeconds: number;
  readonly seconds: number;
  readonly highSeconds: number;
}

/** What a fall must be before anything is said of it; shares are of the memory of the scope. */
export const LEAST_DROP_SHARE = 0.02;
const LEAST_STEADINESS = 0.7;
/** Slower than this share of its whole rate in the later half, it is coming to its end: a program has loaded, a cache is full. */
const LEAST_LATER_SHARE = 0.4;
/** A fall is not thought to go on for longer than this many times what it has lasted. */
const PERSISTENCE = 2;

/** A fall is faster and faster where a parabola describes it so much better, and its later half is faster by so much. */
const LEAST_BEND = 0.7;
const LEAST_ACCELERATION = 1.2;
/** Fewer blocks have a bend by chance: of four, the one before the fall is enough. */
const FEWEST_BLOCKS_FOR_BEND = 8;

/**
 * How far from the middle the truth is in 4 of 5 cases: tuned on one half of the scenarios' seeds, reported on the other (docs/forecast.md). The
 * truth is later than the middle more often than sooner, since a fall is noticed when it is fast.
 */
const SPAN = { steps: 3.2, halves: 0.5, noise: 0.5, later: 1.6 };
const NOISE_AT_END = 1.3;
/** The last reading may be as old, and the end is noticed as late. */
const READING_SECONDS = 1;
/** A wider span, in logarithms to one side, says nothing. */
const WIDEST_SPAN = Math.log(2);
const ACCELERATING_SPAN = { low: 0.6, high: 0.2 };

/** A fall is like one that stopped by itself if it is not much deeper, about as fast, and memory lasts for it. */
const USUAL_DEPTH = 1.25;
const USUAL_PACE = 4;

/** What else is known of the scope of a fall. */
export interface FallScope {
  readonly leftBytes: number;
  /** All memory of the scope: of the machine, or the limit of a cgroup. */
  readonly scopeBytes: number;
  /** Falls that stopped by themselves. */
  readonly past: readonly PastFall[];
  /** The points are the lows of some minutes each: too few to tell a bend by. */
  readonly ofLows?: boolean;
}

/** When nothing is left if a fall goes on; undefined where that cannot be said. docs/forecast.md has the reasons and how it has fared. */
export function estimate(fall: Fall, scope: FallScope): Estimate | undefined {
  const { dropBytes, rate, laterRate, steadiness, lastedSeconds } = fall;
  if (dropBytes < LEAST_DROP_SHARE * scope.scopeBytes || steadiness < LEAST_STEADINESS) return undefined;
  if (rate <= 0 || laterRate < LEAST_LATER_SHARE * rate || isLevelling(fall)) return undefined;
  const accelerates = isAccelerating(fall) && scope.ofLows !== true;
  const found = accelerates ? accelerating(fall, scope.leftBytes) : steady(fall, scope.leftBytes);
  if (found === undefined || found.seconds > PERSISTENCE * lastedSeconds) return undefined;
  return isUsual(fall, scope) ? undefined : found;
}

function steady(fall: Fall, leftBytes: number): Estimate | undefined {
  const { rate, laterRate, noiseBytes } = fall;
  const perSecond = Math.sqrt(rate * laterRate);
  const span = spanOf(fall, leftBytes);
  if (span > WIDEST_SPAN) return undefined;
  const atEndBytes = NOISE_AT_END * noiseBytes;
  const soonest = Math.max(0, leftBytes - atEndBytes) / perSecond;
  const latest = (leftBytes + SPAN.later * atEndBytes) / perSecond;
  return {
    lowSeconds: Math.max(0, soonest * Math.exp(-span) - READING_SECONDS),
    seconds: leftBytes / perSecond,
    highSeconds: latest * Math.exp(SPAN.later * span) + READING_SECONDS,
  };
}

/**
 * The logarithm of the factor by which the rate may be wrong. It falls like a walk with a drift whose steps go on being as uneven: the fewer
 * there were, the less is known of the drift; the fewer are left, the less they even out.
 */
function spanOf(fall: Fall, leftBytes: number): number {
  const { rate, laterRate, stepBytes, dropBytes, noiseBytes, blockCount } = fall;
  const both = 1 / dropBytes + 1 / Math.max(leftBytes, noiseBytes, 1);
  return Math.hypot(
    SPAN.steps * stepBytes * Math.sqrt((blockCount * both) / dropBytes),
    SPAN.halves * Math.log(laterRate / rate),
    (SPAN.noise * noiseBytes) / dropBytes,
  );
}

function isAccelerating({ bend, laterRate, earlierRate, blockCount }: Fall): boolean {
  if (blockCount < FEWEST_BLOCKS_FOR_BEND) return false;
  return bend > LEAST_BEND && laterRate > LEAST_ACCELERATION * Math.max(earlierRate, 0);
}

function isLevelling({ bend, laterRate, earlierRate }: Fall): boolean {
  return -bend > LEAST_BEND && LEAST_ACCELERATION * laterRate < earlierRate;
}

/** It goes on gaining speed as it has. */
function accelerating(fall: Fall, leftBytes: number): Estimate {
  const { laterRate, earlierRate, lastedSeconds } = fall;
  // The halves' rates are those of their middles.
  const gain = (laterRate - earlierRate) / (lastedSeconds / 2);
  const rateNow = laterRate + (gain * lastedSeconds) / 4;
  const seconds = (Math.sqrt(rateNow * rateNow + 2 * gain * leftBytes) - rateNow) / gain;
  return {
    lowSeconds: seconds * Math.exp(-ACCELERATING_SPAN.low),
    seconds,
    highSeconds: seconds * Math.exp(ACCELERATING_SPAN.high),
  };
}

function isUsual({ dropBytes, rate }: Fall, { leftBytes, past }: FallScope): boolean {
  return past.some((usual) => {
    const depth = USUAL_DEPTH * usual.dropBytes;
    const pace = usual.dropBytes / Math.max(usual.lastedSeconds, 1) / rate;
    const isAsFast = pace < USUAL_PACE && pace > 1 / USUAL_PACE;
    return dropBytes <= depth && isAsFast && leftBytes + dropBytes > depth;
  });
}
