import { type Events } from '#shared/contract/table.ts';
import { type Result } from '#shared/result.ts';
import { type Written } from '#shared/contract/helper.ts';
import { type Machine } from '#shared/model/machine.ts';
import { type ProcessId, type SeenProcess } from '#shared/model/process.ts';
import { type SysctlState } from '#shared/model/sysctl/sysctl.ts';
import { type Unit } from '#shared/model/unit.ts';
import { type Snapshot } from '../collect/snapshot.ts';
import { type UnitFactsOf } from './watch/ends-with.ts';
import { type WantedLimit } from '../containers/engines/update-limit.ts';
import { type UnitProperty } from '../own-writes/set-property.ts';
import { type Containers } from '../containers/registry.ts';
import { type KernelFiles } from '../proc/kernel-files.ts';
import { type Journal } from '../store/journal.ts';
import { type LastingChecks } from './change/adj/lasting.ts';
import { type OwnProtection } from './change/own/own-protection.ts';
import { type Tuning } from './change/sysctl/tuning.ts';
import { type Planned } from './change/planned-requests.ts';
import { type PendingChanges } from './change/pending-changes.ts';
import { type Recorder } from './change/recorder.ts';
import { type ChangeRights } from './change/rights.ts';
import { type AlertPages } from './events/alerts.ts';
import { type CurrentSettings } from './settings/settings.ts';
import { type FoundDropIn } from '../own-writes/drop-ins.ts';
import { type Broadcast } from './broadcast.ts';
import { type CommandOf } from './rules/rule.ts';
import { type GroupWatch } from './groups/group-watch.ts';
import { type Monitor } from './watch/monitor.ts';

/** Where changes are recorded. A failure of it never stops a change: it is reported, and the change cannot be undone from here. */
export type ChangeJournal = Pick<Journal, 'add' | 'update' | 'page' | 'ruledProcesses'>;

/** Writes without root: one's own process, as far as the kernel lets it, and drop-ins of one's own service manager. */
export interface OwnWrites {
  /** Looks at a process so that no other one is taken for it later; `name` is what it was called when it was meant. */
  see(process: ProcessId, name?: string): Promise<Result<SeenProcess>>;
  adj(process: SeenProcess, oomScoreAdj: number, expected: number): Result<Written>;
  /** The value that this very process has now. */
  readAdj(process: ProcessId): Result<number>;
  /** Keeps a value for a service of one's own, or takes it away; only where `expected` is what is kept so far. The subject is the file. */
  userUnit(unit: string, oomScoreAdj: number | undefined, expected?: string): Promise<Result<Written>>;
  /** What a drop-in of Lifeboat's keeps for a unit: its file, and the value as text, empty where there is none. */
  keptFor(unit: Unit): Result<{ readonly file: string; readonly value: string }>;
  /** All drop-ins with the name of Lifeboat's, whoever wrote them: of the system's units, and of one's own. */
  dropIns(): readonly FoundDropIn[];
}

/** Limits by the programs that keep them: the engines of containers, systemd. They write as the user whom Lifeboat runs as. */
export interface LastingLimits {
  /** Which engine answers for the container in a cgroup; undefined where none does. */
  engineOf(path: string): 'docker' | 'podman' | undefined;
  update(path: string, wanted: WantedLimit): Promise<Result<null>>;
  setProperty(wanted: UnitProperty): Promise<Result<null>>;
}

/** What reading the machine needs. */
export interface MachineReader {
  readonly files: KernelFiles;
  /** Containers by the names that people know. */
  readonly containers: Containers;
  /** The last snapshot; a new one when there is none yet. */
  snapshot(): Result<Snapshot>;
  /** A new snapshot with exact figures of every process. Thousands of them take some tenths of a second, and every client gets a frame. */
  readEverything(): Result<Snapshot>;
  /** Every setting as it is now, and what the next boot makes of it. */
  sysctls(): readonly SysctlState[];
  /** The same, with all that was read for it. */
  tuning(): Tuning;
  /** How fast a process grows, in bytes a minute; undefined while that is not known. */
  growthBytesPerMinute?(process: ProcessId): number | undefined;
  /** What systemd ends after a kill, as a preview says it. */
  readonly unitFacts?: UnitFactsOf;
}

/** What changing the machine needs. */
export interface Changes {
  readonly rights: ChangeRights;
  readonly journal: ChangeJournal;
  readonly recorder: Recorder;
  readonly pending: PendingChanges;
  /** The previews that can be applied. */
  readonly planned: Planned;
  readonly ownWrites: OwnWrites;
  /** The file of one's own rules. */
  readonly rulesFile: string;
  /** Reads whole command lines for the rules. */
  readonly commandOf: CommandOf;
  /** What a preview asks before anything is written. */
  readonly lastingChecks?: LastingChecks;
  /** The effective uid of Lifeboat. */
  readonly ownUid: number;
}

/** What the functions of `change` need: they never see the page or the clients that look. */
export type ChangeWorld = Pick<
  MachineReader,
  'containers' | 'snapshot' | 'readEverything' | 'sysctls' | 'tuning' | 'unitFacts' | 'growthBytesPerMinute'
> &
  Changes &
  LimitChanges;

/** What changing a limit so that it lasts needs besides. */
interface LimitChanges {
  readonly limits: LastingLimits;
}

/** Everything that answers requests: built once, and the first argument of each function of the contract. */
export interface World extends MachineReader, Changes, LimitChanges {
  readonly monitor: Monitor;
  readonly groups: GroupWatch;
  /** Reaches every client. */
  readonly broadcast: Broadcast;
  readonly settings: CurrentSettings;
  readonly alerts: AlertPages;
  readonly ownProtection: Pick<OwnProtection, 'standing' | 'protect'>;
  machine(): Machine;
  /** How many processes there are, and for how many of them a descriptor is kept. */
  kept(): { readonly processes: number; readonly descriptors: number };
  /** Whether the page of the window is sandboxed; absent where there is no window. */
  readonly pageSandbox?: boolean;
}

/** Sends what happens without being asked for. */
export type Emit<E extends keyof Events> = <N extends E>(event: N, payload: Events[N]) => void;
