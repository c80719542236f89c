import { signedDecimal } from '../fields.ts';
import { type KernelFiles, type Read, readRecord } from '../kernel-files.ts';
import { KeptFile } from '../kept-file.ts';

/** What /proc/PID/stat says of a process, or of one of its threads. */
export interface PidStat {
  readonly pid: number;
  /** comm as it is: at most 15 bytes, any byte. */
  readonly name: string;
  /** One letter: R, S, D, Z, T, t, X, I … */
  readonly state: string;
  readonly parentPid: number;
  /** task_struct.flags of the leader: PF_KTHREAD and others of include/linux/sched.h. */
  readonly flags: number;
  readonly threads: number;
  /** Field 7 is not 0: it has a controlling terminal. */
  readonly hasTty: boolean;
  /** Field 22: clock ticks from boot to its start. */
  readonly startTicks: number;
  /** Field 10: page faults that had not to wait for a disk. */
  readonly minorFaults: number;
  /** Field 12: those that had to. */
  readonly majorFaults: number;
  /** Field 23: all that is mapped. */
  readonly sizeBytes: number;
  /**
   * Field 24: resident pages as get_mm_rss() gives them, the same per-CPU approximation that oom_badness() adds up. status and statm
   * show the exact sum on kernels with fs/proc/task_mmu.c of 6.16 (and stable updates); this one agrees with the OOM killer's own
   * table to the page on 6.1, 6.12 and 6.18. 0 without an address space.
   */
  readonly rssPages: number;
}

/** include/linux/sched.h. */
export const PF_KTHREAD = 0x00200000;

export function isKernelThread(stat: PidStat): boolean {
  return (stat.flags & PF_KTHREAD) !== 0;
}

/** Parses /proc/PID/stat. comm stands in parentheses, unescaped, and may hold parentheses, blanks and newlines: the last `)` ends it. */
export function parsePidStat(text: string): PidStat | undefined {
  const open = text.indexOf(' (');
  const close = text.lastIndexOf(') ');
  if (open < 1 || close < open) return undefined;
  const fields = text.slice(close + 2).split(' ', 23);
  // The one after the last that is wanted: without it that one may be cut.
  if (fields.length < 23) return undefined;
  const pid = signedDecimal(text.slice(0, open));
  const [state = ''] = fields;
  const parentPid = signedDecimal(fields[1] ?? '');
  const flags = signedDecimal(fields[6] ?? '');
  const threads = signedDecimal(fields[17] ?? '');
  const startTicks = signedDecimal(fields[19] ?? '');
  const minorFaults = signedDecimal(fields[7] ?? '');
  const majorFaults = signedDecimal(fields[9] ?? '');
  const sizeBytes = signedDecimal(fields[20] ?? '');
  const rssPages = signedDecimal(fields[21] ?? '');
  const faults = minorFaults + majorFaults;
  const sum = pid + parentPid + flags + threads + startTicks + faults + sizeBytes + rssPages;
  if (Number.isNaN(sum) || !/^[A-Za-z]$/.test(state)) return undefined;
  return {
    pid,
    name: text.slice(open + 2, close),
    state,
    parentPid,
    flags,
    threads,
    hasTty: fields[4] !== '0',
    startTicks,
    minorFaults,
    majorFaults,
    sizeBytes,
    rssPages,
  };
}

/**
 * /proc/PID/stat: Documentation/filesystems/proc.rst table 1-4, fs/proc/array.c do_task_stat().
 *
 *     42 (a) R 1) S 1 42 42 0 -1 4194560 90 0 0 0 0 0 0 0 20 0 1 0 3245 2490368 180 …
 */
export function readPidStat(files: KernelFiles, pid: number): Read<PidStat> {
  return readRecord(pathOf(files, pid), parsePidStat);
}

/** The same, held open. */
export function keepPidStat(files: KernelFiles, pid: number): KeptFile<PidStat> {
  return new KeptFile(pathOf(files, pid), parsePidStat);
}

function pathOf(files: KernelFiles, pid: number): string {
  return `${files.proc}/${pid}/stat`;
}
