import { closeSync, constants, openSync, readSync } from 'node:fs';
import { withDescriptor } from './descriptors.ts';

/** Where the kernel's files are: `/proc`, `/sys` and `/etc`, or the folders of a captured or built tree that stand for them. */
export interface KernelFiles {
  readonly proc: string;
  readonly sys: string;
  readonly etc: string;
}

/** The machine that Lifeboat runs on. */
export const HOST_FILES: KernelFiles = { proc: '/proc', sys: '/sys', etc: '/etc' };

/** What stands before every path of the tree that these files are in: nothing on the machine that Lifeboat runs on. */
export function rootOf({ etc }: KernelFiles): string {
  return etc.replace(/\/etc$/, '');
}

/**
 * Why a kernel file gave nothing. `missing`: it is not there or no longer (a vanished process or cgroup is normal). `denied`: not
 * for us. `failed`: the kernel refused for another reason, named by `errno` (EOPNOTSUPP where PSI is off, EIO). `malformed`: a
 * field that we know does not look as the kernel writes it.
 */
export type ReadFailureReason = 'missing' | 'denied' | 'failed' | 'malformed';

/** A kernel file that could not be used. */
export interface ReadFailure {
  readonly ok: false;
  readonly why: ReadFailureReason;
  readonly path: string;
  /** The system's name of the error, for example `EACCES`. Absent when the file was read and did not parse. */
  readonly errno?: string;
}

/** What reading a kernel file gave. */
export type Read<T> = { readonly ok: true; readonly value: T } | ReadFailure;

/** More than any file that is read whole here holds; one that goes on longer is cut. */
const MOST_BYTES = 1 << 20;

/** One buffer for all reads: the sampler is synchronous, and a buffer for each of thousands of files would be garbage at once. */
const scratch = Buffer.allocUnsafeSlow(1 << 16);

/** ENODEV: a kernfs file (cgroup, sysfs) that was removed between open and read. */
const MISSING = new Set(['ENOENT', 'ESRCH', 'ENOTDIR', 'ENODEV', 'ENAMETOOLONG']);
const DENIED = new Set(['EACCES', 'EPERM']);

/** Turns an error of a file call into a value. Anything that is not the system's refusal is a bug and is thrown on. */
export function readFailure(error: unknown, path: string): ReadFailure {
  const errno = error instanceof Error && 'syscall' in error && 'code' in error ? error.code : undefined;
  if (typeof errno !== 'string') throw error;
  const why = MISSING.has(errno) ? 'missing' : DENIED.has(errno) ? 'denied' : 'failed';
  return { ok: false, why, path, errno };
}

/**
 * The first `mostBytes` bytes of a kernel file; with `oneRecord` what a single read gives. Files of procfs have size 0, so it reads until nothing more comes. The bytes are
 * valid until the next call.
 */
export function readBytes(path: string, mostBytes: number = MOST_BYTES, oneRecord = false): Read<Buffer> {
  let descriptor: number;
  try {
    // Kernel files do not mind; a FIFO in the place of a file would wait for a writer.
    descriptor = withDescriptor(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  } catch (error) {
    return readFailure(error, path);
  }
  try {
    let buffer = scratch;
    let length = 0;
    for (;;) {
      const room = Math.min(buffer.length, mostBytes) - length;
      if (room === 0) {
        if (length === mostBytes) break;
        buffer = Buffer.concat([buffer], Math.min(buffer.length * 4, mostBytes));
        continue;
      }
      const count = readSync(descriptor, buffer, length, room, null);
      if (count === 0) break;
      length += count;
      if (oneRecord && count < room) break;
    }
    return { ok: true, value: buffer.subarray(0, length) };
  } catch (error) {
    return readFailure(error, path);
  } finally {
    closeSync(descriptor);
  }
}

/** The first `mostBytes` bytes of a kernel file as text. Bytes that are not UTF-8 become U+FFFD: names of processes may hold any byte. */
export function readText(path: string, mostBytes: number = MOST_BYTES): Read<string> {
  const read = readBytes(path, mostBytes);
  return read.ok ? { ok: true, value: read.value.toString('utf8') } : read;
}

/**
 * As `readParsed`, for a file that the kernel prints whole before it gives any of it away (fs/seq_file.c single_open(), and sysctls):
 * one read has all there is, and a second one that only finds the end is saved. With hundreds of files a second that counts.
 */
export function readRecord<T>(path: string, parse: (text: string) => T | undefined): Read<T> {
  const read = readBytes(path, MOST_BYTES, true);
  if (!read.ok) return read;
  const value = parse(read.value.toString('utf8'));
  return value === undefined ? { ok: false, why: 'malformed', path } : { ok: true, value };
}

/** Reads and parses a file; `malformed` where `parse` gives undefined. */
export function readParsed<T>(
  path: string,
  parse: (text: string) => T | undefined,
  mostBytes: number = MOST_BYTES,
): Read<T> {
  const read = readText(path, mostBytes);
  if (!read.ok) return read;
  const value = parse(read.value);
  return value === undefined ? { ok: false, why: 'malformed', path } : { ok: true, value };
}
