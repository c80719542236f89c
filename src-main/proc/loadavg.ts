import { type KernelFiles } from './kernel-files.ts';
import { KeptFile } from './kept-file.ts';

/** The pid that was given out last, to a process or a thread. */
export function parseLastPid(text: string): number | undefined {
  const match = /^[\d.]+ [\d.]+ [\d.]+ \d+\/\d+ (\d+)\n?$/.exec(text);
  return match === null ? undefined : Number(match[1]);
}

/**
 * The last field of /proc/loadavg: Documentation/filesystems/proc.rst, fs/proc/loadavg.c loadavg_proc_show(). As long as it stays the
 * same, no process was started in the reader's pid namespace.
 *
 *     0.20 0.18 0.12 1/80 11206
 */
export function keepLastPid(files: KernelFiles): KeptFile<number> {
  return new KeptFile(`${files.proc}/loadavg`, parseLastPid);
}
