import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type FailureOf } from '#shared/result.ts';
import { withDescriptor } from '../proc/descriptors.ts';
import { readFailure } from '../proc/kernel-files.ts';
import { unsafePath } from './own-path.ts';

/** Why a file of the user's cannot be taken. */
export type OwnFileFault =
  | { readonly kind: 'missing' }
  /** A folder, a FIFO, a device, or a link where none is followed. */
  | { readonly kind: 'no-file' }
  | { readonly kind: 'too-large' }
  /** Others may write to it. */
  | { readonly kind: 'changeable' }
  | { readonly kind: 'unsafe'; readonly failure: FailureOf<'path-unsafe'> }
  | { readonly kind: 'unreadable'; readonly errno: string | undefined };

/** What is asked of a file. */
export interface OwnFileOptions {
  readonly mostBytes: number;
  /** Whether the file itself may be a link: configuration that people keep elsewhere is, state never is. */
  readonly followLinks: boolean;
}

export type OwnFile =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly fault: OwnFileFault };

/**
 * The text of a file that decides what Lifeboat does. It has to be a regular file that only this user and root can change, by a path that only
 * they can change; opening it never waits, as it would for a FIFO, and no more than `mostBytes` are read, whatever its size is said to be.
 */
export function readOwnFile(path: string, { mostBytes, followLinks }: OwnFileOptions): OwnFile {
  const unsafe = unsafePath(path);
  if (unsafe !== undefined) return refused({ kind: 'unsafe', failure: unsafe });
  let descriptor: number;
  try {
    const links = followLinks ? 0 : constants.O_NOFOLLOW;
    descriptor = withDescriptor(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | links));
  } catch (error) {
    const { errno, why } = readFailure(error, path);
    if (why === 'missing') return refused({ kind: 'missing' });
    // ELOOP: a link. ENXIO: a socket.
    return refused(
      errno === 'ELOOP' || errno === 'ENXIO' ? { kind: 'no-file' } : { kind: 'unreadable', errno },
    );
  }
  try {
    const { mode, size, uid } = fstatSync(descriptor);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) return refused({ kind: 'no-file' });
    if ((uid !== process.geteuid?.() && uid !== 0) || (mode & 0o022) !== 0) {
      return refused({ kind: 'changeable' });
    }
    if (size > mostBytes) return refused({ kind: 'too-large' });
    const buffer = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (let count = -1; count !== 0 && length < buffer.length; length += count) {
      count = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
    if (length > mostBytes) return refused({ kind: 'too-large' });
    return { ok: true, text: buffer.toString('utf8', 0, length) };
  } catch (error) {
    return refused({ kind: 'unreadable', errno: readFailure(error, path).errno });
  } finally {
    closeSync(descriptor);
  }
}

function refused(fault: OwnFileFault): OwnFile {
  return { ok: false, fault };
}
