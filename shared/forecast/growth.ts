import { blocksFrom } from './blocks.ts';
import { type Points } from './points.ts';
import { slopeOf } from './slope.ts';
import { type SteadyGrowth } from '../model/forecast.ts';

/** Growth is stated of the last minutes alone: what was before says nothing about now, a program that has loaded its data stops growing. */
const WINDOW_SECONDS = 5 * 60;
const SHORTEST_SECONDS = 60;
const FEWEST_POINTS = 4;
/** So many more pairs of points rise than fall, or fall than rise, as a share of all: less is noise. */
const LEAST_STEADINESS = 0.7;

/** Who grows for hours: how long and how steadily, and how much of the machine's memory it gains, or that it doubles. */
const STEADY = {
  seconds: 2 * 3600,
  steadiness: 0.8,
  share: 0.05,
  times: 2,
  laterShare: 0.4,
  youngSeconds: 900,
};

/** Growth in bytes a second over the last five minutes, by the median of the slopes of all pairs; undefined where there is too little, or it is noise. */
export function growthRate({ seconds, bytes }: Points): number | undefined {
  const last = seconds.at(-1);
  if (last === undefined) return undefined;
  const from = seconds.findIndex((at) => at >= last - WINDOW_SECONDS);
  const recent = { seconds: seconds.slice(from), bytes: bytes.slice(from) };
  const lasted = last - (recent.seconds[0] ?? last);
  if (recent.bytes.length < FEWEST_POINTS || lasted < SHORTEST_SECONDS) return undefined;
  const { rate, steadiness } = slopeOf(recent);
  return Math.abs(steadiness) < LEAST_STEADINESS ? undefined : rate;
}

/**
 * Growth that has gone on for two hours and longer without a way back, from lows of some minutes each; undefined where it has not. Not within
 * the first quarter of an hour of a program, in which it loads what it needs.
 */
export function steadyGrowth(
  lows: Points,
  startedSeconds: number,
  memoryBytes: number,
): SteadyGrowth | undefined {
  const from = lows.seconds.findIndex((at) => at >= startedSeconds + STEADY.youngSeconds);
  if (from < 0) return undefined;
  const since = lows.bytes
    .slice(from)
    .reduce((least, value, i, all) => (value <= (all[least] ?? 0) ? i : least), 0);
  const seconds = lows.seconds.slice(from + since);
  const bytes = lows.bytes.slice(from + since);
  const first = bytes[0];
  const lastedSeconds = (seconds.at(-1) ?? 0) - (seconds[0] ?? 0);
  if (first === undefined || lastedSeconds < STEADY.seconds) return undefined;
  const gainedBytes = (bytes.at(-1) ?? 0) - first;
  if (gainedBytes < STEADY.share * memoryBytes && gainedBytes < (STEADY.times - 1) * Math.max(first, 1))
    return undefined;
  const blocks = blocksFrom({ seconds, bytes });
  const whole = slopeOf(blocks);
  const later = slopeOf(blocks, blocks.bytes.length >> 1);
  const isSteady = whole.steadiness >= STEADY.steadiness && later.rate >= STEADY.laterShare * whole.rate;
  return isSteady ? { gainedBytes, lastedSeconds } : undefined;
}
