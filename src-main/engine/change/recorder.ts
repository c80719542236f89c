import { type Result } from '#shared/result.ts';
import { failureLine } from '#shared/words/index.ts';
import { type Written } from '#shared/contract/helper.ts';
import { type JournalEntry, type JournalState } from '#shared/model/change.ts';
import { type JournalRecord, type JournalUpdate } from '../../store/journal.ts';
import { type ChangeJournal } from '../world.ts';

/** What is recorded of every change besides the change itself. */
export interface RecorderOptions {
  readonly journal: ChangeJournal;
  /** User name. */
  readonly who: string;
  readonly onEntry: (entry: JournalEntry) => void;
  /** Hears that something could not be recorded. */
  readonly onTrouble: (message: string) => void;
}

/** Records changes before they are made and what became of them. When the journal fails, the change goes on and the failure is reported. */
export class Recorder {
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Entries of one click, one for each; undefined where they could not be recorded. */
  begin(changes: readonly Omit<JournalRecord, 'who' | 'state'>[]): readonly JournalEntry[] | undefined {
    const { journal, who, onTrouble } = this.#options;
    const added = journal.add(changes.map((change) => ({ ...change, who, state: 'pending' })));
    if (added.ok) return added.value;
    onTrouble(failureLine(added.error));
    return undefined;
  }

  /** What a change took along: recorded with it once it is known, so that it is undone with it. */
  along(entry: JournalEntry | undefined, change: Omit<JournalRecord, 'who' | 'state'>): void {
    if (entry === undefined) return;
    const { journal, who, onEntry, onTrouble } = this.#options;
    const added = journal.add([{ ...change, who, state: 'done' }], entry.group);
    if (added.ok) added.value.forEach(onEntry);
    else onTrouble(failureLine(added.error));
  }

  /** What became of one. */
  settle(
    entry: JournalEntry | undefined,
    state: JournalState,
    more: Omit<JournalUpdate, 'state'> = {},
  ): void {
    if (entry === undefined) return;
    const settled = this.#options.journal.update([entry.id], { ...more, state });
    if (settled.ok) settled.value.forEach(this.#options.onEntry);
    else this.#options.onTrouble(failureLine(settled.error));
  }

  /** What became of one that was written at once. */
  settleWritten(entry: JournalEntry | undefined, written: Result<Written>): void {
    if (written.ok) {
      const { before, after } = written.value;
      this.settle(entry, 'done', { before, after });
    } else this.settle(entry, 'failed', { why: written.error });
  }
}
