import { spawnSync } from 'node:child_process';
import { machineFigures, type MachineFigures } from '#shared/killers/machine-figures.ts';
import { type MemoryState } from '#shared/model/memory.ts';
import { parseMeminfo } from '../../../src-main/proc/meminfo.ts';

/** Figures of /proc/meminfo in KiB. */
export interface FakeMemory {
  readonly available: number;
  readonly anon: number;
  readonly swapTotal: number;
  readonly swapFree: number;
}

const TOTAL_KIB = 16 * 2 ** 20;

/** Whether a program can be given a /proc of its own here: it takes root with CAP_SYS_ADMIN. */
export function hasPrivateMachines(): boolean {
  return spawnSync('unshare', [...PRIVATE, 'true']).status === 0;
}

/** A mount namespace and a pid namespace: a program sees no process but its own, and so can kill none. */
export const PRIVATE = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;

/** The text of /proc/meminfo, each of one length, so that one can be written over another. */
export function meminfoText({ available, anon, swapTotal, swapFree }: FakeMemory): string {
  const figures = {
    MemTotal: TOTAL_KIB,
    MemFree: Math.floor(available / 2),
    MemAvailable: available,
    Buffers: 1000,
    Cached: Math.floor(available / 2),
    SwapCached: 0,
    'Active(file)': 1000,
    'Inactive(file)': 1000,
    SwapTotal: swapTotal,
    SwapFree: swapFree,
    AnonPages: anon,
    Shmem: 1000,
    SReclaimable: 1000,
    PageTables: 1000,
    CommitLimit: TOTAL_KIB,
    Committed_AS: TOTAL_KIB,
  };
  return Object.entries(figures)
    .map(([key, value]) => `${`${key}:`.padEnd(16)}${String(value).padStart(9)} kB\n`)
    .join('');
}

/** What Lifeboat reads from such a text. */
export function figuresIn(text: string): MachineFigures {
  const meminfo = parseMeminfo(text);
  if (meminfo === undefined) throw new Error('not a text of /proc/meminfo');
  const { memTotalBytes, memAvailableBytes = 0, anonBytes, swapTotalBytes, swapFreeBytes } = meminfo;
  const state: Partial<MemoryState> = {
    totalBytes: memTotalBytes,
    availableBytes: memAvailableBytes,
    anonBytes,
    ...(swapTotalBytes === 0 ? {} : { swap: { totalBytes: swapTotalBytes, freeBytes: swapFreeBytes } }),
  };
  return machineFigures(state as MemoryState);
}
