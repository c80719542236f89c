import { lstatSync, realpathSync, statSync, type Stats } from 'node:fs';
import { readFailure } from './kernel-files.ts';

/** What a path leads to; undefined where nothing is there, or the system refuses to say (EACCES, ELOOP, ENAMETOOLONG). */
export function fileStat(path: string): Stats | undefined {
  return orUndefined(path, () => statSync(path, { throwIfNoEntry: false }));
}

/** The same without following a link at the end. */
export function linkStat(path: string): Stats | undefined {
  return orUndefined(path, () => lstatSync(path, { throwIfNoEntry: false }));
}

/** The path without links; undefined where it cannot be followed. */
export function realPath(path: string): string | undefined {
  return orUndefined(path, () => realpathSync(path));
}

function orUndefined<T>(path: string, ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    readFailure(error, path);
    return undefined;
  }
}
