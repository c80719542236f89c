import { type Container } from './container.ts';
import { type Forecast } from '../forecast.ts';
import { type Headroom, type HighState } from '../headroom.ts';
import { type NamedProcess, type OomOutcome } from '../kill-order.ts';
import { type Pressure } from '../memory.ts';
import { type Unit } from '../unit.ts';

/** What a group is. `other`: sessions, virtual machines, and any other cgroup with a limit. */
export const GROUP_KINDS = ['container', 'pod', 'service', 'app', 'slice', 'other'] as const;
export type GroupKind = (typeof GROUP_KINDS)[number];

/** Where memory really runs out for a group: in itself, in the cgroup above it of that path, or in the machine. */
export type GroupEnd =
  | { readonly kind: 'itself' }
  | { readonly kind: 'above'; readonly path: string; readonly name: string; readonly headroomBytes: number }
  | { readonly kind: 'machine'; readonly headroomBytes: number };

/** The process that a kill at the limit of a group takes first. */
export interface GroupVictim extends NamedProcess {
  /** What comes back with it, and with all that die with it. */
  readonly freesBytes: number;
  /** It is the main process of the container: that ends with it. */
  readonly isMain?: true;
}

/** A part of the machine in which memory is counted together: a container, a service, an application, any cgroup with a limit. */
export interface Group {
  /** One text for one group: the path of its cgroup, or `container:ID` of a container that has ended. */
  readonly key: string;
  readonly kind: GroupKind;
  /** What people call it: `shop-db-1`, `postgresql`, `user-1000.slice`. */
  readonly name: string;
  /** Of its memory cgroup, relative to the mount of the hierarchy; absent where it has ended. */
  readonly path?: string;
  readonly unit?: Unit;
  readonly container?: Container;
  /** In it and in the cgroups below. */
  readonly processCount: number;
  /** memory.current or memory.usage_in_bytes, page cache included; absent where it has ended. */
  readonly usageBytes?: number;
  /** Of that, what the kernel drops before it kills: clean page cache and slab. Absent where it is not read, in groups without a limit. */
  readonly cacheBytes?: number;
  /** memory.max or memory.limit_in_bytes. */
  readonly limitBytes?: number;
  /** memory.high. */
  readonly highBytes?: number;
  /** Up to its own limit; absent where it has none. */
  readonly headroom?: Headroom;
  /** Absent while it is not above memory.high. */
  readonly high?: HighState;
  /** Absent where it has ended. */
  readonly end?: GroupEnd;
  /** memory.oom.group: when one process in it is chosen, all die. */
  readonly oomGroup: boolean;
  /** Share of time in which its tasks waited for memory; absent where the kernel does not measure that, as with cgroup v1. */
  readonly pressure?: Pressure;
  /** Absent without a limit of its own, and where nothing in it can be killed. */
  readonly victim?: GroupVictim;
  /** What happens at its limit, where that is not that the victim is killed. */
  readonly outcome?: Exclude<OomOutcome, 'kills'>;
  /** Processes of it that the kernel killed; of a container also before its last restart. Absent where the kernel does not say. */
  readonly kills?: number;
  /** Restarts of a container by its engine; absent where that is not known. */
  readonly restarts?: number;
  /** When its limit is reached, in 4 of 5 cases; absent where nothing can be said. */
  readonly forecast?: Forecast;
  /** What of its headroom is lost, over the last five minutes. Absent while that is not known, or noise. */
  readonly growthBytesPerMinute?: number;
  /** It ended a moment ago: these are its last figures. */
  readonly gone?: true;
  /** How long its headroom has stayed within a fiftieth of the limit; absent where it is not followed. */
  readonly steadySeconds?: number;
}

/** One cgroup of a group's chain of limits. */
export interface GroupLimit {
  /** Absent for the machine. */
  readonly path?: string;
  readonly name: string;
  readonly limitBytes?: number;
  readonly headroomBytes?: number;
  /** Memory runs out there first. */
  readonly isFirst: boolean;
}

/** What the memory of a group is made of, in bytes; parts that the kernel does not print are absent. */
export interface GroupComposition {
  /** Of processes: heaps and stacks. */
  readonly anonBytes: number;
  /** Page cache of files, without shared memory. */
  readonly fileBytes: number;
  /** Shared memory and files in tmpfs. */
  readonly shmemBytes: number;
  /** Kernel objects. */
  readonly slabBytes?: number;
  /** The rest of the kernel's: stacks, page tables, per-CPU areas. */
  readonly kernelBytes?: number;
  /** Buffers of sockets. */
  readonly socketBytes?: number;
  /** Swapped out: not a part of the usage. */
  readonly swapBytes?: number;
}

/** How `left until a kill` comes about: limit - usage + reclaimable + swap. */
export interface GroupArithmetic {
  readonly limitBytes: number;
  readonly usageBytes: number;
  readonly reclaimableBytes: number;
  readonly swapBytes: number;
  readonly headroomBytes: number;
}

/** A point of a group's memory over time: what could not be reclaimed of it. */
export interface GroupPoint {
  readonly timeMs: number;
  readonly bytes: number;
}

/** One place of the kill order inside a group. */
export interface GroupPlace extends NamedProcess {
  readonly rank: number;
  readonly freesBytes: number;
  readonly isMain?: true;
}

/** All that is known of one group. */
export interface GroupDetail {
  readonly group: Group;
  /** From the group itself up to the machine. */
  readonly limits: readonly GroupLimit[];
  readonly composition?: GroupComposition;
  /** Absent without a limit. */
  readonly arithmetic?: GroupArithmetic;
  /** Usage less inactive page cache, as `docker stats` prints it. */
  readonly dockerStatsBytes?: number;
  /** memory.swap.max, or what memory.memsw.limit_in_bytes leaves for swap; absent where there is no such limit. */
  readonly swapLimitBytes?: number;
  /** The first places of the order inside, and the main process of a container. */
  readonly places: readonly GroupPlace[];
  readonly killableCount: number;
  /** Up to now, oldest first; empty without a limit. */
  readonly history: readonly GroupPoint[];
}
