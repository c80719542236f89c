import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { fail, ok, type Result } from '#shared/result.ts';
import { makeFolder } from './folders.ts';
import { unsafePath } from './own-path.ts';
import { withDescriptor } from '../proc/descriptors.ts';
import { readFailure } from '../proc/kernel-files.ts';

/**
 * Replaces a file in one step: a reader sees the old text or the new one, also after a crash. A link is followed, so that files that people keep
 * elsewhere stay there, and the mode is kept; `followLinks: false`, for state, replaces the link and sets the mode.
 */
export function writeWhole(path: string, text: string, mode = 0o644, followLinks = true): Result<null> {
  const unsafe = unsafePath(path);
  if (unsafe !== undefined) return { ok: false, error: unsafe };
  let unfinished: string | undefined;
  try {
    makeFolder(dirname(path));
    const target = followLinks ? realTarget(path) : path;
    const name = `${target}.${process.pid}.new`;
    // Left by a program of the same pid that was killed; whatever it is, it is not written to.
    rmSync(name, { force: true });
    const descriptor = withDescriptor(() => openSync(name, 'wx', mode));
    unfinished = name;
    try {
      fchmodSync(descriptor, (followLinks ? modeOf(target) : undefined) ?? mode);
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(name, target);
    unfinished = undefined;
    return ok(null);
  } catch (error) {
    const { errno } = readFailure(error, path);
    return fail('io-failed', { what: 'write', path, errno });
  } finally {
    if (unfinished !== undefined) rmSync(unfinished, { force: true });
  }
}

/** Takes a file away; one that is not there is fine, and one that stays is read again. */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    readFailure(error, path);
  }
}

/** What changes when a file does; undefined when it is not there. */
export function fileSignature(path: string): string | undefined {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    const { why } = readFailure(error, path);
    return why === 'missing' ? undefined : why;
  }
}

function realTarget(path: string): string {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? path : realpathSync(path);
}

function modeOf(path: string): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? undefined : found.mode & 0o777;
}
