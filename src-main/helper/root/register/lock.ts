import {
  closeSync,
  constants,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { fail, type Result } from '#shared/result.ts';
import { inside, isErrno } from '../files.ts';
import { isAlive, ownIdentity, parseIdentity, type ProcessIdentity } from './process-identity.ts';

/** Wait for the lock, in milliseconds: work under it takes milliseconds. A helper that holds it longer has stopped, and keeps it. */
const PATIENCE_MS = 3000;
const PAUSE_MS = 5;
const PREFIX = 'lock.';

/**
 * Does the work while no other process does any under the lock of this folder. Plain Node has neither flock() nor fcntl(), so the lock is
 * a row of files, `lock.1`, `lock.2` and so on, of which the highest counts. Each holds the identity of its holder, and is emptied when the
 * holder is done: a holder that has died holds nothing. Taking it is link(), which fails where the number is taken. The highest is never
 * removed, so that two processes which both find a dead holder cannot both become its successor.
 */
export function withLock<T>(folder: number, work: () => Result<T>): Result<T> {
  const patientUntil = performance.now() + PATIENCE_MS;
  for (;;) {
    const held = tryLock(folder);
    if (held !== undefined) {
      try {
        return work();
      } finally {
        truncateSync(inside(folder, held));
      }
    }
    if (performance.now() > patientUntil) return fail('busy', { with: 'change-under-way' });
    pause();
  }
}

/** The name of the lock file that is ours now; undefined while another process holds the lock. */
function tryLock(folder: number): string | undefined {
  const highest = Math.max(0, ...numbers(folder));
  const holder = highest === 0 ? undefined : holderOf(folder, highest);
  if (holder !== undefined && isAlive(holder)) return undefined;
  const mine = highest + 1;
  const name = `${PREFIX}${mine}`;
  if (!linkOwn(folder, name)) return undefined;
  const now = numbers(folder);
  // The list from which the number was taken may have been old: then a higher one counts.
  if (now.some((number) => number > mine)) {
    remove(folder, name);
    return undefined;
  }
  for (const number of now) if (number < mine) remove(folder, `${PREFIX}${number}`);
  return name;
}

function numbers(folder: number): readonly number[] {
  return readdirSync(inside(folder, '.')).flatMap((name) => {
    const number = /^lock\.(\d{1,15})$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/** Undefined where the lock is free, or has just been taken by a successor. */
function holderOf(folder: number, number: number): ProcessIdentity | undefined {
  try {
    const text = readFileSync(inside(folder, `${PREFIX}${number}`), 'latin1');
    return text === '' ? undefined : parseIdentity(JSON.parse(text));
  } catch (error) {
    if (isErrno(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Makes the file complete under a name of our own, and gives it the other name in one step. False where that name is taken. */
function linkOwn(folder: number, name: string): boolean {
  const identity = ownIdentity();
  const own = inside(folder, `.${identity.pidNamespace}.${identity.pid}.${identity.startTicks}`);
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const file = openSync(own, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  try {
    writeFileSync(file, JSON.stringify(identity));
    linkSync(own, inside(folder, name));
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  } finally {
    closeSync(file);
    unlinkSync(own);
  }
}

function remove(folder: number, name: string): void {
  try {
    unlinkSync(inside(folder, name));
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Sleeps without giving other work of this process a turn. */
function pause(): void {
  Atomics.wait(never, 0, 0, PAUSE_MS);
}
