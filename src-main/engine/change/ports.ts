import { type Result } from '#shared/result.ts';
import { type Kept } from '#shared/contract/change.ts';
import { type Written } from '#shared/contract/helper.ts';
import { type Rights } from '#shared/model/change.ts';
import { type CgroupPreview, type CgroupState, type CgroupChange } from '#shared/model/cgroup-change.ts';
import { type ProcessId } from '#shared/model/process.ts';
import {
  type SysctlChange,
  type SysctlEffect,
  type SysctlName,
  type SysctlPreset,
  type SysctlState,
} from '#shared/model/sysctl.ts';
import { type Helper } from '../../helper/client/helper.ts';
import { type Journal } from '../../store/journal.ts';

/** The way to root. */
export interface ElevationPort {
  /** Whether changes could be made, as far as can be told without starting anything. */
  rightsNow(): Rights;
  /** Starts the helper; may ask for a password. */
  start(): Promise<Result<Helper>>;
}

/** Where changes are recorded. A failure of it never stops a change: it is told, and the change cannot be undone from here. */
export type JournalPort = Pick<Journal, 'add' | 'update' | 'page'>;

/** What is known of the settings. */
export interface TuningPort {
  settings(): readonly SysctlState[];
  presets(): readonly SysctlPreset[];
  effects(changes: readonly SysctlChange[]): Result<readonly SysctlEffect[]>;
  /** What the next boot brings that is dangerous. */
  dangers(): readonly SysctlEffect[];
  /** Fails where these would not be so after the next boot, were they kept. */
  mayKeep(changes: readonly SysctlChange[]): Result<null>;
  /** Whether keeping it would write nothing. */
  isKeptAlready(change: SysctlChange): boolean;
  /** What the disk says after a value was kept. */
  readKept(name: SysctlName, value: number): Result<Kept>;
}

/** What is known of memory cgroups. */
export interface CgroupPort {
  state(path: string): Result<CgroupState>;
  preview(change: CgroupChange): Result<CgroupPreview>;
}

/** Rules for processes to come. Answers with the file that was written. */
export interface RulesPort {
  add(name: string, oomScoreAdj: number): Result<string>;
}

/** Writes without root: one's own process, as far as the kernel lets it, and drop-ins of one's own service manager. */
export interface OwnWriter {
  adj(process: ProcessId, oomScoreAdj: number, expected: number): Result<Written>;
  /** The value that the very process has now. */
  readAdj(process: ProcessId): Result<number>;
  /** Keeps a value for a service of one's own, or takes it away; only where `expected` is what is kept so far. The subject is the file. */
  userUnit(unit: string, oomScoreAdj: number | undefined, expected?: string): Promise<Result<Written>>;
}
