import { type KernelFiles, type Read, readParsed } from './kernel-files.ts';

/** How many numbers a list such as `0-3,5` names (lib/bitmap.c, Documentation/admin-guide/cputopology.rst). */
export function parseListCount(text: string): number | undefined {
  const list = text.trimEnd();
  if (list === '') return 0;
  let count = 0;
  for (const part of list.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first) return undefined;
    count += last - first + 1;
  }
  return count;
}

/**
 * How many CPUs are on: /sys/devices/system/cpu/online.
 *
 *     0-3,5
 */
export function readOnlineCpuCount(files: KernelFiles): Read<number> {
  return readParsed(`${files.sys}/devices/system/cpu/online`, parseListCount);
}

/**
 * How many NUMA nodes have memory: /sys/devices/system/node/has_memory, `online` on kernels without it; `missing` in a kernel
 * without NUMA, which has one.
 *
 *     0-1
 */
export function readMemoryNodeCount(files: KernelFiles): Read<number> {
  const read = readParsed(`${files.sys}/devices/system/node/has_memory`, parseListCount);
  if (read.ok || read.why !== 'missing') return read;
  return readParsed(`${files.sys}/devices/system/node/online`, parseListCount);
}
