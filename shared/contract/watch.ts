import * as v from 'valibot';
import { type AheadWithVictim } from '../model/ahead.ts';
import { type MemoryLevel } from '../model/alert.ts';
import { type RoomToGrow, type TargetChoice } from '../model/change.ts';
import { type EndsWith, type KillOrderView, type OomOutcome } from '../model/kill-order.ts';
import { type Killer } from '../model/killer.ts';
import { type MemoryState } from '../model/memory.ts';
import { type Forecast, type SteadyGrowth } from '../model/forecast.ts';
import { type IneligibleReason, type ProcessFacts, type ProcessId } from '../model/process.ts';
import { type EngineAccess } from '../model/owners/container.ts';
import { type OwnerOrder } from '../model/owners/owner-order.ts';
import { type Machine } from '../model/machine.ts';
import { type CgroupLimit, type Scope, type ScopeSummary } from '../model/scope.ts';
import { type Trouble } from '../model/trouble.ts';
import { answers } from './answers.ts';
import { count, MAX_ROWS, nothing, processId, scope } from './fields.ts';

/** Columns by which the process table sorts. */
export const SORT_COLUMNS = [
  'rank',
  'name',
  'pid',
  'user',
  'badness',
  'rss',
  'swap',
  'oomScore',
  'oomScoreAdj',
  'growth',
] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];

/** The part of the process table that a screen shows. */
export interface TableRange {
  /** Words that must all occur in name, command, pid, user, unit or container; case does not matter. */
  readonly query: string;
  readonly sort: SortColumn;
  readonly descending: boolean;
  readonly from: number;
  readonly count: number;
}

/** The part of the kill order by owner that a screen shows. */
export interface OwnerRange {
  readonly count: number;
  /** Keys of those that are unfolded. */
  readonly open: readonly string[];
}

/** The view of a client. The figures of all that it names are read in every tick. */
export interface View {
  readonly scope: Scope;
  /** How many places of the kill order. */
  readonly orderCount: number;
  readonly table?: TableRange;
  readonly owners?: OwnerRange;
  readonly chosen?: ProcessId;
}

/** A row of the table: a process of the scope, killable or not. */
export interface TableRow extends ProcessFacts {
  /** Its place in the kill order; absent for processes that are never killed. */
  readonly rank?: number;
  readonly ineligible?: IneligibleReason;
  /** Of its anonymous memory and swap, over the last five minutes; absent while that is not known, or noise. */
  readonly growthBytesPerMinute?: number;
}

export interface TableRows {
  readonly range: TableRange;
  /** Rows that match the query. */
  readonly total: number;
  readonly rows: readonly TableRow[];
}

/** One point of a process's memory over time. */
export interface ProcessPoint {
  readonly timeMs: number;
  /** RSS + swap + page tables. */
  readonly pages: number;
}

/** All that is known of the chosen process. */
export interface ProcessDetail {
  readonly process: TableRow;
  /** The chain of its memory cgroups, outermost first, the machine itself not included. */
  readonly chain: readonly CgroupLimit[];
  /** The cgroup of the chain in which memory runs out first, if that is before the machine's. */
  readonly tightest?: {
    readonly path: string;
    readonly headroomBytes: number;
    /** Memory that may be reclaimed in addition; absent where there is none. */
    readonly uncertainBytes?: number;
    readonly rank?: number;
    /** What happens there, where it is not that the first of its order is killed. */
    readonly outcome?: Exclude<OomOutcome, 'kills'>;
  };
  /** What systemd ends if the kernel kills it; empty for what is never killed. */
  readonly endsWith: readonly EndsWith[];
  readonly history: readonly ProcessPoint[];
  /** Absent unless it has grown for hours. */
  readonly steadyGrowth?: SteadyGrowth;
  /** What a change may be meant for, this process alone first; empty where its value decides nothing. */
  readonly targets: readonly TargetChoice[];
  /** The oom_score_adj that moves it behind the n-th of the others, with room to grow, by the smallest change; absent where none does. */
  readonly protect?: {
    readonly behind: number;
    readonly oomScoreAdj: number;
    readonly room: RoomToGrow;
    readonly nextPid?: number;
  };
}

/** Everything one screen needs, from one moment. */
export interface Frame {
  readonly seq: number;
  readonly timeMs: number;
  /** Time to the next one, as long as nothing changes. */
  readonly intervalMs: number;
  readonly memory: MemoryState;
  /** How memory stands, by the thresholds that people chose; absent where nothing watches them. */
  readonly level?: MemoryLevel;
  /** Programs that kill before the kernel does, with what each waits for. */
  readonly killers: readonly Killer[];
  /** Of the machine; those of cgroups are in `scopes`. */
  readonly forecast?: Forecast;
  /** What runs out next, and after it, where the whole machine is looked at. */
  readonly ahead?: readonly AheadWithVictim[];
  readonly order: KillOrderView;
  /** The fullest of the cgroups with a limit, at most `FRAME_SCOPES`, and the chosen one. `watch.scopes` has them all. */
  readonly scopes: readonly ScopeSummary[];
  /** How many cgroups with a limit there are. */
  readonly scopeCount: number;
  readonly processCount: number;
  readonly table?: TableRows;
  readonly owners?: OwnerOrder;
  /** Undefined when none is chosen; `gone` when it has ended. */
  readonly chosen?: ProcessDetail | 'gone';
  /** What could not be read in this tick; empty when all went well. */
  readonly troubles: readonly Trouble[];
}

/** A frame lists this many cgroups: a host has thousands, and each client gets a frame every second. */
export const FRAME_SCOPES = 20;

/** What the list of cgroups is sorted by: the fullest, the first to run out, or the fastest growing first. */
export const SCOPE_SORTS = ['fullness', 'forecast', 'growth'] as const;
export type ScopeSort = (typeof SCOPE_SORTS)[number];

/** A part of the cgroups with a limit. */
export interface ScopeRange {
  readonly sort: ScopeSort;
  /** Text that occurs in label or path; case does not matter. */
  readonly query: string;
  readonly from: number;
  readonly count: number;
}

export interface ScopePage {
  /** Cgroups that match the query. */
  readonly total: number;
  readonly scopes: readonly ScopeSummary[];
}

/** One point of the machine's timeline. */
export interface TimelinePoint {
  readonly timeMs: number;
  readonly availableBytes: number;
  readonly swapUsedBytes: number;
  /** PSI some avg10 in percent; absent where the kernel does not measure it. */
  readonly pressure?: number;
  /** Kills by the kernel since the point before. */
  readonly kills: number;
}

/** A screen has no more. */
const MAX_OWNERS = 200;

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
  owners: v.exactOptional(
    v.strictObject({
      count: count(MAX_OWNERS),
      open: v.pipe(v.array(v.pipe(v.string(), v.maxLength(400))), v.maxLength(20), v.readonly()),
    }),
  ),
  chosen: v.exactOptional(processId),
}) satisfies v.GenericSchema<View>;

const scopeRange = v.strictObject({
  sort: v.picklist(SCOPE_SORTS),
  query: v.pipe(v.string(), v.maxLength(200)),
  from: count(2 ** 22),
  count: count(MAX_ROWS),
}) satisfies v.GenericSchema<ScopeRange>;

/** Requests about what is seen. */
/** What containers are called, and where that comes from. */
export interface ContainerNames {
  readonly names: readonly { readonly id: string; readonly name: string }[];
  readonly access: readonly EngineAccess[];
}

export const WATCH_REQUESTS = {
  /** What does not change while the machine is up. */
  'watch.machine': { input: nothing, ...answers<Machine>() },
  /** Sets the view of this connection, and returns the present frame; `watch.frame` events follow with every tick. */
  'watch.subscribe': { input: view, ...answers<Frame>() },
  /** Cgroups with a limit, as the last snapshot has them. */
  'watch.scopes': { input: scopeRange, ...answers<ScopePage>() },
  /** The names of containers, and whether engines answer; `watch.containers` events tell what is learned later. */
  'watch.containers': { input: nothing, ...answers<ContainerNames>() },
  /** The machine's timeline since a moment, oldest first, at most 1,200 points. */
  'watch.timeline': {
    input: v.strictObject({ sinceMs: count(Number.MAX_SAFE_INTEGER) }),
    ...answers<readonly TimelinePoint[]>(),
  },
} as const;

export interface WatchEvents {
  readonly 'watch.frame': Frame;
  /** More is known of the machine than was answered: what it is called takes a moment to find out. */
  readonly 'watch.machine': Machine;
  /** Only the names that are new. */
  readonly 'watch.containers': ContainerNames;
}
