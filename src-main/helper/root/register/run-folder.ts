import { fail, type Result } from '#shared/result.ts';
import { attempt, inside, isRootsAlone, makePrivate, withFolder } from '../files.ts';
import { type Tree } from '../tree.ts';
import { withLock } from './lock.ts';

const PARENT = '/run';
const FOLDER = 'lifeboat';
/** Wait for the lock, in milliseconds: work under it takes milliseconds. A helper that holds it longer cannot run, and keeps it. */
const PATIENCE_MS = 3000;
const PAUSE_MS = 5;

/** Does the work in /run/lifeboat, which is root's alone and is empty after a boot, as the settings that are registered in it are gone. */
export function withRunFolder<T>(tree: Tree, work: (folder: number) => Result<T>): Result<T> {
  const path = `${PARENT}/${FOLDER}`;
  return attempt(path, () =>
    withFolder(tree.root + PARENT, (parent) => {
      if (!isRootsAlone(parent)) return fail('refused-target', { what: 'changeable', path: PARENT });
      makePrivate(parent, FOLDER);
      return withFolder(inside(parent, FOLDER), (folder) =>
        isRootsAlone(folder) ? work(folder) : fail('refused-target', { what: 'changeable', path }),
      );
    }),
  );
}

/** Does the work while no other helper of this machine does any under the lock. Fails with `busy` after a while. */
export async function underLock<T>(tree: Tree, work: (folder: number) => Result<T>): Promise<Result<T>> {
  for (const patientUntil = performance.now() + PATIENCE_MS; ;) {
    const done = withRunFolder(tree, (folder) => withLock(folder, () => work(folder)));
    if (done.ok || done.error.code !== 'busy' || performance.now() > patientUntil) return done;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
