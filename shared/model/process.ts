import { type ProcessNames } from './owners/names.ts';
import { type Unit } from './unit.ts';

/** A process for as long as it lives. A bare pid may belong to another process a moment later. */
export interface ProcessId {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks (1/100 s) from boot to its start. */
  readonly startTicks: number;
}

/** One text for one process: the key of everything that is remembered of it. */
export function processKey({ pid, startTicks }: ProcessId): string {
  return `${pid}:${startTicks}`;
}

/** True when both are the same process, not only the same pid. */
export function sameProcess(a: ProcessId, b: ProcessId): boolean {
  return a.pid === b.pid && a.startTicks === b.startTicks;
}

/** What a process looked like when it was chosen. */
export interface ProcessLook {
  /** comm, as /proc/PID/stat has it. */
  readonly name: string;
  /** Effective user. */
  readonly uid: number;
  readonly parentPid: number;
  /** Device and inode of the program's file, `DEVICE:INODE`; absent where it may not be seen: that of another user's process, without root. */
  readonly program?: string;
  /**
   * A clock tick from boot in which it was there. Two processes of one pid can begin in the same tick, but the pid was its own for all of
   * that tick when it was still there in a later one.
   */
  readonly seenAtTicks: number;
}

/** A process with enough detail to distinguish it from any later one with its pid. */
export interface SeenProcess extends ProcessId {
  readonly look: ProcessLook;
}

/** What the kernel has on its books for one address space, in pages, as oom_badness() adds it up. */
export interface MemoryFigures {
  readonly rssPages: number;
  /** The part of the resident pages that is anonymous: freed when the last process that maps it dies. */
  readonly rssAnonPages: number;
  readonly rssFilePages: number;
  readonly rssShmemPages: number;
  readonly swapPages: number;
  readonly pageTablePages: number;
}

/**
 * Why the kernel does not take a process (mm/oom_kill.c, oom_unkillable_task() and oom_badness()). `passed-over`: for the moment, because
 * its memory is being taken away already (MMF_OOM_SKIP) or it is a child in vfork(); the kernel's own score says so.
 */
export type IneligibleReason =
  'global-init' | 'kernel-thread' | 'no-memory' | 'oom-score-adj-minimum' | 'passed-over';

/** The program known to have written a process's oom_score_adj, where its own files say so. */
export type AdjustedBy = 'chromium';

/** One process as people see it, with the figures that decide. */
export interface ProcessFacts extends ProcessId, MemoryFigures {
  /** The kernel's comm, at most 15 bytes; may hold any character. */
  readonly name: string;
  /** The command line joined by spaces, with what looks like a secret hidden; the name in brackets where the kernel gives none. May hold any character. */
  readonly command: string;
  /** By what people know it. */
  readonly names?: ProcessNames;
  readonly user: string;
  /** The systemd unit, from the cgroup path. */
  readonly unit?: Unit;
  /** `runtime:id`, from the cgroup path: `docker:4f6e…`. */
  readonly container?: string;
  /** Path of its memory cgroup, relative to the mount of that hierarchy. */
  readonly cgroup: string;
  readonly parentPid: number;
  readonly threads: number;
  readonly badnessPages: number;
  /** What oom_score_adj adds to the badness; negative for protected ones. */
  readonly adjustmentPages: number;
  readonly oomScore: number;
  readonly oomScoreAdj: number;
  readonly adjustedBy?: AdjustedBy;
}
