import { type Failure } from '../result.ts';
import { type CgroupEffect } from './cgroup-change.ts';
import { type JournalEntry } from './change.ts';
import { type PlannedChange } from './planned-change.ts';
import { type SysctlEffect } from './sysctl/sysctl.ts';

/** What undoing an entry would bring now. `danger`: something can be killed, break or stop. */
export interface UndoEffect {
  readonly weight: 'note' | 'warning' | 'danger';
  readonly fact:
    | { readonly kind: 'sysctl'; readonly effect: SysctlEffect }
    | { readonly kind: 'cgroup'; readonly effect: CgroupEffect }
    /** A limit goes down: what is in use beyond it may be killed. */
    | { readonly kind: 'lowers-limit' }
    /** The process is the next victim of the machine then. */
    | { readonly kind: 'next-victim'; readonly name: string; readonly pid: number }
    /** The process can never be killed then. */
    | { readonly kind: 'exempt'; readonly name: string; readonly pid: number }
    /** A rule is there again: number of running processes that get its value at once. */
    | { readonly kind: 'rule-changes'; readonly count: number };
}

/** One entry of the journal, and what undoing it would do now. */
export interface UndoItem {
  readonly entry: JournalEntry;
  /**
   * `write`: the value of before is written. `nothing`: it is there already. `left`: the value is no longer the one that Lifeboat set, or has
   * gone with its process; `why` says which.
   */
  readonly does: 'write' | 'nothing' | 'left';
  /** The present value, as the kernel or the file has it; empty where none is set. */
  readonly now?: string;
  /** The value after the undo; empty where it is taken away. Absent where nothing is written. */
  readonly value?: string;
  readonly why?: Failure;
  readonly effects: readonly UndoEffect[];
}

/** What one click changed, which is undone together. */
export interface UndoClick {
  readonly group: number;
  readonly items: readonly UndoItem[];
  /** Undoing it can kill, break or stop something. */
  readonly isDangerous: boolean;
  /** It is part of this plan. */
  readonly isChosen: boolean;
  /** Not asked for: a rule that gives later processes the value that is to be undone. */
  readonly isRelated?: true;
}

/** Which clicks are to be undone. */
export interface UndoRequest {
  readonly groups: readonly number[] | 'all';
  /** Those of them that are chosen; without it all that can neither kill nor break anything, or what was asked for by its number. */
  readonly chosen?: readonly number[];
}

/** What undoing would do now, newest first. */
export interface UndoPreview extends PlannedChange {
  readonly request: UndoRequest;
  readonly clicks: readonly UndoClick[];
  /** Lines of Lifeboat's file in sysctl.d that go with one that is put back (ratio and kbytes), where no click is about them. */
  readonly displaced: readonly { readonly name: string; readonly value: string }[];
}

/** Whether undoing a click writes anything now. */
export function writesOf({ items }: Pick<UndoClick, 'items'>): number {
  return items.filter(({ does }) => does === 'write').length;
}
