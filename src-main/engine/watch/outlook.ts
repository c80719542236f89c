import { machineHeadroom } from '#shared/kernel/cgroup/headroom.ts';
import { type TimelinePoint } from '#shared/contract/watch.ts';
import { type MemoryState, type Outlook } from '#shared/model/memory.ts';
import { linearTrend } from './trend.ts';

/** What the forecast is made from, and how far it may look. */
const WINDOW_MS = 10 * 60 * 1000;
const SHORTEST_MS = 60 * 1000;
const FURTHEST_SECONDS = 24 * 3600;
/** A slope smaller than this many of its standard errors is noise. */
const SIGNIFICANT = 4;

/**
 * When available memory and free swap would be used up if the last ten minutes went on; undefined when they do not shrink for certain, or
 * not within a day. The span is that of the slope's error, twice to each side. It is a forecast: what programs will do is not known.
 */
export function outlookOf(
  timeline: readonly TimelinePoint[],
  memory: MemoryState,
  nowMs: number,
): Outlook | undefined {
  const swapTotalBytes = memory.swap?.totalBytes ?? 0;
  const recent = timeline.filter(({ timeMs }) => timeMs >= nowMs - WINDOW_MS);
  const lastKill = recent.findLastIndex(({ kills }) => kills > 0);
  // A kill gives memory back at once: what was before it says nothing about the trend.
  const since = recent.slice(lastKill + 1);
  const first = since[0];
  if (first === undefined || nowMs - first.timeMs < SHORTEST_MS) return undefined;
  const left = (point: { availableBytes: number; swapUsedBytes: number }) =>
    point.availableBytes + swapTotalBytes - point.swapUsedBytes;
  const trend = linearTrend(since.map((point) => ({ timeMs: point.timeMs, value: left(point) })));
  if (trend === undefined || -trend.slope < SIGNIFICANT * trend.slopeError || trend.slope >= 0)
    return undefined;
  const { headroomBytes: leftNow } = machineHeadroom({
    availableBytes: memory.availableBytes,
    swapFreeBytes: memory.swap?.freeBytes ?? 0,
  });
  const secondsAt = (slope: number) => leftNow / -slope / 1000;
  const seconds = secondsAt(trend.slope);
  if (seconds > FURTHEST_SECONDS) return undefined;
  return {
    seconds,
    lowSeconds: secondsAt(trend.slope - 2 * trend.slopeError),
    highSeconds: secondsAt(trend.slope + 2 * trend.slopeError),
  };
}
