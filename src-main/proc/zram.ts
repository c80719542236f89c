import { readdirSync } from 'node:fs';
import { withDescriptor } from './descriptors.ts';
import { type KernelFiles, type Read, readFailure, readRecord } from './kernel-files.ts';

/** What is kept in a zram device, in bytes. */
export interface ZramStat {
  /** orig_data_size: as it was before it was compressed. */
  readonly dataBytes: number;
  /** mem_used_total: what it takes of memory. */
  readonly usedBytes: number;
  /** mem_limit; 0 where there is none. */
  readonly limitBytes: number;
}

/** Parses mm_stat; undefined when it is none. */
export function parseMmStat(text: string): ZramStat | undefined {
  const [, data, used, limit] = /^\s*(\d+)\s+\d+\s+(\d+)\s+(\d+)\s/.exec(text) ?? [];
  if (data === undefined || used === undefined || limit === undefined) return undefined;
  return { dataBytes: Number(data), usedBytes: Number(used), limitBytes: Number(limit) };
}

/** Of one device: `zram0`. */
export function readZram(files: KernelFiles, name: string): Read<ZramStat> {
  return readRecord(`${files.sys}/block/${name}/mm_stat`, parseMmStat);
}

/**
 * Memory that all zram devices use: /sys/block/zramN/mm_stat, Documentation/admin-guide/blockdev/zram.rst (since 4.1). 0 where there is none,
 * undefined where one cannot be read.
 *
 *     orig_data_size compr_data_size mem_used_total mem_limit mem_used_max same_pages pages_compacted huge_pages
 */
export function zramUsedBytes(files: KernelFiles): number | undefined {
  const folder = `${files.sys}/block`;
  let names: readonly string[];
  try {
    names = withDescriptor(() => readdirSync(folder));
  } catch (error) {
    return readFailure(error, folder).why === 'missing' ? 0 : undefined;
  }
  let sum = 0;
  for (const name of names.filter((each) => /^zram\d+$/.test(each))) {
    const stat = readZram(files, name);
    if (!stat.ok) return undefined;
    sum += stat.value.usedBytes;
  }
  return sum;
}
