import { lstatSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Who besides root may be able to change what root is about to run. `root`: no other user. `user`: the user of Lifeboat, where root is open
 * to that user anyway (WSL), or where the user has confirmed it (sudo).
 */
export type TrustLevel = 'root' | 'user';

/** Whose files are trusted besides root's at level `user`. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The first of a file and the folders above it that another user could change, at this level; undefined when there is none. `path` has to
 * be a real path: a folder that holds a link would have to be looked at as well. Access lists show in the bits of the group.
 */
export function changeableBy(path: string, level: TrustLevel, owner: Owner): string | undefined {
  if (realpathSync(path) !== path) return path;
  for (let part = path; ; part = dirname(part)) {
    const { uid, gid, mode } = lstatSync(part);
    const isOwn = level === 'user' && uid === owner.uid;
    const groupMay = (mode & 0o020) !== 0 && !(level === 'user' && gid === owner.gid);
    if ((uid !== 0 && !isOwn) || groupMay || (mode & 0o002) !== 0) return part;
    if (part === '/') return undefined;
  }
}
