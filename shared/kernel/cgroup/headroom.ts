import { pathsDownTo } from '../kill-order/oom-group.ts';
import { type FirstLimit, type Headroom, type HighState } from '../../model/headroom.ts';
import { type GroupMemory, type GroupTree, type MachineMemory } from './group-memory.ts';
import { type ChildrenOf, type Reclaimable, reclaimable, swapForGrowth, swapForUsage } from './reclaim.ts';

/** One cgroup of a chain. */
export interface LinkHeadroom {
  readonly path: string;
  /** Up to its own limit; absent where it has none. */
  readonly headroom?: Headroom;
  /** Absent while its usage is not above memory.high. */
  readonly high?: HighState;
}

/** A chain of cgroups from one of them up to the root, and the machine. */
export interface ChainHeadroom {
  /** The cgroup itself first, then those above it. */
  readonly links: readonly LinkHeadroom[];
  readonly machine: Headroom;
  /** Where memory runs out first. */
  readonly first: FirstLimit;
}

/** The memory that the kernel can reclaim from a cgroup that is over a limit. */
export interface TakenBack extends Reclaimable {
  /** What swap can take of what it uses now. */
  readonly swapBytes: number;
}

/** Answers about the cgroups of one moment. */
export interface HeadroomReader {
  /** From a cgroup up to the root. The machine alone where nothing is known of that path. */
  chain(path: string): ChainHeadroom;
  /** Undefined where nothing is known of that path. */
  takenBack(path: string): TakenBack | undefined;
}

/**
 * How much more memory each cgroup can take before the kernel kills in it, and which limit is reached first. A charge goes up the tree and stops at
 * the first cgroup that would be over its limit; there the kernel reclaims, swaps, and then kills. Follows mm/memcontrol.c,
 * try_charge_memcg(), mm/page_counter.c, page_counter_try_charge(); compared with kills in docs/accuracy.md.
 */
export function headroomReader(groups: GroupTree, machine: MachineMemory): HeadroomReader {
  const childrenOf = childrenIn(groups);
  const known = new Map<string, LinkHeadroom>();
  const chainUp = (path: string): GroupMemory[] =>
    ['/', ...pathsDownTo(path)].toReversed().flatMap((step) => groups.get(step) ?? []);
  const linkOf = (chain: readonly GroupMemory[], group: GroupMemory): LinkHeadroom => {
    const before = known.get(group.path);
    if (before !== undefined) return before;
    const link = readLink(chain, group, machine, childrenOf);
    known.set(group.path, link);
    return link;
  };
  return {
    chain(path) {
      const chain = chainUp(path);
      const links = chain.map((group, at) => linkOf(chain.slice(at), group));
      const ofMachine = machineHeadroom(machine);
      return { links, machine: ofMachine, first: firstOf(links, ofMachine) };
    },
    takenBack(path) {
      const chain = chainUp(path);
      const [group] = chain;
      if (group?.path !== path) return undefined;
      return takenBackOf(chain, group, machine, childrenOf);
    },
  };
}

/** The machine's own: available memory, and what free swap adds to it. */
export function machineHeadroom({
  availableBytes,
  swapFreeBytes,
  swapGainBytes = swapFreeBytes,
}: Pick<MachineMemory, 'availableBytes' | 'swapFreeBytes' | 'swapGainBytes'>): Headroom {
  return {
    headroomBytes: availableBytes + swapGainBytes,
    uncertainBytes: 0,
    comfortableBytes: availableBytes,
    reclaimableBytes: 0,
    swapBytes: swapGainBytes,
  };
}

/** Share of a limit that is used up for good, 0 to 1: 1 when the next allocation kills. */
export function fullness({ limitBytes, headroom }: { limitBytes: number; headroom: Headroom }): number {
  if (limitBytes <= 0) return 1;
  return Math.min(1, Math.max(0, 1 - headroom.headroomBytes / limitBytes));
}

function readLink(
  chain: readonly GroupMemory[],
  group: GroupMemory,
  machine: MachineMemory,
  childrenOf: ChildrenOf,
): LinkHeadroom {
  const { path, usageBytes, highBytes } = group;
  const headroom = headroomOf(chain, group, machine, childrenOf);
  if (highBytes === undefined || usageBytes <= highBytes) {
    return { path, ...(headroom === undefined ? {} : { headroom }) };
  }
  const overBytes = usageBytes - highBytes;
  const { sureBytes, uncertainBytes, swapBytes } = takenBackOf(chain, group, machine, childrenOf);
  const stalled = overBytes > sureBytes + uncertainBytes + swapBytes;
  return {
    path,
    ...(headroom === undefined ? {} : { headroom }),
    high: { state: stalled ? 'stalled' : 'throttled', highBytes, overBytes },
  };
}

/** Memory and, with cgroup v1, memory and swap together have a limit each; swap is of no use against the second. */
function headroomOf(
  chain: readonly GroupMemory[],
  group: GroupMemory,
  machine: MachineMemory,
  childrenOf: ChildrenOf,
): Headroom | undefined {
  const { usageBytes, limitBytes, memswLimitBytes, memswUsageBytes, stat } = group;
  if (limitBytes === undefined && memswLimitBytes === undefined) return undefined;
  const { sureBytes, uncertainBytes } = reclaimable(group, childrenOf);
  const swapBytes = swapForGrowth(chain, machine, childrenOf);
  const untilMemsw = (memswLimitBytes ?? Infinity) - (memswUsageBytes ?? usageBytes);
  const unused = (limitBytes ?? Infinity) - usageBytes;
  const free = Math.min(unused, untilMemsw);
  const freeWithSwap = Math.min(unused + swapBytes, untilMemsw);
  return {
    headroomBytes: Math.max(0, freeWithSwap + sureBytes),
    uncertainBytes,
    comfortableBytes: Math.max(0, Math.min(free + (stat?.inactiveFileBytes ?? 0), untilThrottled(chain))),
    reclaimableBytes: sureBytes,
    swapBytes: freeWithSwap - free,
  };
}

/**
 * Until a memory.high is reached that inactive cache does not make room below, its own or one above it: from there on its processes are slowed down
 * (mm/memcontrol.c, mem_cgroup_handle_over_high(), goes up the tree).
 */
function untilThrottled(chain: readonly GroupMemory[]): number {
  return Math.min(
    ...chain.map(
      ({ usageBytes, highBytes = Infinity, stat }) => highBytes - usageBytes + (stat?.inactiveFileBytes ?? 0),
    ),
  );
}

function takenBackOf(
  chain: readonly GroupMemory[],
  group: GroupMemory,
  machine: MachineMemory,
  childrenOf: ChildrenOf,
): TakenBack {
  return { ...reclaimable(group, childrenOf), swapBytes: swapForUsage(chain, machine, childrenOf) };
}

/** Of equal ones the lowest: the charge comes there first. */
function firstOf(links: readonly LinkHeadroom[], ofMachine: Headroom): FirstLimit {
  let first: FirstLimit = { headroom: ofMachine };
  let least = Infinity;
  for (const { path, headroom } of links) {
    if (headroom === undefined || headroom.headroomBytes >= least) continue;
    least = headroom.headroomBytes;
    first = { path, headroom };
  }
  return ofMachine.headroomBytes < least ? { headroom: ofMachine } : first;
}

function childrenIn(groups: GroupTree): ChildrenOf {
  const children = new Map<string, GroupMemory[]>();
  for (const group of groups.values()) {
    if (group.path === '/') continue;
    const parent = group.path.slice(0, group.path.lastIndexOf('/')) || '/';
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [group]);
    else known.push(group);
  }
  return (path) => children.get(path) ?? [];
}
