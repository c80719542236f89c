/** The terms of a cgroup's memory.stat that reclaim depends on, with all that is below it; absent where the kernel does not print one. */
export interface GroupStat {
  readonly inactiveFileBytes: number;
  readonly activeFileBytes: number;
  readonly inactiveAnonBytes?: number;
  readonly activeAnonBytes?: number;
  /** Locked memory, which is on none of the other lists. */
  readonly unevictableBytes?: number;
  /** Cgroup v1 does not print it. */
  readonly slabReclaimableBytes?: number;
  /** Page cache that has to be written to disk before it can be dropped. */
  readonly dirtyBytes?: number;
  readonly writebackBytes?: number;
}

/** The memory figures of one cgroup. A limit is absent where there is none. */
export interface GroupMemory {
  /** Below the mount of the hierarchy, which is `/`. */
  readonly path: string;
  /** memory.current or memory.usage_in_bytes. */
  readonly usageBytes: number;
  /** memory.max or memory.limit_in_bytes. */
  readonly limitBytes?: number;
  /** memory.high. */
  readonly highBytes?: number;
  /** memory.min; absent where nothing is protected. memory.low is not listed here: reclaim ignores it before the kernel kills. */
  readonly minBytes?: number;
  /** memory.swap.max (v2). */
  readonly swapLimitBytes?: number;
  /** memory.swap.current, or `swap` of memory.stat (v1). */
  readonly swapUsageBytes?: number;
  /** memory.memsw.limit_in_bytes (v1): memory and swap together. */
  readonly memswLimitBytes?: number;
  /** memory.memsw.usage_in_bytes (v1). */
  readonly memswUsageBytes?: number;
  /** memory.swappiness (v1). */
  readonly swappiness?: number;
  /** Absent where it was not read, or cannot be. */
  readonly stat?: GroupStat;
}

/** The machine around the cgroups. */
export interface MachineMemory {
  /** MemAvailable. */
  readonly availableBytes: number;
  /** SwapFree; 0 without swap. */
  readonly swapFreeBytes: number;
  /** What the machine gains by filling free swap: less than that where pages are kept compressed in memory. Absent: all of it. */
  readonly swapGainBytes?: number;
  /** vm.swappiness. */
  readonly swappiness: number;
}

/** Memory cgroups by path. */
export type GroupTree = ReadonlyMap<string, GroupMemory>;
