import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { fail, ok, type Result } from '#shared/result.ts';
import { attempt, inside, isRootsAlone, readStart, unless, withFolder } from './files.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;

/** No configuration file that Lifeboat shares with others comes near this. */
const MOST_BYTES = 64 * 1024;

/** Does the work in a folder of /etc that only root can change. */
export function withConfigFolder<T>(path: string, work: (folder: number) => Result<T>): Result<T> {
  return attempt(path, () =>
    withFolder(path, (folder) =>
      isRootsAlone(folder) ? work(folder) : fail('refused-target', { what: 'changeable', path }),
    ),
  );
}

/** A folder in an open folder; made when it is not there. */
export function makeFolder(folder: number, name: string): Result<void> {
  unless('EEXIST', undefined, () => {
    mkdirSync(inside(folder, name), { mode: 0o755 });
    fsyncSync(folder);
  });
  return ok(undefined);
}

/** A file of configuration before and after an edit; empty where there is none. */
export interface Edited {
  readonly before: string;
  readonly after: string;
}

/** Gives a file in an open folder another text, and reads it back. An empty text removes it; the same text writes nothing. */
export function editConfig(
  folder: number,
  name: string,
  change: (before: string) => Result<string>,
): Result<Edited> {
  return attempt(name, () => {
    const before = readConfig(folder, name);
    if (!before.ok) return before;
    const wanted = change(before.value);
    if (!wanted.ok) return wanted;
    if (wanted.value !== before.value) {
      if (wanted.value === '') removeConfig(folder, name);
      else replaceConfig(folder, name, wanted.value);
    }
    const after = readConfig(folder, name);
    if (!after.ok || after.value === wanted.value)
      return after.ok ? ok({ before: before.value, after: after.value }) : after;
    return fail('read-back-differs', { what: 'file', path: name });
  });
}

/** The text of a file in an open folder; empty when there is none. */
function readConfig(folder: number, name: string): Result<string> {
  const text = unless('ENOENT', '', () => readStart(inside(folder, name), MOST_BYTES + 1));
  return Buffer.byteLength(text) > MOST_BYTES
    ? fail('refused-target', { what: 'too-large', path: name })
    : ok(text);
}

/**
 * Replaces a file in an open folder, mode 0644. A reader sees the old or the new text, also after a power cut: it is written
 * beside, flushed, renamed, and the folder flushed. The name it has until then does not end in .conf, so no program reads it.
 */
function replaceConfig(folder: number, name: string, text: string): void {
  const beside = inside(folder, `.${name}.${randomBytes(8).toString('hex')}`);
  const file = openSync(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    try {
      writeFileSync(file, text);
      fchmodSync(file, 0o644);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, inside(folder, name));
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  fsyncSync(folder);
}

function removeConfig(folder: number, name: string): void {
  unlinkSync(inside(folder, name));
  fsyncSync(folder);
}
