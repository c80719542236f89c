import {
  constants,
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { withDescriptor } from './proc/descriptors.ts';

/** Links that are followed at most. */
const MOST_LINKS = 16;

/** Files of this machine, or of the tree that stands for one: what is absent or refused is undefined, never an error. */
export class FileTree {
  /** What stands before every path; empty on the machine itself. */
  readonly root: string;

  constructor(root = '') {
    this.root = root;
  }

  /** The first `mostBytes` of a regular file as text. Never waits: a FIFO is no regular file. */
  read(path: string, mostBytes: number): string | undefined {
    return this.readBytes(path, mostBytes)?.toString('utf8');
  }

  /** The same as bytes; undefined where the file is larger. */
  readWhole(path: string, mostBytes: number): Buffer | undefined {
    const bytes = this.readBytes(path, mostBytes + 1);
    return bytes === undefined || bytes.length > mostBytes ? undefined : bytes;
  }

  readBytes(path: string, mostBytes: number): Buffer | undefined {
    return quietly(() => {
      const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
      const descriptor = withDescriptor(() => openSync(this.root + path, flags));
      try {
        const stat = fstatSync(descriptor);
        if (!stat.isFile()) return undefined;
        const buffer = Buffer.alloc(Math.min(mostBytes, stat.size));
        let length = 0;
        while (length < buffer.length) {
          const count = readSync(descriptor, buffer, length, buffer.length - length, length);
          if (count === 0) break;
          length += count;
        }
        return buffer.subarray(0, length);
      } finally {
        closeSync(descriptor);
      }
    });
  }

  /** Names in a folder, sorted; empty where there is none. */
  names(path: string): readonly string[] {
    return quietly(() => withDescriptor(() => readdirSync(this.root + path)).sort()) ?? [];
  }

  /** Modification time in milliseconds, and whether it is a folder. */
  stat(
    path: string,
  ): { readonly mtimeMs: number; readonly isFolder: boolean; readonly uid: number } | undefined {
    return quietly(() => {
      const stat = statSync(this.root + path);
      return { mtimeMs: stat.mtimeMs, isFolder: stat.isDirectory(), uid: stat.uid };
    });
  }

  /** Where a path really leads, links followed; undefined where that is not there. */
  realPath(path: string): string | undefined {
    if (this.root === '') return quietly(() => realpathSync(path));
    // Links of a tree lead to places in the tree.
    let at = path;
    for (let links = 0; links < MOST_LINKS; links++) {
      const target = quietly(() => readlinkSync(this.root + at));
      if (target === undefined) return this.stat(at) === undefined ? undefined : at;
      at = resolve(dirname(at), target);
    }
    return undefined;
  }
}

/** What a file call gives; undefined where the system refuses it. A path with a NUL is refused as well. */
function quietly<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return undefined;
    throw error;
  }
}
