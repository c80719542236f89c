import { readdirSync } from 'node:fs';
import { withDescriptor } from './descriptors.ts';
import { type KernelFiles, readFailure, readRecord } from './kernel-files.ts';

/** The third of the figures of mm_stat, mem_used_total, in bytes. */
export function parseMmStat(text: string): number | undefined {
  const used = /^\s*\d+\s+\d+\s+(\d+)\s/.exec(text)?.[1];
  return used === undefined ? undefined : Number(used);
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
    const used = readRecord(`${folder}/${name}/mm_stat`, parseMmStat);
    if (!used.ok) return undefined;
    sum += used.value;
  }
  return sum;
}
