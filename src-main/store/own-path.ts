import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, type FailureOf } from '#shared/result.ts';
import { HOST_FILES } from '../proc/kernel-files.ts';
import { readUserIds } from '../proc/user-ids.ts';

/** As many links as the kernel follows in one path (MAXSYMLINKS of include/linux/namei.h). */
const MOST_LINKS = 40;

/** Whose files may decide where Lifeboat reads and writes: this user's and root's. In a user namespace root itself may be unmapped. */
function isTrusted(uid: number): boolean {
  return uid === process.geteuid?.() || uid === 0 || uid === readUserIds(HOST_FILES).unmapped;
}

/**
 * Why another user could decide what is at `path`, now or while it is used; undefined where only this user and root can. Each folder on the
 * way, and each link, has to belong to one of them; a folder that others may write to has to be sticky, as /tmp is. A path that does not
 * exist yet has no owner. The rule of sshd's StrictModes (OpenSSH, misc.c safe_path()), for links as well.
 */
export function unsafePath(path: string): FailureOf<'path-unsafe'> | undefined {
  const waiting = path.split('/').filter((part) => part !== '');
  let at = '/';
  let links = 0;
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    if (part === '.') continue;
    if (part === '..') {
      at = dirname(at);
      continue;
    }
    const next = join(at, part);
    const found = statOf(next);
    if (found === undefined) return undefined;
    if (!isTrusted(found.uid)) return unsafe({ what: 'foreign', path: next, uid: found.uid });
    if (found.isSymbolicLink()) {
      links += 1;
      if (links > MOST_LINKS) return unsafe({ what: 'links', path });
      const target = readlinkSync(next);
      if (target.startsWith('/')) at = '/';
      waiting.unshift(...target.split('/').filter((each) => each !== ''));
      continue;
    }
    const isOpen = (found.mode & 0o002) !== 0 && (found.mode & 0o1000) === 0;
    if (isOpen && found.isDirectory()) return unsafe({ what: 'changeable', path: next });
    at = next;
  }
  return undefined;
}

/** Undefined where nothing is there, or it cannot be asked: then it cannot be used either. */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

function unsafe(facts: FailureOf<'path-unsafe'>['facts']): FailureOf<'path-unsafe'> {
  return fail('path-unsafe', facts).error;
}
