import { mkdirSync } from 'node:fs';
import { fail, type Result } from '#shared/result.ts';
import { attempt, inside, isErrno, isRootsAlone, withFolder } from '../files.ts';
import { type Tree } from '../tree.ts';
import { withLock } from './lock.ts';

const PARENT = '/run';
const FOLDER = 'lifeboat';

/** Does the work in /run/lifeboat, which is root's alone and is empty after a boot, as the settings that are registered in it are gone. */
export function withRunFolder<T>(tree: Tree, work: (folder: number) => Result<T>): Result<T> {
  const path = `${PARENT}/${FOLDER}`;
  return attempt(path, () =>
    withFolder(tree.root + PARENT, (parent) => {
      if (!isRootsAlone(parent)) return fail('refused-target', { what: 'changeable', path: PARENT });
      makePrivate(parent);
      return withFolder(inside(parent, FOLDER), (folder) =>
        isRootsAlone(folder) ? work(folder) : fail('refused-target', { what: 'changeable', path }),
      );
    }),
  );
}

/** Does the work while no other helper of this machine does any under the lock. */
export function underLock<T>(tree: Tree, work: (folder: number) => Result<T>): Result<T> {
  return withRunFolder(tree, (folder) => withLock(folder, () => work(folder)));
}

function makePrivate(parent: number): void {
  try {
    mkdirSync(inside(parent, FOLDER), { mode: 0o700 });
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
}
