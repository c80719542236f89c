import { type Result } from '#shared/result.ts';
import { type PageRequest } from '#shared/contract/fields.ts';
import { type JournalEntry } from '#shared/model/change.ts';
import { compact } from '#shared/optional.ts';
import { type ChangeWorld } from '../world.ts';

/** What was changed, newest first. */
export function readJournal(
  { journal }: Pick<ChangeWorld, 'journal'>,
  { count, beforeId }: PageRequest,
): Result<readonly JournalEntry[]> {
  return journal.page(compact({ limit: count, beforeId }));
}
