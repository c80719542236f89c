import { decimal, fieldAfter, isFigure, kilobytes, optional } from './fields.ts';
import { type KernelFiles, type Read, readRecord } from './kernel-files.ts';
import { KeptFile } from './kept-file.ts';

/** The memory of the machine as the kernel counts it. */
export interface Meminfo {
  readonly memTotalBytes: number;
  readonly memFreeBytes: number;
  /** Absent before Linux 3.14. */
  readonly memAvailableBytes?: number;
  readonly buffersBytes: number;
  /** Page cache, with tmpfs and shared memory in it. */
  readonly cachedBytes: number;
  readonly swapCachedBytes: number;
  readonly activeFileBytes: number;
  readonly inactiveFileBytes: number;
  readonly anonBytes: number;
  readonly shmemBytes: number;
  readonly slabReclaimableBytes: number;
  readonly pageTablesBytes: number;
  readonly swapTotalBytes: number;
  readonly swapFreeBytes: number;
  /** Committed_AS: what has been promised. */
  readonly committedBytes: number;
  readonly commitLimitBytes: number;
  /** What the pools of huge pages hold, used or not; 0 in a kernel that has none. */
  readonly hugetlbBytes: number;
  /** What the pool of zswap takes, and what is in it. Absent before Linux 5.19, and where it is not built in. */
  readonly zswapUsedBytes?: number;
  readonly zswapDataBytes?: number;
}

/** Every kernel since 2.6.32 writes these. */
const REQUIRED = {
  memTotalBytes: 'MemTotal:',
  memFreeBytes: 'MemFree:',
  buffersBytes: 'Buffers:',
  cachedBytes: 'Cached:',
  swapCachedBytes: 'SwapCached:',
  activeFileBytes: 'Active(file):',
  inactiveFileBytes: 'Inactive(file):',
  anonBytes: 'AnonPages:',
  shmemBytes: 'Shmem:',
  slabReclaimableBytes: 'SReclaimable:',
  pageTablesBytes: 'PageTables:',
  swapTotalBytes: 'SwapTotal:',
  swapFreeBytes: 'SwapFree:',
  committedBytes: 'Committed_AS:',
  commitLimitBytes: 'CommitLimit:',
} as const;

/** `Hugetlb:` (4.15) sums the pools of all sizes; older kernels tell only the pool of the default size. */
function hugetlbBytes(text: string): number {
  const all = fieldAfter(text, 'Hugetlb:');
  if (all !== undefined) return kilobytes(all);
  const pages = fieldAfter(text, 'HugePages_Total:');
  const pageSize = fieldAfter(text, 'Hugepagesize:');
  if (pages === undefined || pageSize === undefined) return 0;
  return decimal(pages) * kilobytes(pageSize);
}

/** Undefined where the kernel does not print it. */
function figure(text: string, key: string): number | undefined {
  const bytes = kilobytes(fieldAfter(text, key) ?? '');
  return isFigure(bytes) ? bytes : undefined;
}

/** Parses /proc/meminfo; undefined when a field that every kernel has is missing, or a known one is no figure in kB. */
export function parseMeminfo(text: string): Meminfo | undefined {
  const figures: Partial<Record<keyof typeof REQUIRED, number>> = {};
  for (const [name, key] of Object.entries(REQUIRED) as [keyof typeof REQUIRED, string][]) {
    const bytes = kilobytes(fieldAfter(text, key) ?? '');
    if (Number.isNaN(bytes)) return undefined;
    figures[name] = bytes;
  }
  const available = fieldAfter(text, 'MemAvailable:');
  const memAvailableBytes = available === undefined ? undefined : kilobytes(available);
  const hugetlb = hugetlbBytes(text);
  if (Number.isNaN(memAvailableBytes) || !isFigure(hugetlb)) return undefined;
  return {
    ...(figures as Record<keyof typeof REQUIRED, number>),
    ...optional('memAvailableBytes', memAvailableBytes),
    hugetlbBytes: hugetlb,
    ...optional('zswapUsedBytes', figure(text, 'Zswap:')),
    ...optional('zswapDataBytes', figure(text, 'Zswapped:')),
  };
}

/**
 * /proc/meminfo: Documentation/filesystems/proc.rst, fs/proc/meminfo.c meminfo_proc_show().
 *
 *     MemTotal:       24684092 kB
 */
export function readMeminfo(files: KernelFiles): Read<Meminfo> {
  return readRecord(pathIn(files), parseMeminfo);
}

/** The same, held open. */
export function keepMeminfo(files: KernelFiles): KeptFile<Meminfo> {
  return new KeptFile(pathIn(files), parseMeminfo);
}

function pathIn(files: KernelFiles): string {
  return `${files.proc}/meminfo`;
}
