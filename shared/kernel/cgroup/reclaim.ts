import { type GroupMemory, type MachineMemory } from './group-memory.ts';

/** What reclaim can take from a cgroup without swap, in bytes. */
export interface Reclaimable {
  /** Page cache that is clean, and slab. */
  readonly sureBytes: number;
  /**
   * Memory that the kernel may reclaim in addition: page cache that has to be written to disk first, which a slow disk does not do in time,
   * and slab where the kernel does not say how much of its own memory in the cgroup is reclaimable.
   */
  readonly uncertainBytes: number;
}

/** The cgroups right below a path. */
export type ChildrenOf = (path: string) => readonly GroupMemory[];

/**
 * The memory that reclaim takes from a cgroup and all below it when that cgroup is at its limit. Its own memory.min and memory.low do not
 * count then, those of cgroups below do: memory.min always, memory.low not, since reclaim breaks it before the kernel kills. Follows
 * mm/vmscan.c, shrink_node_memcgs() and get_scan_count(), and mm/memcontrol.c, mem_cgroup_calculate_protection().
 */
export function reclaimable(group: GroupMemory, childrenOf: ChildrenOf): Reclaimable {
  const all = unprotected(group);
  const kept = childrenOf(group.path).map((child) => keptByMin(child, Infinity, childrenOf));
  return {
    sureBytes: Math.max(0, all.sureBytes - sum(kept.map(({ sureBytes }) => sureBytes))),
    uncertainBytes: Math.max(0, all.uncertainBytes - sum(kept.map(({ uncertainBytes }) => uncertainBytes))),
  };
}

/**
 * The memory that can be reclaimed without protection. Locked memory is on neither file list, and tmpfs is on the anonymous ones, so
 * nothing has to be subtracted for them.
 */
function unprotected({ usageBytes, stat }: GroupMemory): Reclaimable {
  if (stat === undefined) return { sureBytes: 0, uncertainBytes: usageBytes };
  const { dirtyBytes, writebackBytes, slabReclaimableBytes } = stat;
  const file = Math.min(usageBytes, stat.inactiveFileBytes + stat.activeFileBytes);
  const unwritten =
    dirtyBytes === undefined || writebackBytes === undefined
      ? file
      : Math.min(file, dirtyBytes + writebackBytes);
  const kernel = Math.max(0, usageBytes - onLists(stat));
  const slab = Math.min(slabReclaimableBytes ?? 0, usageBytes - file);
  return {
    sureBytes: file - unwritten + slab,
    uncertainBytes: unwritten + (slabReclaimableBytes === undefined ? kernel : 0),
  };
}

/** The memory that memory.min of a cgroup, or of those below it, protects from reclaim. A parent passes on no more than it has itself. */
function keptByMin(group: GroupMemory, passedOnBytes: number, childrenOf: ChildrenOf): Reclaimable {
  const min = Math.min(group.minBytes ?? 0, passedOnBytes);
  if (min === 0) return { sureBytes: 0, uncertainBytes: 0 };
  const all = unprotected(group);
  const takenBytes = Math.max(0, group.usageBytes - min);
  const sure = Math.min(all.sureBytes, takenBytes);
  const uncertain = Math.min(all.uncertainBytes, takenBytes - sure);
  const below = childrenOf(group.path).map((child) => keptByMin(child, min, childrenOf));
  return {
    sureBytes: Math.max(all.sureBytes - sure, sum(below.map(({ sureBytes }) => sureBytes))),
    uncertainBytes: Math.max(
      all.uncertainBytes - uncertain,
      sum(below.map(({ uncertainBytes }) => uncertainBytes)),
    ),
  };
}

/** All that is on the lists that reclaim walks, and on the one that it does not. */
function onLists(stat: NonNullable<GroupMemory['stat']>): number {
  const { inactiveFileBytes, activeFileBytes, inactiveAnonBytes, activeAnonBytes, unevictableBytes } = stat;
  return sum([
    inactiveFileBytes,
    activeFileBytes,
    inactiveAnonBytes ?? 0,
    activeAnonBytes ?? 0,
    unevictableBytes ?? 0,
  ]);
}

/**
 * How much more swap a cgroup may use: the least of what memory.swap.max leaves it and every cgroup above it, and free swap; none where
 * swappiness is 0. `chain` begins with the cgroup itself. Follows mm/memcontrol.c, mem_cgroup_get_nr_swap_pages(), and mm/vmscan.c,
 * get_scan_count(): in reclaim for a cgroup swappiness 0 leaves anonymous memory alone.
 */
function swapSlack(chain: readonly GroupMemory[], machine: MachineMemory): number {
  const swappiness = chain[0]?.swappiness ?? machine.swappiness;
  if (swappiness === 0) return 0;
  const slacks = chain.map(({ swapLimitBytes, swapUsageBytes }) =>
    swapLimitBytes === undefined ? Infinity : Math.max(0, swapLimitBytes - (swapUsageBytes ?? 0)),
  );
  return Math.min(machine.swapFreeBytes, ...slacks);
}

/**
 * How much memory that a cgroup takes from now on can go to swap: new memory is anonymous and can be swapped as well as the old. Where
 * there are cgroups below, as far as the one with the most swap allows.
 */
export function swapForGrowth(
  chain: readonly GroupMemory[],
  machine: MachineMemory,
  childrenOf: ChildrenOf,
): number {
  const own = swapSlack(chain, machine);
  const children = own === 0 ? [] : childrenOf(chain[0]?.path ?? '/');
  const below = children.map((child) => swapForGrowth([child, ...chain], machine, childrenOf));
  return below.length === 0 ? own : Math.min(own, Math.max(...below));
}

/** How much of what a cgroup uses now can go to swap. */
export function swapForUsage(
  chain: readonly GroupMemory[],
  machine: MachineMemory,
  childrenOf: ChildrenOf,
): number {
  const [group] = chain;
  const own = swapSlack(chain, machine);
  if (own === 0 || group === undefined) return 0;
  const children = childrenOf(group.path).filter(({ stat }) => stat !== undefined);
  const elsewhere = Math.max(0, anonBytes(group) - sum(children.map(anonBytes)));
  const below = children.map((child) => swapForUsage([child, ...chain], machine, childrenOf));
  return Math.min(own, elsewhere + sum(below));
}

/** Memory that only swap can take: anonymous, tmpfs, shared. */
function anonBytes({ usageBytes, stat }: GroupMemory): number {
  if (stat?.inactiveAnonBytes === undefined || stat.activeAnonBytes === undefined) {
    return Math.max(0, usageBytes - (stat?.inactiveFileBytes ?? 0) - (stat?.activeFileBytes ?? 0));
  }
  return stat.inactiveAnonBytes + stat.activeAnonBytes;
}

function sum(bytes: readonly number[]): number {
  return bytes.reduce((all, each) => all + each, 0);
}
