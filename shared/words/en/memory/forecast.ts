import { formatBytes } from '#shared/format/bytes.ts';
import { safeText } from '#shared/format/safe-text.ts';
import { type Forecast, type SteadyGrowth, type Taker } from '#shared/model/forecast.ts';
import { nameOf } from '../process.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Above this, no seconds; above the next, no minutes; then no hours. */
const UNITS = [
  { seconds: DAY, from: 2 * DAY, one: 'day', many: 'days' },
  { seconds: HOUR, from: 2 * HOUR, one: 'hour', many: 'hours' },
  { seconds: MINUTE, from: 2 * MINUTE, one: 'minute', many: 'minutes' },
] as const;

/** A span in whole units, wide enough to hold both ends: `in 7 to 12 minutes`, `within 3 minutes`, `in 20 to 45 seconds`. */
export function inSpan(lowSeconds: number, highSeconds: number): string {
  const unit = UNITS.find(({ from }) => highSeconds >= from);
  if (unit === undefined) {
    const high = Math.max(5, Math.ceil(highSeconds / 5) * 5);
    const low = Math.floor(lowSeconds / 5) * 5;
    if (low === 0) return `within ${high} seconds`;
    return low === high ? `in about ${high} seconds` : `in ${low} to ${high} seconds`;
  }
  const low = Math.floor(lowSeconds / unit.seconds);
  const high = Math.ceil(highSeconds / unit.seconds);
  if (low === 0) return `within ${high} ${unit.many}`;
  return `in ${low} to ${high} ${unit.many}`;
}

/** Two spans, the unit said once where both have the same: `in 4 to 7 minutes`, `in 9 to 14`. */
function inSpans(first: readonly [number, number], second: readonly [number, number]): readonly string[] {
  const [one, two] = [inSpan(...first), inSpan(...second)];
  const unit = one.slice(one.lastIndexOf(' '));
  return [one, two.endsWith(unit) ? two.slice(0, -unit.length) : two];
}

/** How long something has lasted, in its largest unit: `15 minutes`, `1 hour`. */
export function lasting(seconds: number): string {
  const unit = UNITS.find(({ seconds: one }) => seconds >= one);
  if (unit === undefined) return `${Math.max(1, Math.round(seconds))} seconds`;
  const count = Math.round(seconds / unit.seconds);
  return count === 1 ? `1 ${unit.one}` : `${count} ${unit.many}`;
}

function takerName(taker: Taker): string {
  return taker.kind === 'process' ? nameOf(taker.process) : safeText(taker.label);
}

/** `postgres took 1.9 of 2.1 GiB`. */
function took(taker: Taker, fellBytes: number): string {
  const whole = formatBytes(fellBytes);
  const part = formatBytes(Math.min(taker.tookBytes, fellBytes));
  const [figure = part, unit] = part.split(' ');
  // The unit is said once where both have the same.
  return `${takerName(taker)} took ${unit === whole.split(' ')[1] ? figure : part} of ${whole}`;
}

/** What is forecast of memory. */
export const forecast = {
  /** `memory is used up in 7 to 12 minutes at this rate`. */
  machine: ({ lowSeconds, highSeconds, killer }: Forecast) =>
    killer === undefined
      ? `at this rate memory is used up ${inSpan(lowSeconds, highSeconds)}`
      : `at this rate ${killer.name} acts ${inSpans([killer.lowSeconds, killer.highSeconds], [lowSeconds, highSeconds]).join(', the kernel ')}`,
  group: ({ lowSeconds, highSeconds }: Forecast) =>
    `at this rate its memory is used up ${inSpan(lowSeconds, highSeconds)}`,
  /** `postgres took 1.9 of 2.1 GiB in 15 minutes`. */
  why: ({ fallingSeconds, fellBytes, taker }: Forecast) =>
    `${taker === undefined ? `many together took ${formatBytes(fellBytes)}` : took(taker, fellBytes)} in ${lasting(fallingSeconds)}`,
  meaning:
    'The span holds in about 4 of 5 cases. It is said only of a fall that has lasted for at least half as long, and not of one like those that have stopped by themselves before.',
  short: ({ lowSeconds, highSeconds }: Forecast) => `used up ${inSpan(lowSeconds, highSeconds)}`,
  steadyGrowth: ({ gainedBytes, lastedSeconds }: SteadyGrowth) =>
    `Grew by ${formatBytes(gainedBytes)} in ${lasting(lastedSeconds)}, about ${formatBytes((gainedBytes / lastedSeconds) * HOUR)} an hour, and did not give any back.`,
} as const;
