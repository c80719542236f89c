import { decimal } from '../fields.ts';
import { type KernelFiles, type Read, readRecord } from '../kernel-files.ts';
import { KeptFile } from '../kept-file.ts';
import { StatusScanner } from './status-scanner.ts';

/** The address space of a process, in pages. */
export interface PidMemory {
  readonly rssPages: number;
  /** Absent before Linux 4.5, together with the next two: see `splitFromStatm`. */
  readonly rssAnonPages?: number;
  readonly rssFilePages?: number;
  readonly rssShmemPages?: number;
  readonly swapPages: number;
  /** As oom_badness() counts them: whole pages. */
  readonly pageTablePages: number;
  readonly vmPeakPages: number;
  readonly vmSizePages: number;
  /** Peak of the resident set. */
  readonly vmHwmPages: number;
  readonly vmLockedPages: number;
}

/** What /proc/PID/status says. */
export interface PidStatus {
  /** comm, with the kernel's escapes decoded. */
  readonly name: string;
  /** One letter: R, S, D, Z, T, t, X, I … */
  readonly state: string;
  readonly uid: number;
  readonly euid: number;
  readonly threads: number;
  /** Absent before Linux 6.8. */
  readonly kernelThread?: boolean;
  /** Effective capabilities, a bit each. */
  readonly capEff: bigint;
  /** Its pid in our pid namespace and in each one below, innermost last. Absent before Linux 4.1. */
  readonly nsPids?: readonly number[];
  /** Absent where there is no address space: a kernel thread, a zombie, a dead leader whose threads live on. */
  readonly memory?: PidMemory;
}

/** The kernel writes newlines and backslashes in comm as `\n` and `\\` (fs/proc/array.c proc_task_name()). */
function unescapeName(name: string): string {
  if (!name.includes('\\')) return name;
  return name.replace(/\\([n\\])/g, (_, letter: string) => (letter === 'n' ? '\n' : '\\'));
}

/** The Vm lines, `none` where there is no address space; undefined when one is malformed. */
function parseMemory(scanner: StatusScanner, pageSizeBytes: number): PidMemory | 'none' | undefined {
  if (!scanner.find('\nVmPeak:')) return 'none';
  const pages = (key: string): number =>
    scanner.find(key) ? Math.floor(scanner.kilobytes() / pageSizeBytes) : NaN;
  const vmPeakPages = Math.floor(scanner.kilobytes() / pageSizeBytes);
  const vmSizePages = pages('\nVmSize:');
  const vmLockedPages = pages('\nVmLck:');
  const vmHwmPages = pages('\nVmHWM:');
  const rssPages = pages('\nVmRSS:');
  const hasSplit = scanner.find('\nRssAnon:');
  const rssAnonPages = hasSplit ? Math.floor(scanner.kilobytes() / pageSizeBytes) : 0;
  const rssFilePages = hasSplit ? pages('\nRssFile:') : 0;
  const rssShmemPages = hasSplit ? pages('\nRssShmem:') : 0;
  // VmPTE has all levels since Linux 4.15; before, VmPMD (4.0) was counted apart, and so rounded apart.
  const pageTables = pages('\nVmPTE:');
  const hasMiddle = scanner.findBefore('\nVmPMD:', '\nVmSwap:');
  const middle = hasMiddle ? Math.floor(scanner.kilobytes() / pageSizeBytes) : 0;
  const swapPages = pages('\nVmSwap:');
  const pageTablePages = pageTables + middle;
  const sum =
    vmPeakPages +
    vmSizePages +
    vmLockedPages +
    vmHwmPages +
    rssPages +
    pageTablePages +
    swapPages +
    rssAnonPages +
    rssFilePages +
    rssShmemPages;
  if (Number.isNaN(sum)) return undefined;
  const rest = { swapPages, pageTablePages, vmPeakPages, vmSizePages, vmHwmPages, vmLockedPages };
  return hasSplit ? { rssPages, rssAnonPages, rssFilePages, rssShmemPages, ...rest } : { rssPages, ...rest };
}

/** Parses /proc/PID/status; undefined when a field that every kernel since 2.6.34 has is missing, or a known one malformed. */
export function parsePidStatus(text: string, pageSizeBytes: number): PidStatus | undefined {
  const scanner = new StatusScanner(text);
  if (!text.startsWith('Name:\t')) return undefined;
  scanner.find('Name:');
  const name = unescapeName(scanner.rest());
  if (!scanner.find('\nState:')) return undefined;
  const state = scanner.rest().charAt(0);
  if (!scanner.find('\nUid:')) return undefined;
  const uid = scanner.number();
  const euid = scanner.number();
  const nsPids = scanner.find('\nNSpid:') ? scanner.rest().split('\t').map(decimal) : undefined;
  const kernelThread = scanner.find('\nKthread:') ? scanner.number() === 1 : undefined;
  const memory = parseMemory(scanner, pageSizeBytes);
  const threads = scanner.find('\nThreads:') ? scanner.number() : NaN;
  const capEff = scanner.find('\nCapEff:') ? scanner.rest() : '';
  const isWellFormed = /^[A-Za-z]$/.test(state) && /^[0-9a-f]{1,16}$/.test(capEff) && memory !== undefined;
  if (!isWellFormed || Number.isNaN(uid + euid + threads) || nsPids?.some(Number.isNaN) === true)
    return undefined;
  // Not by spreading: that alone would cost a seventh of the whole.
  const status: { -readonly [K in keyof PidStatus]: PidStatus[K] } = {
    name,
    state,
    uid,
    euid,
    threads,
    capEff: BigInt(`0x${capEff}`),
  };
  if (kernelThread !== undefined) status.kernelThread = kernelThread;
  if (nsPids !== undefined) status.nsPids = nsPids;
  if (memory !== 'none') status.memory = memory;
  return status;
}

/**
 * /proc/PID/status: Documentation/filesystems/proc.rst table 1-2, fs/proc/array.c proc_pid_status(), fs/proc/task_mmu.c task_mem().
 *
 *     VmRSS:	    1960 kB
 */
export function readPidStatus(
  files: KernelFiles,
  pid: number | 'self',
  pageSizeBytes: number,
): Read<PidStatus> {
  return readRecord(pathOf(files, pid), (text) => parsePidStatus(text, pageSizeBytes));
}

/** The same, held open. */
export function keepPidStatus(files: KernelFiles, pid: number, pageSizeBytes: number): KeptFile<PidStatus> {
  return new KeptFile(pathOf(files, pid), (text) => parsePidStatus(text, pageSizeBytes));
}

function pathOf(files: KernelFiles, pid: number | 'self'): string {
  return `${files.proc}/${pid}/status`;
}
