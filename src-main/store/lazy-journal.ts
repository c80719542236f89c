import { existsSync } from 'node:fs';
import { ok, type Result } from '#shared/result.ts';
import { JOURNAL_FILE, type Journal } from './journal.ts';

/** What is used of a journal by those who change something. */
type Used = Pick<Journal, 'add' | 'update' | 'page' | 'ruledProcesses'>;

/**
 * A journal that is begun with its first entry: looking at one that is not there leaves nothing behind. `open` is called once at most; where it fails,
 * every use says why.
 */
export function lazyJournal(folder: string, open: () => Used): Used {
  let opened: Used | undefined;
  const now = () => (opened ??= open());
  const isThere = () => opened !== undefined || existsSync(`${folder}/${JOURNAL_FILE}`);
  const ifThere = <T>(read: (journal: Used) => Result<readonly T[]>) => (isThere() ? read(now()) : ok([]));
  return {
    add: (...args) => now().add(...args),
    update: (...args) => now().update(...args),
    page: (query) => ifThere((journal) => journal.page(query)),
    ruledProcesses: () => ifThere((journal) => journal.ruledProcesses()),
  };
}
