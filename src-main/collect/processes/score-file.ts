import { closeSync, openSync, readSync } from 'node:fs';
import { withDescriptor } from '../../proc/descriptors.ts';
import { type KernelFiles } from '../../proc/kernel-files.ts';
import { oomScorePath, parseOomScore } from '../../proc/pid/oom-score.ts';

/** A line of oom_score is never longer. */
const scratch = Buffer.allocUnsafeSlow(16);

/** A descriptor of the oom_score of a process; undefined when the process has ended, or no descriptor is left. */
export function openScore(files: KernelFiles, pid: number): number | undefined {
  try {
    return withDescriptor(() => openSync(oomScorePath(files, pid), 'r'));
  } catch {
    return undefined;
  }
}

/** What the kernel prints now; undefined when the process is dead (ESRCH). */
export function readScore(descriptor: number): number | undefined {
  try {
    return parseOomScore(scratch, readSync(descriptor, scratch, 0, 16, 0));
  } catch {
    return undefined;
  }
}

/** The same by path, for a process of which no descriptor is kept. */
export function readScoreOnce(files: KernelFiles, pid: number): number | undefined {
  const descriptor = openScore(files, pid);
  if (descriptor === undefined) return undefined;
  try {
    return readScore(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
