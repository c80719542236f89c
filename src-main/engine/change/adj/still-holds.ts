import { fail, ok, type Result } from '#shared/result.ts';
import { type AdjPreview } from '#shared/model/change.ts';
import { type Unplanned } from '#shared/model/planned-change.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { orderOfScope } from '../../watch/order-view.ts';
import { LATER_BEHIND } from '../../watch/room-to-grow.ts';
import { orderAfter } from './preview.ts';

/**
 * Whether the values that a preview showed still do what it promised: a process that was to stand behind others still would. Memory goes on
 * while people read. Fails with `changed-meanwhile` and what would be now.
 */
export function stillHolds(snapshot: Snapshot, preview: Unplanned<AdjPreview>): Result<null> {
  const { intent, scope } = preview.request;
  if (intent.kind !== 'behind' && intent.kind !== 'later') return ok(null);
  const order = orderOfScope(snapshot, scope);
  // A scope that is gone has no order to promise; what is written is checked against what was seen.
  if (!order.ok) return ok(null);
  const { places } = orderAfter(snapshot, order.value, preview.changes);
  const wanted = intent.kind === 'behind' ? intent.n : LATER_BEHIND;
  for (const { pid, startTicks } of preview.changes) {
    const isIt = (place: { readonly pid: number; readonly startTicks: number }) =>
      place.pid === pid && place.startTicks === startTicks;
    const promised = preview.orderAfter.find(isIt)?.rank;
    const now = places.find(isIt);
    if (promised === undefined || now === undefined) continue;
    // Fewer others may be left before it than were requested.
    if (now.rank <= Math.min(wanted, promised - 1))
      return fail('changed-meanwhile', {
        what: 'place',
        subject: `${now.name} (${pid})`,
        rank: now.rank,
      });
  }
  return ok(null);
}
