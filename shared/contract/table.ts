import * as v from 'valibot';
import { OOM_SCORE_ADJ_MAX, OOM_SCORE_ADJ_MIN } from '../kernel/badness/badness.ts';
import {
  type AdjChange,
  type AdjPreview,
  type AdjRequest,
  type JournalEntry,
  type Rights,
} from '../model/change.ts';
import {
  CGROUP_SETTINGS,
  type CgroupPreview,
  type CgroupState,
  type CgroupWish,
} from '../model/cgroup-change.ts';
import { type Machine } from '../model/machine.ts';
import { type Unit, type UnitManager } from '../model/unit.ts';
import { SYSCTL_NAMES, type PendingChange, type SysctlEffect } from '../model/sysctl.ts';
import { type RecordedAlert } from '../model/alert.ts';
import { type OwnStanding } from '../model/own-process.ts';
import { MAX_CHANGES, type Applied, type Kept, type Tuning, type UndoOutcome } from './changes.ts';
import { type DoctorReport } from './doctor.ts';
import { settingsPatch, type SettingsState } from './settings.ts';
import { SORT_COLUMNS, type Frame, type TimelinePoint, type View } from './frame.ts';

/** The most rows that one request may ask for: a screen shows fewer than a hundred. */
export const MAX_ROWS = 500;

const count = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most));
const pid = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 22));
const processId = v.strictObject({ pid, startTicks: count(Number.MAX_SAFE_INTEGER) });
const cgroupPath = v.pipe(v.string(), v.maxLength(4096), v.startsWith('/'));

const scope = v.variant('kind', [
  v.strictObject({ kind: v.literal('global') }),
  v.strictObject({ kind: v.literal('cgroup'), path: cgroupPath }),
]);

const view = v.strictObject({
  scope,
  orderCount: count(MAX_ROWS),
  table: v.exactOptional(
    v.strictObject({
      query: v.pipe(v.string(), v.maxLength(200)),
      sort: v.picklist(SORT_COLUMNS),
      descending: v.boolean(),
      from: count(2 ** 22),
      count: count(MAX_ROWS),
    }),
  ),
  chosen: v.exactOptional(processId),
}) satisfies v.GenericSchema<View>;

const oomScoreAdj = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(OOM_SCORE_ADJ_MIN),
  v.maxValue(OOM_SCORE_ADJ_MAX),
);
const label = v.pipe(v.string(), v.minLength(1), v.maxLength(300));

const isManager = (value: unknown) => typeof value === 'string' && /^(?:system|user:\d{1,10})$/.test(value);
const unit = v.strictObject({
  manager: v.custom<UnitManager>(isManager),
  name: label,
}) satisfies v.GenericSchema<Unit>;

const adjRequest = v.strictObject({
  target: v.variant('kind', [
    v.strictObject({ kind: v.literal('process'), id: processId }),
    v.strictObject({ kind: v.literal('tree'), id: processId }),
    v.strictObject({ kind: v.literal('name'), name: label }),
    v.strictObject({ kind: v.literal('unit'), unit }),
    v.strictObject({ kind: v.literal('container'), container: label }),
  ]),
  wish: v.variant('kind', [
    v.strictObject({
      kind: v.literal('behind'),
      n: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
    }),
    v.strictObject({ kind: v.literal('never') }),
    v.strictObject({ kind: v.literal('first') }),
    v.strictObject({ kind: v.literal('adj'), oomScoreAdj }),
  ]),
  scope,
}) satisfies v.GenericSchema<AdjRequest>;

const adjChange = v.strictObject({
  ...processId.entries,
  name: v.pipe(v.string(), v.maxLength(300)),
  before: oomScoreAdj,
  after: oomScoreAdj,
}) satisfies v.GenericSchema<AdjChange>;

const lasting = v.variant('kind', [
  v.strictObject({ kind: v.literal('unit'), unit }),
  v.strictObject({ kind: v.literal('rule'), name: label }),
]);

const sysctlName = v.picklist(SYSCTL_NAMES);
const sysctlChanges = v.pipe(
  v.array(v.strictObject({ name: sysctlName, value: v.pipe(v.number(), v.integer()) })),
  v.minLength(1),
  v.maxLength(SYSCTL_NAMES.length),
);

const cgroupValue = v.union([v.literal('max'), count(Number.MAX_SAFE_INTEGER)]);
const cgroupWish = v.strictObject({
  path: cgroupPath,
  setting: v.picklist(CGROUP_SETTINGS),
  value: cgroupValue,
}) satisfies v.GenericSchema<CgroupWish>;

/** The newest of a record, or those before one of them: pages stay the same while entries are added. */
const page = v.strictObject({
  count: count(MAX_ROWS),
  beforeId: v.exactOptional(count(Number.MAX_SAFE_INTEGER)),
});
export type PageWish = v.InferOutput<typeof page>;

/** Says what a request answers, for the types only. */
interface Answer<T> {
  readonly answers?: T;
}
const answers = <T>(): Answer<T> => ({});

/**
 * Every request there is: the schema of its input, and the type of its output. Client, server and each transport derive from this
 * table, and a server without a handler for one of them does not compile.
 */
export const REQUESTS = {
  /** What does not change while the machine is up. */
  machine: { input: v.strictObject({}), ...answers<Machine>() },
  /** Sets what this connection looks at, and answers with the present frame; `frame` events follow with every tick. */
  watch: { input: view, ...answers<Frame>() },
  /** The machine's timeline since a moment, oldest first, at most 1,200 points. */
  timeline: {
    input: v.strictObject({ sinceMs: count(Number.MAX_SAFE_INTEGER) }),
    ...answers<readonly TimelinePoint[]>(),
  },
  /** What this machine allows, what is missing, and what each means for the answers. */
  doctor: { input: v.strictObject({}), ...answers<DoctorReport>() },

  /** Whether changes can be made, and how. Starts nothing. */
  rights: { input: v.strictObject({}), ...answers<Rights>() },
  /** Starts the helper, which may ask for a password. Refused where the front end may not (`changes-not-allowed`). */
  unlock: { input: v.strictObject({}), ...answers<Rights>() },
  /** What a wish would do. Writes nothing. */
  previewAdj: { input: adjRequest, ...answers<AdjPreview>() },
  /** Writes what a preview showed, where the value before is still the one that was seen. Starts the helper when it is needed. */
  applyAdj: {
    input: v.strictObject({ changes: v.pipe(v.array(adjChange), v.minLength(1), v.maxLength(MAX_CHANGES)) }),
    ...answers<Applied>(),
  },
  /** Keeps a value for processes to come. */
  keepAdj: { input: v.strictObject({ lasting, oomScoreAdj }), ...answers<Kept>() },
  /** Puts back what one click changed, or everything, where it is still ours. */
  undo: {
    input: v.strictObject({ group: v.union([count(Number.MAX_SAFE_INTEGER), v.literal('all')]) }),
    ...answers<readonly UndoOutcome[]>(),
  },
  /** What was changed, newest first. */
  journal: { input: page, ...answers<readonly JournalEntry[]>() },
  /** All settings as they are, on disk as well. */
  tuning: { input: v.strictObject({}), ...answers<Tuning>() },
  /** What setting these would bring, in this machine's numbers. Writes nothing. */
  sysctlEffects: {
    input: v.strictObject({ changes: sysctlChanges }),
    ...answers<readonly SysctlEffect[]>(),
  },
  /** A memory cgroup with what can be set of it. */
  cgroup: { input: v.strictObject({ path: cgroupPath }), ...answers<CgroupState>() },
  /** What a wish for a cgroup would bring. Writes nothing. */
  previewCgroup: { input: cgroupWish, ...answers<CgroupPreview>() },
  /**
   * Sets a value of a cgroup until it is confirmed or takes itself back, where `expected` is still the value. `mayKill`: somebody has read that
   * more is in use than that.
   */
  applyCgroup: {
    input: v.strictObject({ ...cgroupWish.entries, expected: cgroupValue, mayKill: v.boolean() }),
    ...answers<PendingChange>(),
  },
  /** Sets them, all or none, until they are confirmed or take themselves back. */
  applySysctls: { input: v.strictObject({ changes: sysctlChanges }), ...answers<PendingChange>() },
  /** Lets a pending change stand; `onDisk` also keeps it for the next boot. */
  confirmPending: {
    input: v.strictObject({ id: count(Number.MAX_SAFE_INTEGER), onDisk: v.boolean() }),
    ...answers<readonly Kept[]>(),
  },
  revertPending: { input: v.strictObject({ id: count(Number.MAX_SAFE_INTEGER) }), ...answers<null>() },
  /** Writes a value for the next boot, or takes Lifeboat's own away (no `value`). */
  keepSysctl: {
    input: v.strictObject({ name: sysctlName, value: v.exactOptional(v.pipe(v.number(), v.integer())) }),
    ...answers<Kept>(),
  },

  /** What people chose for Lifeboat itself, and whether it can be changed from here. */
  settings: { input: v.strictObject({}), ...answers<SettingsState>() },
  /** Changes what is named in it, and writes it down. */
  changeSettings: { input: settingsPatch, ...answers<SettingsState>() },
  /** What happened, newest first. */
  alerts: { input: page, ...answers<readonly RecordedAlert[]>() },
  /** Where Lifeboat's own processes stand. */
  own: { input: v.strictObject({}), ...answers<OwnStanding>() },
  /** Protects them. Starts the helper, as applying a preview does. */
  protectItself: { input: v.strictObject({}), ...answers<Applied>() },
} as const;

export type Requests = typeof REQUESTS;
export type RequestName = keyof Requests;
export type Input<N extends RequestName> = v.InferOutput<Requests[N]['input']>;
export type Output<N extends RequestName> = Requests[N] extends Answer<infer T> ? T : never;

/** Every event that a server sends unasked, and its payload. */
export interface Events {
  readonly frame: Frame;
  /** More is known of the machine than was answered: what it is called takes a moment to find out. */
  readonly machine: Machine;
  readonly rights: Rights;
  /** A change that waits to be confirmed; `none` once it was, or was taken back. */
  readonly pending: PendingChange | 'none';
  /** Something was recorded. */
  readonly journal: JournalEntry;
  /** Something happened that is worth a word. */
  readonly alert: RecordedAlert;
  /** The settings in force have become others. */
  readonly settings: SettingsState;
}
export type EventName = keyof Events;
