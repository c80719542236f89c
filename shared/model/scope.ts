import { type Forecast } from './forecast.ts';
import { type Headroom, type HighState } from './headroom.ts';

/** Where memory runs out: on the whole machine, or in a memory cgroup with a limit. */
export type Scope = { readonly kind: 'global' } | { readonly kind: 'cgroup'; readonly path: string };

/** A scope by a name that people use. */
export interface NamedScope {
  readonly kind: 'named';
  /** `compose`: PROJECT or PROJECT/SERVICE. `pod`: NAME or NAMESPACE/NAME. `app`: the id of an application, or the last part of it. */
  readonly what: 'container' | 'compose' | 'pod' | 'app';
  readonly name: string;
}

/** What a scope can be named by, as typed: `container:shop-db-1`. */
export const NAMED_SCOPES: readonly NamedScope['what'][] = ['container', 'compose', 'pod', 'app'];

export const GLOBAL_SCOPE: Scope = { kind: 'global' };

/** True when both name the same place. */
export function sameScope(a: Scope, b: Scope): boolean {
  if (a.kind === 'global' || b.kind === 'global') return a.kind === b.kind;
  return a.path === b.path;
}

/** True when the text occurs in what a cgroup is called or in its path; case and outer spaces do not matter. */
export function matchesScope({ label, path }: Pick<CgroupLimit, 'label' | 'path'>, query: string): boolean {
  return `${label} ${path}`.toLowerCase().includes(query.trim().toLowerCase());
}

/** One step in the chain of memory cgroups above a process: outermost first. */
export interface CgroupLimit {
  /** Relative to the mount of the hierarchy; `/` is its root. */
  readonly path: string;
  /** What people call it: a unit, a container, else the last part of the path. */
  readonly label: string;
  readonly usageBytes: number;
  /** memory.max or memory.limit_in_bytes; absent when there is none. */
  readonly limitBytes?: number;
  /** memory.oom.group: when one process below is chosen, all below die. */
  readonly oomGroup: boolean;
  /** Up to its own limit; absent where it has none. */
  readonly headroom?: Headroom;
  /** Absent while it is not above memory.high. */
  readonly high?: HighState;
}

/** What runs out before a cgroup does: the cgroup above it of that path, or the machine. */
export interface FirstAbove {
  readonly path?: string;
  readonly headroomBytes: number;
}

/** A cgroup in which memory can run out on its own. */
export interface ScopeSummary extends CgroupLimit {
  readonly limitBytes: number;
  readonly headroom: Headroom;
  /** Absent when this cgroup runs out first. */
  readonly firstAbove?: FirstAbove;
  readonly processCount: number;
  /** Of its memory, in 4 of 5 cases; absent where nothing can be said. */
  readonly forecast?: Forecast;
  /** What of it is lost for it, over the last five minutes; negative where it is given back. Absent while that is not known, or noise. */
  readonly growthBytesPerMinute?: number;
  /** How long what is left has stayed within a fiftieth of the limit; absent where it is not followed. */
  readonly steadySeconds?: number;
}
