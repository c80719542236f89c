import { decimal } from '../fields.ts';
import { type KernelFiles, type Read, readRecord } from '../kernel-files.ts';

/** /proc/PID/statm, in pages. All 0 for a process without an address space. */
export interface PidStatm {
  readonly sizePages: number;
  /** File, shared and anonymous memory: what oom_badness() calls rss. */
  readonly residentPages: number;
  /** File and shared memory. */
  readonly sharedPages: number;
}

/** The resident pages by kind, for kernels before 4.5, which counted shared memory as file pages. */
export function splitFromStatm(statm: PidStatm): {
  readonly rssAnonPages: number;
  readonly rssFilePages: number;
  readonly rssShmemPages: number;
} {
  return {
    rssAnonPages: Math.max(0, statm.residentPages - statm.sharedPages),
    rssFilePages: statm.sharedPages,
    rssShmemPages: 0,
  };
}

/** Parses /proc/PID/statm. */
export function parsePidStatm(text: string): PidStatm | undefined {
  const [size = '', resident = '', shared = ''] = text.trimEnd().split(' ');
  const statm = {
    sizePages: decimal(size),
    residentPages: decimal(resident),
    sharedPages: decimal(shared),
  };
  return Object.values(statm).some(Number.isNaN) ? undefined : statm;
}

/**
 * /proc/PID/statm: size, resident, shared, text, 0, data and 0, in pages; fs/proc/array.c proc_pid_statm().
 *
 *     944 490 454 36 0 106 0
 */
export function readPidStatm(files: KernelFiles, pid: number): Read<PidStatm> {
  return readRecord(`${files.proc}/${pid}/statm`, parsePidStatm);
}
