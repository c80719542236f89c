import { type Unit } from './unit.ts';
import { type Headroom, type HighState } from './headroom.ts';
import { type NamedProcess } from './kill-order.ts';
import { type PlannedChange } from './planned-change.ts';
import { type FirstAbove } from './scope.ts';

/** The settings of a memory cgroup, by their meaning. `memsw` and `soft` are v1's: memory and swap together, and the soft limit. */
export const CGROUP_SETTINGS = ['max', 'memsw', 'high', 'low', 'min', 'soft', 'oom-group'] as const;
export type CgroupSetting = (typeof CGROUP_SETTINGS)[number];

/** Files of a memory cgroup that the helper may write: v2, and those of v1. */
export const CGROUP_FILES = [
  'memory.max',
  'memory.high',
  'memory.min',
  'memory.low',
  'memory.oom.group',
  'memory.limit_in_bytes',
  'memory.soft_limit_in_bytes',
  'memory.memsw.limit_in_bytes',
] as const;
export type CgroupFile = (typeof CGROUP_FILES)[number];

/** The file of a setting; absent where that version of cgroups has none. */
export const CGROUP_SETTING_FILES: Readonly<
  Record<1 | 2, Readonly<Partial<Record<CgroupSetting, CgroupFile>>>>
> = {
  1: {
    max: 'memory.limit_in_bytes',
    memsw: 'memory.memsw.limit_in_bytes',
    soft: 'memory.soft_limit_in_bytes',
  },
  2: {
    max: 'memory.max',
    high: 'memory.high',
    low: 'memory.low',
    min: 'memory.min',
    'oom-group': 'memory.oom.group',
  },
};

/** Bytes, or no limit; of `oom-group` 0 or 1. */
export type CgroupValue = number | 'max';

/** v1 prints PAGE_COUNTER_MAX pages where there is no limit (include/linux/page_counter.h); no machine has half of that. */
const V1_UNLIMITED = 2 ** 62;

/** What the kernel, or the journal, has as text. Undefined when it is no value. */
export function cgroupValueOf(text: string): CgroupValue | undefined {
  if (text === 'max') return 'max';
  if (!/^\d{1,20}$/.test(text)) return undefined;
  return Number(text) >= V1_UNLIMITED ? 'max' : Number(text);
}

/** A value that is wanted for one cgroup. */
export interface CgroupChange {
  /** Below the mount of the hierarchy, with a slash in front. */
  readonly path: string;
  readonly setting: CgroupSetting;
  readonly value: CgroupValue;
}

/** One memory cgroup with all that can be set of it. */
export interface CgroupState {
  readonly path: string;
  /** What people call it. */
  readonly label: string;
  readonly version: 1 | 2;
  /** Where the hierarchy is mounted. */
  readonly mountPoint: string;
  readonly usageBytes: number;
  /** Of that, what the kernel can reclaim for certain without swapping: clean page cache and slab. */
  readonly reclaimableBytes: number;
  /** Up to its own limit; absent where it has none. */
  readonly headroom?: Headroom;
  /** Absent while it is not above memory.high. */
  readonly high?: HighState;
  /** What runs out before it does; absent when it is first itself. */
  readonly firstAbove?: FirstAbove;
  readonly processCount: number;
  /** The kernel can kill none of its processes, as all of them are exempt (-1000) or the like. */
  readonly nothingToKill?: true;
  readonly values: readonly { readonly setting: CgroupSetting; readonly value: CgroupValue }[];
}

/** What a change would bring. `danger`: processes die or stand still, or the kernel refuses. */
export interface CgroupEffect {
  readonly weight: 'note' | 'warning' | 'danger';
  readonly fact: CgroupFact;
}

/**
 * Why the kernel kills nothing at a limit: no process is there, the machine panics instead (vm.panic_on_oom = 2), or the processes wait
 * (v1, oom_kill_disable). Where it is none of them and no victim is named, all processes are exempt.
 */
export type WithoutKill = 'empty' | 'panics' | 'waits';

export type CgroupFact =
  | { readonly kind: 'no-change' }
  /** The memory that it could still take before a kill, and the process that would be killed first. */
  | {
      readonly kind: 'headroom';
      readonly headroomBytes: number;
      readonly uncertainBytes: number;
      readonly next?: NamedProcess;
      readonly withoutKill?: WithoutKill;
    }
  /** More is in use, but dropping page cache and swapping out is enough. */
  | { readonly kind: 'reclaims'; readonly cacheBytes: number; readonly swapBytes: number }
  /**
   * More is in use than is certain to be reclaimed: the kernel kills for the rest at once (v2, memory_max_write()), unless as much of what is
   * uncertain is reclaimed in time.
   */
  | ({
      readonly kind: 'kills';
      readonly victims: readonly NamedProcess[];
      readonly withoutKill?: WithoutKill;
    } & Beyond)
  /** The same with v1, where the kernel kills no process for it and returns EBUSY (mem_cgroup_resize_max()). */
  | ({ readonly kind: 'refused-busy' } & Beyond)
  /** Unless kept, the change reverts to this limit: memory taken beyond it by then leads to a kill (v2). */
  | { readonly kind: 'goes-back'; readonly limitBytes: number }
  | { readonly kind: 'unlimited' }
  /** A cgroup above runs out first. */
  | { readonly kind: 'limit-above'; readonly path: string; readonly headroomBytes: number }
  /** The machine runs out before that limit is reached. */
  | { readonly kind: 'machine-first'; readonly headroomBytes: number }
  /** memory.high: above it all its processes are slowed down until that much is reclaimed, and none is killed. */
  | {
      readonly kind: 'throttles';
      readonly overBytes: number;
      readonly swapBytes: number;
      readonly empty?: true;
    }
  /** `overBytes` of it cannot be reclaimed: each of its processes stalls at its next allocation (calculate_high_delay()). */
  | { readonly kind: 'stalls'; readonly overBytes: number; readonly empty?: true }
  | { readonly kind: 'throttles-from'; readonly leftBytes: number }
  /** memory.min and memory.low: `bytes` of what it uses are protected from reclaim. */
  | {
      readonly kind: 'protects';
      readonly bytes: number;
      readonly absolutely: boolean;
      readonly share: number;
    }
  /** The cgroup above passes on less than that. */
  | { readonly kind: 'protected-less-above'; readonly path: string; readonly bytes: number }
  /** v1: memory above it is reclaimed first when the machine is short of memory. */
  | { readonly kind: 'reclaimed-first'; readonly overBytes: number }
  | { readonly kind: 'dies-together'; readonly count: number }
  | { readonly kind: 'dies-alone' }
  | { readonly kind: 'holds-lifeboat' }
  /** v1: the kernel refuses a limit of memory above that of memory and swap together (EINVAL, mem_cgroup_resize_max()). */
  | { readonly kind: 'above-memsw'; readonly memswBytes: number }
  /** The same the other way round. */
  | { readonly kind: 'below-memory'; readonly limitBytes: CgroupValue }
  /** The hierarchy is mounted read-only, as in most containers. */
  | { readonly kind: 'read-only'; readonly mountPoint: string }
  /** systemd writes its own value again; `command` tells it the new one for good. */
  | { readonly kind: 'unit-rewrites'; readonly unit: string; readonly command?: string }
  | { readonly kind: 'container-rewrites'; readonly container: string; readonly command?: string };

/** How far usage is beyond a limit. */
interface Beyond {
  /** Without what is certain to be reclaimed and what goes to swap. */
  readonly overBytes: number;
  readonly swapBytes: number;
  /** Memory of it that may be reclaimed: cache that has to be written to disk first, and kernel memory of unknown kind. */
  readonly uncertainBytes: number;
}

/** A change with what it would bring. */
export interface CgroupPreview extends PlannedChange {
  readonly change: CgroupChange;
  readonly file: CgroupFile;
  readonly before: CgroupValue;
  readonly effects: readonly CgroupEffect[];
}

/** What makes the kernel refuse the change for certain; undefined where it takes it. */
export function refusalIn({ effects }: Pick<CgroupPreview, 'effects'>): CgroupFact | undefined {
  return effects.map(({ fact }) => fact).find(({ kind }) => REFUSED.has(kind));
}

const REFUSED: ReadonlySet<CgroupFact['kind']> = new Set<CgroupFact['kind']>([
  'above-memsw',
  'below-memory',
  'read-only',
]);

/** True when more is in use than the change allows: carrying it out takes a word more. */
export function goesBelowUsage({ effects }: Pick<CgroupPreview, 'effects'>): boolean {
  return effects.some(
    ({ fact: { kind } }) => kind === 'kills' || kind === 'refused-busy' || kind === 'reclaims',
  );
}

/** The way by which a limit lasts: by the program that made the cgroup. `cgroup`: nothing but the cgroup's own file can be written. */
export type LimitWay =
  | {
      readonly kind: 'engine';
      readonly engine: 'docker' | 'podman';
      readonly container: string;
      readonly memoryBytes: number;
      /** Memory and swap together: what swap the container may use stays as it is. */
      readonly memorySwapBytes: number;
    }
  | {
      readonly kind: 'unit';
      readonly unit: Unit;
      readonly property: string;
      /** Also for its later starts; else until the next boot. */
      readonly lasting: boolean;
    }
  | { readonly kind: 'cgroup' };

/** What a limit would bring that is set by the way that lasts. */
export interface LimitPreview extends CgroupPreview {
  readonly way: LimitWay;
}
