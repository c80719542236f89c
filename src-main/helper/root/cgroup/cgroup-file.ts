import { closeSync, fstatSync } from 'node:fs';
import { type CgroupFile } from '#shared/model/cgroup-change.ts';
import { fail, type Result } from '#shared/result.ts';
import { attempt, inside, type Meanings, openFolder, readStart, wholeNumber } from '../files.ts';

/** What is known of a file that can be set. */
interface FileFacts {
  /** Which version of cgroups has it. */
  readonly version: 1 | 2;
  /** Where what is in use stands, when the file is a limit that kills. */
  readonly usage?: string;
}

export const FILES: Readonly<Record<CgroupFile, FileFacts>> = {
  'memory.max': { version: 2, usage: 'memory.current' },
  'memory.high': { version: 2 },
  'memory.min': { version: 2 },
  'memory.low': { version: 2 },
  'memory.oom.group': { version: 2 },
  'memory.limit_in_bytes': { version: 1, usage: 'memory.usage_in_bytes' },
  'memory.soft_limit_in_bytes': { version: 1 },
  'memory.memsw.limit_in_bytes': { version: 1, usage: 'memory.memsw.usage_in_bytes' },
};

/** What the kernel's refusals of a limit mean. */
export const ON_WRITE: Meanings = {
  EBUSY: (subject, errno) => fail('would-kill', { what: 'kernel', subject, errno }),
  EINVAL: (subject, errno) => fail('out-of-range', { what: 'kernel', subject, errno }),
};

/** Which cgroup it is: another one that takes the name later has another inode. */
export interface CgroupIdentity {
  readonly device: string;
  readonly inode: string;
}

/** The identity of an open cgroup. */
export function cgroupIdentity(folder: number): CgroupIdentity {
  const { dev, ino } = fstatSync(folder, { bigint: true });
  return { device: dev.toString(), inode: ino.toString() };
}

/** Bytes that are in use in an open cgroup by one of its files; undefined where that is no number. */
export function usageIn(folder: number, file: string): number | undefined {
  return wholeNumber(readStart(inside(folder, file)).trim());
}

/** Opens a cgroup part by part, each through the handle of the one above: no link and no `..` can lead out of the hierarchy. */
export function withCgroup<T>(
  mountPoint: string,
  path: string,
  work: (folder: number) => Result<T>,
): Result<T> {
  return attempt(`The cgroup ${path}`, () => {
    let folder = openFolder(mountPoint);
    try {
      for (const part of path.split('/')) {
        const next = openFolder(inside(folder, part));
        closeSync(folder);
        folder = next;
      }
      return work(folder);
    } finally {
      closeSync(folder);
    }
  });
}
