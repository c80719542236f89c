import { type KernelFiles, type Read, readText } from '../kernel-files.ts';

/** As much of a command line as is looked at: one may be megabytes long, and no screen shows it. */
const CMDLINE_BYTES = 4096;

/** The arguments in a text of /proc/PID/cmdline. */
export function parseCmdline(text: string): readonly string[] {
  const end = text.replace(/\0+$/, '');
  return end === '' ? [] : end.split('\0');
}

/**
 * /proc/PID/cmdline: the arguments, each ended by NUL; fs/proc/base.c get_mm_cmdline(). Empty for kernel threads and zombies. A
 * process may write over it (setproctitle): then it is one text, with blanks in it and NULs after it.
 *
 *     sleep\0infinity\0
 */
export function readCmdline(
  files: KernelFiles,
  pid: number,
  mostBytes: number = CMDLINE_BYTES,
): Read<readonly string[]> {
  const read = readText(`${files.proc}/${pid}/cmdline`, mostBytes);
  return read.ok ? { ok: true, value: parseCmdline(read.value) } : read;
}
