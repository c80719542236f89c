/** Share of time, in percent, in which some or all tasks waited for memory (/proc/pressure/memory). */
export interface Pressure {
  readonly some10: number;
  readonly some60: number;
  readonly full10: number;
  readonly full60: number;
}

/** The swap of the machine. */
export interface Swap {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** Where swapped pages are kept compressed in memory (zram, zswap); absent where they are not, or that cannot be read. */
  readonly compressed?: CompressedSwap;
}

/** Swap that takes memory itself. */
export interface CompressedSwap {
  /** What a swapped byte takes of memory: 0.33 at a ratio of 3. */
  readonly share: number;
  /** What can still be swapped before the limit of the device is reached (zram's mem_limit); absent where it has none. */
  readonly roomBytes?: number;
}

/** Committed memory and its limit (vm.overcommit_memory and /proc/meminfo). */
export interface Commit {
  /** Committed_AS. */
  readonly chargeBytes: number;
  /** CommitLimit; the kernel enforces it in mode 2 only. */
  readonly limitBytes: number;
  /** vm.overcommit_memory. */
  readonly mode: 0 | 1 | 2;
}

/** The machine's memory at one moment. */
export interface MemoryState {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** MemAvailable; estimated from its parts on kernels that do not say. */
  readonly availableBytes: number;
  /** Anonymous memory of processes. */
  readonly anonBytes: number;
  /** tmpfs and shared memory: no page cache, whatever /proc/meminfo counts it as. */
  readonly shmemBytes: number;
  /** Page cache, buffers and reclaimable slab: what the kernel can drop. */
  readonly cacheBytes: number;
  /** Absent where there is no swap. */
  readonly swap?: Swap;
  /** Absent where the kernel does not measure it. */
  readonly pressure?: Pressure;
  readonly commit: Commit;
  /** Absent in the first reading: a rate needs two. */
  readonly majorFaultsPerSecond?: number;
  /** vmstat oom_kill: kills by the kernel since boot. Absent before Linux 4.13. */
  readonly oomKills?: number;
}
