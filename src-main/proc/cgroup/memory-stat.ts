import { type GroupStat } from '#shared/kernel/cgroup/group-memory.ts';
import { decimal, fieldAfter } from '../fields.ts';

/** The terms of memory.stat that are read. */
export interface MemoryStat extends GroupStat {
  /** Cgroup v1 only. */
  readonly swapBytes?: number;
}

/** By the key of v2, then of v1. */
const KEYS = {
  inactiveFileBytes: ['inactive_file'],
  activeFileBytes: ['active_file'],
  inactiveAnonBytes: ['inactive_anon'],
  activeAnonBytes: ['active_anon'],
  unevictableBytes: ['unevictable'],
  slabReclaimableBytes: ['slab_reclaimable'],
  dirtyBytes: ['file_dirty', 'dirty'],
  writebackBytes: ['file_writeback', 'writeback'],
  swapBytes: ['swap'],
} as const satisfies Record<keyof MemoryStat, readonly string[]>;

/**
 * The terms of a memory.stat that reclaim depends on; mm/memcontrol.c memcg_stat_format(), mm/memcontrol-v1.c memcg1_stat_format(). v1 has
 * those of the subtree under `total_`. Undefined without the file lists, and where a known key has no number.
 *
 *     inactive_file 176128
 *     slab_reclaimable 4587520
 */
export function parseMemoryStat(text: string): MemoryStat | undefined {
  const terms: Partial<Record<keyof MemoryStat, number>> = {};
  for (const [name, keys] of Object.entries(KEYS) as [keyof MemoryStat, readonly string[]][]) {
    const field = keys
      .flatMap((key) => [`total_${key} `, `${key} `])
      .map((key) => fieldAfter(text, key))
      .find((found) => found !== undefined);
    if (field === undefined) continue;
    const bytes = decimal(field);
    if (Number.isNaN(bytes)) return undefined;
    terms[name] = bytes;
  }
  const { inactiveFileBytes, activeFileBytes } = terms;
  if (inactiveFileBytes === undefined || activeFileBytes === undefined) return undefined;
  return { ...terms, inactiveFileBytes, activeFileBytes };
}
