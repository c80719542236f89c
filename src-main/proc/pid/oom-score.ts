import { type KernelFiles } from '../kernel-files.ts';

const NEWLINE = 10;

/** Where a process's oom_score is: the sampler keeps it open. */
export function oomScorePath(files: KernelFiles, pid: number): string {
  return `${files.proc}/${pid}/oom_score`;
}

/**
 * Parses the first `length` bytes of /proc/PID/oom_score without making a string: this runs once a process and tick. Undefined
 * unless they are decimal digits and a newline.
 */
export function parseOomScore(buffer: Uint8Array, length: number): number | undefined {
  const end = length - 1;
  if (end < 1 || end > 15 || buffer[end] !== NEWLINE) return undefined;
  let score = 0;
  for (let index = 0; index < end; index++) {
    const digit = (buffer[index] ?? 0) - 48;
    if (digit < 0 || digit > 9) return undefined;
    score = score * 10 + digit;
  }
  return score;
}
