import * as v from 'valibot';
import { OOM_SCORE_ADJ_MAX, OOM_SCORE_ADJ_MIN } from '../kernel/badness/badness.ts';
import {
  CGROUP_SETTINGS,
  type CgroupChange,
  type CgroupPreview,
  type CgroupValue,
  type LimitPreview,
  type CgroupState,
} from '../model/cgroup-change.ts';
import {
  type AdjOutcome,
  type AdjPreview,
  type AdjRequest,
  type JournalEntry,
  type Rights,
} from '../model/change.ts';
import { type OwnStanding } from '../model/own-process.ts';
import { type KeepPreview, type KeptPlaces } from '../model/rule.ts';
import { type UndoPreview } from '../model/undo.ts';
import {
  SYSCTL_NAMES,
  type BootDecider,
  type PendingChange,
  type SysctlEffect,
  type Kept,
  type SysctlKeepPreview,
  type SysctlPreset,
  type SysctlPreview,
  type SysctlState,
} from '../model/sysctl/sysctl.ts';
import { answers } from './answers.ts';
import { cgroupPath, count, id, nothing, page, processId, scope, unit } from './fields.ts';
import { type BootReader } from '../kernel/sysctl/disk.ts';
import { type Failure } from '../result.ts';

/** The result of applying a preview. */
export interface Applied {
  /** The group in the journal, by which it is undone; absent when nothing was written. */
  readonly group?: number;
  readonly outcomes: readonly AdjOutcome[];
}

/** What became of one entry that was to be undone. */
export interface UndoOutcome {
  readonly entry: JournalEntry;
  /** `left`: it has been changed since, or it is gone; `why` says which. */
  readonly result: 'undone' | 'left' | 'failed';
  readonly why?: Failure;
}

/** Everything that the tuning view shows. */
export interface Tuning {
  readonly settings: readonly SysctlState[];
  readonly presets: readonly SysctlPreset[];
  /** What the disk holds that is dangerous at the next boot. */
  readonly dangers: readonly SysctlEffect[];
  /** The program that reads the files at boot, and whether they decide. */
  readonly reader: BootReader;
  readonly decidedBy: BootDecider;
  /** Files that this user may not read: what they set is not known. */
  readonly unreadable: readonly string[];
  readonly pending?: PendingChange;
}

/** The longest text of a request. What is applied is named by the id of its preview, so that none comes near it. */
export const MAX_REQUEST_LENGTH = 2 * 1024 * 1024;

const oomScoreAdj = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(OOM_SCORE_ADJ_MIN),
  v.maxValue(OOM_SCORE_ADJ_MAX),
);
const label = v.pipe(v.string(), v.minLength(1), v.maxLength(300));

const adjRequest = v.strictObject({
  target: v.variant('kind', [
    v.strictObject({ kind: v.literal('process'), id: processId }),
    v.strictObject({ kind: v.literal('tree'), id: processId }),
    v.strictObject({ kind: v.literal('name'), name: label }),
    v.strictObject({ kind: v.literal('unit'), unit }),
    v.strictObject({ kind: v.literal('container'), container: label }),
    v.strictObject({ kind: v.literal('owner'), key: v.pipe(v.string(), v.maxLength(400)), name: label }),
  ]),
  intent: v.variant('kind', [
    v.strictObject({
      kind: v.literal('behind'),
      n: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
    }),
    v.strictObject({ kind: v.literal('later') }),
    v.strictObject({ kind: v.literal('strong') }),
    v.strictObject({ kind: v.literal('never') }),
    v.strictObject({ kind: v.literal('first') }),
    v.strictObject({ kind: v.literal('adj'), oomScoreAdj }),
  ]),
  scope,
}) satisfies v.GenericSchema<AdjRequest>;

const lasting = v.variant('kind', [
  v.strictObject({ kind: v.literal('unit'), unit }),
  v.strictObject({ kind: v.literal('rule'), name: label }),
]);

/** More than one preview has places, or a journal has clicks. */
const MOST_PLACES = 1000;
const MOST_CLICKS = 20_000;

const sysctlName = v.picklist(SYSCTL_NAMES);
const sysctlChanges = v.pipe(
  v.array(v.strictObject({ name: sysctlName, value: v.pipe(v.number(), v.integer()) })),
  v.minLength(1),
  v.maxLength(SYSCTL_NAMES.length),
);

/** Which preview is meant. */
const planId = v.pipe(v.string(), v.maxLength(64));

const cgroupValue = v.union([v.literal('max'), count(Number.MAX_SAFE_INTEGER)]);
const cgroupChange = v.strictObject({
  path: cgroupPath,
  setting: v.picklist(CGROUP_SETTINGS),
  value: cgroupValue,
}) satisfies v.GenericSchema<CgroupChange>;

/** What came of a limit: written at once, or waiting to be confirmed where only the cgroup's own file could be written. */
export type LimitApplied =
  | {
      readonly kind: 'written';
      readonly before: CgroupValue;
      /** As it was read back. */
      readonly after: CgroupValue;
      /** Of the journal, to undo it by; absent where nothing could be recorded. */
      readonly group?: number;
    }
  | { readonly kind: 'pending'; readonly pending: PendingChange };

/** Requests about changes. */
export const CHANGE_REQUESTS = {
  /** Whether changes can be made, and how. Starts nothing. */
  'change.rights': { input: nothing, ...answers<Rights>() },
  /** Starts the helper, which may ask for a password. Refused where the front end may not (`changes-not-allowed`). */
  'change.unlock': { input: nothing, ...answers<Rights>() },
  /** What an intent comes down to, and what the order is after it. Writes nothing. */
  'change.previewAdj': { input: adjRequest, ...answers<AdjPreview>() },
  /** Writes what a preview showed, where the value before is still the one that was seen. Starts the helper when it is needed. */
  'change.applyAdj': {
    input: v.strictObject({ id: planId }),
    ...answers<Applied>(),
  },
  /** What keeping values for later starts would do: what is written, and which running processes a rule changes. Writes nothing. */
  'change.previewKeep': {
    input: v.strictObject({
      places: v.pipe(
        v.array(v.strictObject({ lasting, oomScoreAdj })),
        v.minLength(1),
        v.maxLength(MOST_PLACES),
      ),
    }),
    ...answers<KeepPreview>(),
  },
  /** Keeps what a preview showed, each place by itself. */
  'change.applyKeep': { input: v.strictObject({ id: planId }), ...answers<KeptPlaces>() },
  /** What undoing clicks, or everything, would do now. Writes nothing. */
  'change.previewUndo': {
    input: v.strictObject({
      groups: v.union([v.pipe(v.array(id), v.minLength(1), v.maxLength(MOST_CLICKS)), v.literal('all')]),
      chosen: v.exactOptional(v.pipe(v.array(id), v.maxLength(MOST_CLICKS))),
    }),
    ...answers<UndoPreview>(),
  },
  /** Puts back what a preview showed as chosen, where every value is still the one that was seen. */
  'change.applyUndo': { input: v.strictObject({ id: planId }), ...answers<readonly UndoOutcome[]>() },
  /** The journal of changes, newest first. */
  'change.journal': { input: page, ...answers<readonly JournalEntry[]>() },
  /** All settings as they are, on disk as well. */
  'change.tuning': { input: nothing, ...answers<Tuning>() },
  /** What setting these would bring, in this machine's numbers. Writes nothing. */
  'change.previewSysctls': {
    input: v.strictObject({ changes: sysctlChanges }),
    ...answers<SysctlPreview>(),
  },
  /** A memory cgroup with what can be set of it. */
  'change.cgroup': { input: v.strictObject({ path: cgroupPath }), ...answers<CgroupState>() },
  /** What a value for a cgroup would bring. Writes nothing. */
  'change.previewCgroup': { input: cgroupChange, ...answers<CgroupPreview>() },
  /**
   * Sets what a preview showed until it is confirmed or reverts, where the value that was seen is still the one. `mayKill`: a person has read that more is
   * in use than that.
   */
  'change.applyCgroup': {
    input: v.strictObject({ id: planId, mayKill: v.boolean() }),
    ...answers<PendingChange>(),
  },
  /** The same for a limit that is to last: by the engine of the container, by systemd, else by the cgroup's own file. `lasting`: also for later starts of a unit. */
  'change.previewLimit': {
    input: v.strictObject({ ...cgroupChange.entries, lasting: v.boolean() }),
    ...answers<LimitPreview>(),
  },
  /** Sets what that preview showed. By an engine or systemd it is written at once, read back, and can be undone. */
  'change.applyLimit': {
    input: v.strictObject({ id: planId, mayKill: v.boolean() }),
    ...answers<LimitApplied>(),
  },
  /** Sets them, all or none, until they are confirmed or revert. */
  'change.applySysctls': { input: v.strictObject({ id: planId }), ...answers<PendingChange>() },
  /** Lets a pending change stand; `onDisk` also keeps it for the next boot. */
  'change.confirmPending': {
    input: v.strictObject({ id: id, onDisk: v.boolean() }),
    ...answers<readonly Kept[]>(),
  },
  /** Starts the clock of a pending change again: it is being looked at. At most ten times. */
  'change.extendPending': { input: v.strictObject({ id: id }), ...answers<PendingChange>() },
  'change.revertPending': { input: v.strictObject({ id: id }), ...answers<null>() },
  /** What keeping a value for the next boot would do, or taking Lifeboat's own line away (no `value`). Writes nothing. */
  'change.previewKeepSysctl': {
    input: v.strictObject({ name: sysctlName, value: v.exactOptional(v.pipe(v.number(), v.integer())) }),
    ...answers<SysctlKeepPreview>(),
  },
  /** Writes what a preview showed for the next boot. */
  'change.applyKeepSysctl': { input: v.strictObject({ id: planId }), ...answers<Kept>() },
  /** Where Lifeboat's own processes stand. */
  'change.ownStanding': { input: nothing, ...answers<OwnStanding>() },
  /** Protects them as their standing showed. Starts the helper, as applying a preview does. */
  'change.protectOwn': { input: v.strictObject({ id: planId }), ...answers<Applied>() },
} as const;

export interface ChangeEvents {
  readonly 'change.rights': Rights;
  /** A change that waits to be confirmed; `none` once it was, or was reverted. */
  readonly 'change.pending': PendingChange | 'none';
  /** An entry was added to the journal, or has changed. */
  readonly 'change.journal': JournalEntry;
}
