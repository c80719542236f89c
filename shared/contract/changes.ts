import { type AdjOutcome, type JournalEntry } from '../model/change.ts';
import { type PendingChange, type SysctlPreset, type SysctlState } from '../model/sysctl.ts';

/** What came of applying a preview. */
export interface Applied {
  /** The group in the journal, by which it is undone; absent when nothing was written. */
  readonly group?: number;
  readonly outcomes: readonly AdjOutcome[];
}

/** What a value was kept for. */
export interface Kept {
  /** The file that was written. */
  readonly file: string;
}

/** What became of one entry that was to be undone. */
export interface UndoOutcome {
  readonly entry: JournalEntry;
  /** `left`: somebody else has changed it since, or it is gone; `note` says which. */
  readonly result: 'undone' | 'left' | 'failed';
  readonly note?: string;
}

/** Everything that the tuning view shows. */
export interface Tuning {
  readonly settings: readonly SysctlState[];
  readonly presets: readonly SysctlPreset[];
  readonly pending?: PendingChange;
}

/** The most processes that one change may write. */
export const MAX_CHANGES = 5_000;
/** The longest text of a request: one that changes so many processes is half as long. */
export const MAX_REQUEST_LENGTH = 2 * 1024 * 1024;
