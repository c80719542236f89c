/** Where memory runs out: on the whole machine, or in a memory cgroup with a limit. */
export type Scope = { readonly kind: 'global' } | { readonly kind: 'cgroup'; readonly path: string };

export const GLOBAL_SCOPE: Scope = { kind: 'global' };

/** True when both name the same place. */
export function sameScope(a: Scope, b: Scope): boolean {
  if (a.kind === 'global' || b.kind === 'global') return a.kind === b.kind;
  return a.path === b.path;
}

/** One step in the chain of memory cgroups above a process: outermost first. */
export interface CgroupLimit {
  /** Relative to the mount of the hierarchy; `/` is its root. */
  readonly path: string;
  /** What people call it: a unit, a container, else the last part of the path. */
  readonly label: string;
  readonly usageBytes: number;
  /** Usage without page cache that the kernel would drop first (usage - inactive_file). */
  readonly workingSetBytes: number;
  /** memory.max or memory.limit_in_bytes; absent when there is none. */
  readonly limitBytes?: number;
  /** memory.oom.group: whoever is chosen below, everybody below dies. */
  readonly oomGroup: boolean;
}

/** A cgroup in which memory can run out on its own. */
export interface ScopeSummary extends CgroupLimit {
  readonly limitBytes: number;
  readonly processCount: number;
}
