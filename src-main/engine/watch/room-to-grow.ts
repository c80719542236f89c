import { type RoomToGrow } from '#shared/model/change.ts';
import { adjToMoveBehind, countBefore } from '#shared/kernel/badness/adjustment.ts';
import { OOM_SCORE_ADJ_MIN, usagePages } from '#shared/kernel/badness/badness.ts';
import { ineligibleReason } from '#shared/kernel/badness/eligibility.ts';
import { compact } from '#shared/optional.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type OrderOfScope } from './order-view.ts';
import { usageRangeIn } from './process-facts.ts';

/** Others that go before a process which is protected for long. */
export const LATER_BEHIND = 5;
/** Minutes of its growth that protection leaves room for: less would end soon. */
const GROWTH_MINUTES = 60;
/** And at least this share of the memory that runs out: what stands still now may not in a moment. */
const LEAST_SHARE = 0.05;

/**
 * How much more memory a process in a scope may use while its protection still holds: an hour of its present growth, at least 5% of the memory
 * that runs out there, and never more than there is.
 */
export function roomToGrow(
  { memory, host: { pageSizeBytes } }: Snapshot,
  { scope, context: { totalPages } }: Pick<OrderOfScope, 'scope' | 'context'>,
  process: ObservedProcess,
  growthBytesPerMinute: number | undefined,
): RoomToGrow {
  const { memTotalBytes } = memory.meminfo;
  const totalBytes = totalPages * pageSizeBytes;
  const whole = scope.kind === 'global' ? memTotalBytes : Math.min(memTotalBytes, totalBytes);
  const share = Math.floor(LEAST_SHARE * whole);
  const usedBytes = process.memory === undefined ? 0 : usagePages(process.memory) * pageSizeBytes;
  const hour = Math.max(0, growthBytesPerMinute ?? 0) * GROWTH_MINUTES;
  const grows = hour > share;
  return {
    bytes: Math.max(share, Math.min(hour, totalBytes - usedBytes)),
    ...(grows && growthBytesPerMinute !== undefined ? { growthBytesPerMinute } : {}),
  };
}

/**
 * How to move a process behind `wanted` of the others that are `present`, with room to grow where it is given: the number that go before it then, and the
 * value. That is its present one where as many do already, and absent where no value does it.
 */
export function moveBehind(
  snapshot: Snapshot,
  { context }: Pick<OrderOfScope, 'context'>,
  present: readonly ObservedProcess[],
  target: ObservedProcess,
  wanted: number,
  room?: RoomToGrow,
): { readonly behind: number; readonly oomScoreAdj?: number } {
  const range = usageRangeIn(snapshot);
  const rivals = present.filter((task) => task !== target && ineligibleReason(task) === undefined);
  const judged = room === undefined ? target : grown(target, room, snapshot);
  const around = present.map((task) => (task === target ? judged : task));
  const before = countBefore(judged, around, context, range);
  // Some others cannot be passed, as services at -999: then it goes behind all that can be.
  const behind = Math.min(wanted, rivals.length, Math.max(1, before(OOM_SCORE_ADJ_MIN + 1)));
  const oomScoreAdj =
    before(target.oomScoreAdj) >= behind
      ? target.oomScoreAdj
      : adjToMoveBehind(judged, behind, around, context, range);
  return compact({ behind, oomScoreAdj });
}

/** A process as it will be when it has used up its room: judged so, what protects it now still does then. */
export function grown(
  process: ObservedProcess,
  { bytes }: RoomToGrow,
  { host: { pageSizeBytes } }: Snapshot,
): ObservedProcess {
  const { memory } = process;
  if (memory === undefined) return process;
  return { ...process, memory: { ...memory, rssPages: memory.rssPages + Math.ceil(bytes / pageSizeBytes) } };
}
