import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { type Failure, fail, ok, type Result } from '#shared/result.ts';

const { O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = constants;

/** What an errno means where it does not mean the usual. */
export type Meanings = Readonly<Record<string, (subject: string, errno: string) => Result<never>>>;

function missing(path: string, errno: string): Result<never> {
  return fail('not-found', { what: 'file', path, errno });
}
function denied(subject: string, errno: string): Result<never> {
  return fail('denied-by-system', { subject, errno });
}

const USUAL: Meanings = {
  ENOENT: missing,
  ENODEV: missing,
  ENOTDIR: (path, errno) => fail('refused-target', { what: 'no-folder', path, errno }),
  ELOOP: (path, errno) => fail('refused-target', { what: 'link', path, errno }),
  ESRCH: (subject, errno) => fail('process-gone', { what: 'subject', subject, errno }),
  EACCES: denied,
  EPERM: denied,
  EROFS: denied,
};

/** The errno of a refusal by attempt(); undefined where the failure has none. */
export function errnoOf({ facts }: Failure): string | undefined {
  return 'errno' in facts ? facts.errno : undefined;
}

/** Runs file calls on `what`. The system's refusals become values, by `meanings` first; everything else is a bug and is thrown on. */
export function attempt<T>(what: string, work: () => Result<T>, meanings: Meanings = {}): Result<T> {
  try {
    return work();
  } catch (error) {
    return refusal(what, error, meanings);
  }
}

function refusal(what: string, error: unknown, meanings: Meanings): Result<never> {
  const errno = error instanceof Error && 'syscall' in error && 'code' in error ? error.code : undefined;
  if (typeof errno !== 'string') throw error;
  const meaning = meanings[errno] ?? USUAL[errno];
  return meaning?.(what, errno) ?? fail('io-failed', { what: 'use', path: what, errno });
}

/** Whether the system refused a call with this errno. */
function isErrno(error: unknown, errno: string): boolean {
  return error instanceof Error && 'code' in error && error.code === errno;
}

/** The handle of a folder, which stays that folder's whatever takes its name later. A symbolic link is refused. */
export function openFolder(path: string): number {
  return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

/** Opens a folder, does the work with its handle, and closes it. */
export function withFolder<T>(path: string, work: (folder: number) => T): T {
  const folder = openFolder(path);
  try {
    return work(folder);
  } finally {
    closeSync(folder);
  }
}

/** A name in an open folder, whatever the folder is called by now. */
export function inside(folder: number, name: string): string {
  return `/proc/self/fd/${folder}/${name}`;
}

/** What the call returns; `otherwise` where the system refuses it with this errno. */
export function unless<T>(errno: string, otherwise: T, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (isErrno(error, errno)) return otherwise;
    throw error;
  }
}

/** Makes a folder for root alone in an open folder, where it is not there yet. */
export function makePrivate(parent: number, name: string): void {
  unless('EEXIST', undefined, () => {
    mkdirSync(inside(parent, name), { mode: 0o700 });
  });
}

/** Removes a file from an open folder. One that is gone already is no failure. */
export function unlink(folder: number, name: string): void {
  unless('ENOENT', undefined, () => {
    unlinkSync(inside(folder, name));
  });
}

/** Writes a value as a file for root alone. */
export function writePrivate(path: string, value: unknown): void {
  const file = openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  try {
    writeFileSync(file, JSON.stringify(value));
  } finally {
    closeSync(file);
  }
}

/** The value in a file of an open folder; undefined where it is not there, or not whole. */
export function readJson(folder: number, name: string, mostBytes?: number): unknown {
  const text = unless('ENOENT', '', () => readStart(inside(folder, name), mostBytes));
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A folder that root alone may change: what lies in it was put there by root. */
export function isRootsAlone(folder: number): boolean {
  const { uid, mode } = fstatSync(folder);
  return uid === process.getuid?.() && (mode & 0o022) === 0;
}

/** Taken at once: what may be large is seldom so, and the helper has to stay small. */
const PIECE_BYTES = 16 * 1024;

/** The beginning of a file, at most `mostBytes`. Never waits: a pipe in its place would. */
export function readStart(path: string, mostBytes = 4096): string {
  const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const pieces: Buffer[] = [];
    for (let left = mostBytes, count = -1; count !== 0 && left > 0; left -= count) {
      const piece = Buffer.alloc(Math.min(left, PIECE_BYTES));
      count = readSync(file, piece);
      pieces.push(piece.subarray(0, count));
    }
    return Buffer.concat(pieces).toString('utf8');
  } finally {
    closeSync(file);
  }
}

/** A file of the kernel that holds one value. Reading and writing go through one descriptor. */
export interface ControlFile {
  read(): string;
  write(value: string): Result<void>;
}

/** Opens a control file for reading and writing, does the work, and closes it. */
export function withControlFile<T>(path: string, work: (file: ControlFile) => T): T {
  const descriptor = openSync(path, O_RDWR | O_NOFOLLOW);
  const buffer = Buffer.alloc(64);
  try {
    return work({
      read() {
        const length = readSync(descriptor, buffer, 0, buffer.length, 0);
        return buffer.toString('latin1', 0, length).split('\n', 1)[0] ?? '';
      },
      write(value) {
        // At position 0 and in one piece: the kernel takes a sysctl in no other way (Documentation, sysctl_writes_strict).
        writeSync(descriptor, `${value}\n`, 0);
        return ok(undefined);
      },
    });
  } finally {
    closeSync(descriptor);
  }
}

/** A whole number as the kernel prints it; undefined for anything else. */
export function wholeNumber(text: string): number | undefined {
  return /^-?\d{1,20}$/.test(text) ? Number(text) : undefined;
}

/** Reads a control file without the right to write it. */
export function readControl(path: string): Result<string> {
  return attempt(path, () => ok(readStart(path, 64).split('\n', 1)[0] ?? ''));
}

/** Writes a control file that cannot be read. */
export function writeControl(path: string, value: string): Result<void> {
  return attempt(path, () => {
    const descriptor = openSync(path, O_WRONLY | O_NOFOLLOW);
    try {
      writeSync(descriptor, `${value}\n`, 0);
      return ok(undefined);
    } finally {
      closeSync(descriptor);
    }
  });
}
