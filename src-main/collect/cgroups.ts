import { memcgTotalPages } from '#shared/kernel/badness/total-pages.ts';
import { pathsDownTo } from '#shared/kernel/kill-order/oom-group.ts';
import { readMemoryCgroup } from '../proc/cgroup/memory-cgroup.ts';
import { type HostFacts } from './machine/host-facts.ts';
import { type ObservedCgroup } from './snapshot.ts';

/** What the limits of a cgroup depend on outside of it. */
export interface CgroupSurroundings {
  readonly host: HostFacts;
  readonly totalSwapPages: number;
  /** vm.swappiness. */
  readonly swappiness: number;
}

/**
 * Reads one memory cgroup; undefined when it does not exist or cannot be read. `stat`: read what it is made of `always`, or only where that
 * bears on a limit. `before`: where it uses as much as then and has the same limit, only its kills are read again.
 */
export function observeCgroup(
  path: string,
  surroundings: CgroupSurroundings,
  stat: 'always' | 'limited' = 'always',
  before?: ObservedCgroup,
): ObservedCgroup | undefined {
  const { memoryMount: mount, pageSizeBytes } = surroundings.host;
  if (mount === undefined) return undefined;
  const read = readMemoryCgroup(mount, path, pageSizeBytes, stat, before);
  if (!read.ok) return undefined;
  const { underOom: _, ...figures } = read.value;
  return withTotal({ path, ...figures }, surroundings);
}

/** The cgroup as it would be with another limit, or none. */
export function withLimit(
  { limitBytes: _, totalPages: __, ...cgroup }: ObservedCgroup,
  limit: number | 'max',
  surroundings: CgroupSurroundings,
): ObservedCgroup {
  return withTotal({ ...cgroup, ...(limit === 'max' ? {} : { limitBytes: limit }) }, surroundings);
}

function withTotal(
  cgroup: Omit<ObservedCgroup, 'totalPages'>,
  { host, totalSwapPages, swappiness }: CgroupSurroundings,
): ObservedCgroup {
  const { memoryMount: mount, pageSizeBytes, version } = host;
  const { limitBytes, swapLimitBytes, memswLimitBytes } = cgroup;
  if (limitBytes === undefined || mount === undefined) return cgroup;
  const limits = {
    version: mount.version,
    limitBytes,
    swappiness: cgroup.swappiness ?? swappiness,
    ...(swapLimitBytes === undefined ? {} : { swapLimitBytes }),
    ...(memswLimitBytes === undefined ? {} : { memswLimitBytes }),
  };
  return { ...cgroup, totalPages: memcgTotalPages(limits, totalSwapPages, pageSizeBytes, version) };
}

/**
 * The cgroups of these paths and all above them. The root is among them where it has a limit: inside a container it is the container's own
 * cgroup. The root of a whole hierarchy has none.
 */
export function observeCgroups(
  paths: Iterable<string>,
  surroundings: CgroupSurroundings,
  before: (path: string) => ObservedCgroup | undefined = () => undefined,
): Map<string, ObservedCgroup> {
  const all = new Set<string>();
  for (const path of paths) {
    if (path === '/') all.add(path);
    for (const step of pathsDownTo(path)) all.add(step);
  }
  const found = new Map<string, ObservedCgroup>();
  for (const path of all) {
    const cgroup = observeCgroup(path, surroundings, 'limited', before(path));
    const counts = path !== '/' || cgroup?.limitBytes !== undefined || cgroup?.oomGroup === true;
    if (cgroup !== undefined && counts) found.set(path, cgroup);
  }
  return found;
}
