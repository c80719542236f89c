import { atLeast, type KernelVersion } from '../version.ts';

/**
 * The kernel's totalpages of a global OOM: totalram_pages + total_swap_pages, from MemTotal and SwapTotal, which are exact multiples.
 * Follows mm/oom_kill.c, constrained_alloc(), CONSTRAINT_NONE.
 */
export function globalTotalPages(
  memTotalBytes: number,
  swapTotalBytes: number,
  pageSizeBytes: number,
): number {
  return Math.trunc(memTotalBytes / pageSizeBytes) + Math.trunc(swapTotalBytes / pageSizeBytes);
}

/** The limits of one memory cgroup, in bytes; absent where there is none. */
export interface MemcgLimits {
  readonly version: 1 | 2;
  readonly limitBytes: number;
  /** memory.swap.max (v2). */
  readonly swapLimitBytes?: number;
  /** memory.memsw.limit_in_bytes (v1). */
  readonly memswLimitBytes?: number;
  /** memory.swappiness (v1); vm.swappiness counts in v2. */
  readonly swappiness: number;
}

/**
 * The kernel's totalpages of an OOM in a memory cgroup, at least 1: the limit, and the swap that it may use when its swappiness is not
 * zero. Limits of its ancestors do not count. Follows mm/memcontrol.c, mem_cgroup_get_max() (before and since 5.10).
 */
export function memcgTotalPages(
  limits: MemcgLimits,
  totalSwapPages: number,
  pageSizeBytes: number,
  version: KernelVersion,
): number {
  const pages = (bytes: number | undefined) =>
    bytes === undefined ? Infinity : Math.trunc(bytes / pageSizeBytes);
  const limit = pages(limits.limitBytes);
  if (limits.swappiness === 0) return Math.max(1, limit);
  const memsw = pages(limits.memswLimitBytes);
  const swapMax = pages(limits.swapLimitBytes);
  if (!atLeast(version, 5, 10)) {
    return Math.max(1, Math.min(limit + Math.min(swapMax, totalSwapPages), memsw));
  }
  const swap = limits.version === 1 ? Math.max(0, memsw - limit) : swapMax;
  return Math.max(1, limit + Math.min(swap, totalSwapPages));
}
