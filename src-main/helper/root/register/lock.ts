import { linkSync, readdirSync, truncateSync } from 'node:fs';
import { fail, type Result } from '#shared/result.ts';
import { inside, readJson, unless, unlink, writePrivate } from '../files.ts';
import { isAlive, ownIdentity, parseIdentity, type ProcessIdentity, wake } from './process-identity.ts';

const PREFIX = 'lock.';

/**
 * Does the work where no other process does any under the lock of this folder; fails with `busy` where one does. Plain Node has neither flock() nor fcntl(), so the lock is
 * a row of files, `lock.1`, `lock.2` and so on, of which the highest counts. Each holds the identity of its holder, and is emptied when the
 * holder is done: a holder that has died holds nothing. Taking it is link(), which fails where the number is taken. The highest is never
 * removed, so that two processes which both find a dead holder cannot both become its successor. A holder that was stopped
 * is woken: if the lock were taken from it, it would write later what it has read before.
 */
export function withLock<T>(folder: number, work: () => Result<T>): Result<T> {
  const held = tryLock(folder);
  if (held === undefined) return fail('busy', { with: 'change-under-way' });
  try {
    return work();
  } finally {
    truncateSync(inside(folder, held));
  }
}

/** The name of the lock file that is ours now; undefined while another process holds the lock. */
function tryLock(folder: number): string | undefined {
  const highest = Math.max(0, ...numbers(folder));
  const holder = highest === 0 ? undefined : holderOf(folder, highest);
  if (holder !== undefined && isAlive(holder)) {
    wake(holder);
    return undefined;
  }
  const mine = highest + 1;
  const name = `${PREFIX}${mine}`;
  if (!linkOwn(folder, name)) return undefined;
  const now = numbers(folder);
  // The list from which the number was taken may have been old: then a higher one counts.
  if (now.some((number) => number > mine)) {
    unlink(folder, name);
    return undefined;
  }
  for (const number of now) if (number < mine) unlink(folder, `${PREFIX}${number}`);
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
  return parseIdentity(readJson(folder, `${PREFIX}${number}`));
}

/** Makes the file complete under a name of our own, and gives it the other name in one step. False where that name is taken. */
function linkOwn(folder: number, name: string): boolean {
  const identity = ownIdentity();
  const own = `.${identity.pidNamespace}.${identity.pid}.${identity.startTicks}`;
  try {
    writePrivate(inside(folder, own), identity);
    return unless('EEXIST', false, () => {
      linkSync(inside(folder, own), inside(folder, name));
      return true;
    });
  } finally {
    unlink(folder, own);
  }
}
