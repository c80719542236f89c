import { type KernelFiles, type Read, readText } from '../kernel-files.ts';

/** Bytes of a command line that are read: one may be megabytes long, and no screen shows it. */
const CMDLINE_BYTES = 4096;

/** The most that the kernel lets a program have for arguments and environment together: 3/4 of _STK_LIM (fs/exec.c, bprm_stack_limits()). */
const MOST_CMDLINE_BYTES = 6 * 1024 * 1024;

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

/** The whole of it, which may take some megabytes. */
export function readWholeCmdline(files: KernelFiles, pid: number): Read<readonly string[]> {
  return readCmdline(files, pid, MOST_CMDLINE_BYTES);
}

/** Bytes that are read of a Java program's: the class path stands before the name of the program. */
const JAVA_CMDLINE_BYTES = 256 * 1024;

/** As much of it as a Java program needs to be known by. */
export function readJavaCmdline(files: KernelFiles, pid: number): Read<readonly string[]> {
  return readCmdline(files, pid, JAVA_CMDLINE_BYTES);
}

/** Whether arguments that were read may go on behind what was read of them. */
export function isCut(cmdline: readonly string[]): boolean {
  // Bytes that are no UTF-8 take more room as text: a line that is read whole may be taken for a cut one, never the other way round.
  const bytes = cmdline.reduce((sum, argument) => sum + Buffer.byteLength(argument) + 1, 0);
  return bytes >= CMDLINE_BYTES;
}
