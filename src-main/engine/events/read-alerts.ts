import { type Result } from '#shared/result.ts';
import { type PageRequest } from '#shared/contract/fields.ts';
import { type RecordedAlert } from '#shared/model/alert.ts';
import { type World } from '../world.ts';

/** What happened, newest first. */
export function readAlerts(
  { alerts }: Pick<World, 'alerts'>,
  { count, beforeId }: PageRequest,
): Result<readonly RecordedAlert[]> {
  return alerts.page(count, beforeId);
}
