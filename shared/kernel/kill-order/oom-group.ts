import { type Scope } from '../../model/scope.ts';

/** True when `path` is `ancestor` or lies below it. */
export function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || ancestor === '/' || path.startsWith(`${ancestor}/`);
}

/** The paths from `/a` down to `/a/b/c` itself; the root is not among them. */
export function pathsDownTo(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
}

/**
 * The cgroup that dies as a whole when a process in `cgroup` is chosen: the highest one with memory.oom.group between it and the place
 * that ran out of memory. Follows mm/memcontrol.c, mem_cgroup_get_oom_group().
 */
export function oomGroupOf(cgroup: string, scope: Scope, groups: ReadonlySet<string>): string | undefined {
  if (groups.size === 0) return undefined;
  const top = scope.kind === 'global' ? '/' : scope.path;
  if (!isWithin(cgroup, top)) return undefined;
  // The kernel leaves the root of the hierarchy out, which has no such file; inside a container the root is the container's own cgroup.
  return ['/', ...pathsDownTo(cgroup)].find((path) => isWithin(path, top) && groups.has(path));
}
