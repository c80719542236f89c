import { readlinkSync } from 'node:fs';
import { type KernelFiles } from '../kernel-files.ts';

/**
 * /proc/PID/exe: the path of the program that a process runs; fs/proc/base.c proc_exe_link(). Undefined where there is none (a thread of the
 * kernel, a zombie) and where it may not be read: that of another user, and of a program that gave up being dumped. Ends in ` (deleted)` when the
 * file was replaced since.
 *
 *     /usr/bin/python3.11
 */
export function readExe(files: KernelFiles, pid: number): string | undefined {
  try {
    return readlinkSync(`${files.proc}/${pid}/exe`);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  }
}
