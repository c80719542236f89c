import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { normalize } from 'node:path';
import { withDescriptor } from '../../proc/descriptors.ts';
import { readFailure } from '../../proc/kernel-files.ts';

/** Folders in which only root makes files: what stands there is the system's. */
const FOLDERS = [
  '/etc/',
  '/usr/',
  '/bin/',
  '/sbin/',
  '/lib/',
  '/opt/',
  '/run/',
  '/nix/store/',
  '/gnu/store/',
];
/** open(2): names a file without opening it. Node does not name it. */
const O_PATH = 0o10000000;

/** A file of the system as it was read. */
export interface SystemFile {
  readonly bytes: Buffer;
  readonly changedMs: number;
}

/**
 * Reads a file whose path comes from a process, which any user may have started: a regular one of root's, or of the user who runs Lifeboat, in a folder of the
 * system, which others may not write, and no larger than `mostBytes`. Undefined where it is anything else. What it is is asked before it is
 * opened, since to open a device may have effects.
 */
export function readSystemFile(root: string, path: string, mostBytes: number): SystemFile | undefined {
  if (normalize(path) !== path || !FOLDERS.some((folder) => path.startsWith(folder))) return undefined;
  try {
    const named = withDescriptor(() => openSync(root + path, O_PATH));
    try {
      const { uid, mode, size, mtimeMs, ...stat } = statOf(named);
      const isOurs = uid === 0 || uid === process.geteuid?.();
      if (!stat.isFile || !isOurs || (mode & 0o002) !== 0 || size > mostBytes) return undefined;
      const file = withDescriptor(() => openSync(`/proc/self/fd/${named}`, constants.O_RDONLY));
      try {
        return { bytes: readFileSync(file).subarray(0, mostBytes), changedMs: mtimeMs };
      } finally {
        closeSync(file);
      }
    } finally {
      closeSync(named);
    }
  } catch (error) {
    readFailure(error, path);
    return undefined;
  }
}

function statOf(descriptor: number) {
  const stat = fstatSync(descriptor);
  const { uid, mode, size, mtimeMs } = stat;
  return { uid, mode, size, mtimeMs, isFile: stat.isFile() };
}
