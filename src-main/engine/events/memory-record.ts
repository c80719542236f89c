import { ok } from '#shared/result.ts';
import { type RecordedAlert } from '#shared/model/alert.ts';
import { type AlertRecord } from '../../store/alert-record.ts';

/** A screen or two. */
const MOST = 100;

/** Stands in for the record where the journal cannot be opened: what happened since Lifeboat started, and no longer. */
export function memoryRecord(): Pick<AlertRecord, 'add' | 'page' | 'interruptionsSince'> {
  let alerts: readonly RecordedAlert[] = [];
  return {
    add: (timeMs, alert) => {
      const recorded = { id: (alerts[0]?.id ?? 0) + 1, timeMs, alert };
      alerts = [recorded, ...alerts].slice(0, MOST);
      return ok(recorded);
    },
    page: (limit, beforeId) => ok(alerts.filter(({ id }) => id < (beforeId ?? Infinity)).slice(0, limit)),
    interruptionsSince: () => ok([]),
  };
}
