import { type KernelFiles, type Read, readParsed } from '../kernel-files.ts';

/** How many files we may have open. Infinity: no limit. */
export interface SelfLimits {
  readonly openFilesSoft: number;
  readonly openFilesHard: number;
}

/** Parses /proc/PID/limits. */
export function parseLimits(text: string): SelfLimits | undefined {
  const match = /^Max open files +(\d+|unlimited) +(\d+|unlimited) /m.exec(text);
  if (match === null) return undefined;
  const limit = (word: string | undefined): number => (word === 'unlimited' ? Infinity : Number(word));
  return { openFilesSoft: limit(match[1]), openFilesHard: limit(match[2]) };
}

/**
 * /proc/self/limits: fs/proc/base.c proc_pid_limits().
 *
 *     Max open files            1024                 524288               files
 */
export function readSelfLimits(files: KernelFiles): Read<SelfLimits> {
  return readParsed(`${files.proc}/self/limits`, parseLimits);
}
