import { type Failure } from '../result.ts';
import { type AdjChange, type LastingPlace } from './change.ts';
import { type NamedProcess } from './kill-order.ts';
import { type PlannedChange } from './planned-change.ts';
import { type Unit } from './unit.ts';

/** A process that a rule matches now. */
export interface RuleMatch extends NamedProcess {
  readonly oomScoreAdj: number;
  /** `runtime:id`. */
  readonly container?: string;
  readonly unit?: Unit;
}

/** Processes of one place: the host, or a container. What is kept for later starts differs between them. */
export interface PlaceMatches {
  /** `runtime:id`; absent for what runs in none. */
  readonly container?: string;
  readonly pids: readonly number[];
}

/** The host and containers in which processes of one name, or of one rule, run: empty where that is one place. */
export function severalPlaces(
  processes: readonly { readonly pid: number; readonly container?: string }[],
): readonly PlaceMatches[] {
  const byPlace = Map.groupBy(processes, ({ container }) => container);
  if (byPlace.size < 2) return [];
  return [...byPlace].map(([container, members]) => ({
    ...(container === undefined ? {} : { container }),
    pids: members.map(({ pid }) => pid),
  }));
}

/** A running process that gets another value as soon as a rule is there, or gone. */
export interface RuleEffect extends AdjChange, Pick<RuleMatch, 'container' | 'unit'> {
  /** It needs root, which has not been reached: it waits until changes are allowed. */
  readonly waits?: true;
}

/** A rule of the file, with what it matches now. */
export interface SeenRule {
  /** From 1, in the order of the file. */
  readonly number: number;
  readonly line: number;
  /** Its conditions in one line: `name = "firefox", user = "alice"`. */
  readonly text: string;
  readonly name?: string;
  readonly command?: string;
  readonly user?: string;
  readonly unit?: string;
  readonly container?: string;
  readonly oomScoreAdj: number;
  readonly allowMany: boolean;
  /** The processes for which this rule counts. */
  readonly matches: readonly RuleMatch[];
  /** Why it is not applied although it is well-formed. */
  readonly refused?: Failure;
}

/** A value that Lifeboat set and that is still in force. */
export type Protection =
  /** By a drop-in of a systemd unit, for its later starts. */
  | {
      readonly kind: 'unit';
      readonly unit: Unit;
      readonly file: string;
      readonly oomScoreAdj: number;
      readonly matches: readonly RuleMatch[];
      /** The clicks that undo it, in the journal; none where the journal does not know this value. */
      readonly groups: readonly number[];
    }
  /** A drop-in with the name of Lifeboat's that another has written, or edited: Lifeboat leaves it alone. */
  | {
      readonly kind: 'foreign-unit';
      readonly unit: Unit;
      readonly file: string;
      /** Absent where it sets none. */
      readonly oomScoreAdj?: number;
      readonly matches: readonly RuleMatch[];
    }
  /** Once, until the processes end. */
  | {
      readonly kind: 'processes';
      readonly oomScoreAdj: number;
      readonly timeMs: number;
      readonly matches: readonly RuleMatch[];
      readonly groups: readonly number[];
    };

/** All rules, and all values that Lifeboat set otherwise. */
export interface Protections {
  readonly file: string;
  readonly rules: readonly SeenRule[];
  /** Why the file cannot be read: the last good rules are in force then. */
  readonly trouble?: Failure;
  readonly protections: readonly Protection[];
}

/** Where a rule stood in its file before it was removed: enough to put it back there. */
export interface RulePlace {
  /** What was taken out: its lines, and an empty one that went with them; numbers from 1, ascending. */
  readonly lines: readonly { readonly line: number; readonly text: string }[];
  /** Number of lines that were left. */
  readonly lineCount: number;
  /** The conditions of the rule before it, and of the one behind it. */
  readonly after?: string;
  readonly before?: string;
  /** Of a rule that was not taken out: its `allow_many` before it was set to true. */
  readonly manyWas?: 'absent' | 'false';
}

/** A rule that is to be written. */
export interface NewRule {
  readonly name?: string;
  readonly command?: string;
  readonly user?: string;
  readonly unit?: string;
  readonly container?: string;
  readonly oomScoreAdj: number;
  readonly allowMany?: boolean;
}

/** What adding or removing a rule would do. */
export interface RulePreview extends PlannedChange {
  readonly does: 'add' | 'change' | 'remove';
  readonly file: string;
  /** The rule as it would be, or as it is before it is removed. */
  readonly rule: SeenRule;
  /** The lines that are written or removed. */
  readonly block: string;
  /** The value of a rule with the same conditions that is there. */
  readonly before?: number;
  readonly effects: readonly RuleEffect[];
}

/** What was done to the rules. */
export interface RuleWritten {
  readonly file: string;
  readonly rule: SeenRule;
  /** The group in the journal, by which it is undone; absent where it could not be recorded. */
  readonly group?: number;
}

/** What removing a drop-in of a unit would do: later starts get what else the unit says. */
export interface DropInRemoval extends PlannedChange {
  readonly unit: Unit;
  readonly file: string;
  /** The value that it keeps. */
  readonly oomScoreAdj: number;
  /** Running processes of the unit, which keep their values. */
  readonly matches: readonly RuleMatch[];
}

/** A drop-in that was removed. */
export interface DropInRemoved {
  readonly file: string;
  /** The group in the journal, by which it is undone; absent where it could not be recorded. */
  readonly group?: number;
}

/** How a value would be kept in one place. */
export interface KeepPlace extends LastingPlace {
  /** What is kept there now; empty where nothing is. */
  readonly before?: string;
  /** The lines that are written. */
  readonly block?: string;
  /** Of a rule: how many processes it matches now. */
  readonly matchCount?: number;
  /** Of a rule that matches in several places: which. */
  readonly matchPlaces?: readonly PlaceMatches[];
}

/** Whether keeping it takes root: a drop-in of the system does, rules and one's own services do not. */
export function isKeptByRoot({ lasting, refused }: KeepPlace): boolean {
  return refused === undefined && lasting.kind === 'unit' && lasting.unit.manager === 'system';
}

/** What keeping values for later starts would do. */
export interface KeepPreview extends PlannedChange {
  readonly places: readonly KeepPlace[];
  /** Running processes that rules change at once. */
  readonly effects: readonly RuleEffect[];
}

/** What was kept. */
export interface KeptPlaces {
  readonly group?: number;
  readonly places: readonly LastingPlace[];
}
