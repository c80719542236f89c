import { InvalidArgumentError } from 'commander';
import { type Scope } from '#shared/model/scope.ts';
import { terminal } from '#shared/words/en/terminal.ts';

/** pid_max is at most 2^22 (include/linux/threads.h, PID_MAX_LIMIT). */
const MOST_PID = 2 ** 22;

/** Parses a whole number in decimal digits within bounds. */
export function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < lowest || value > highest) {
      throw new InvalidArgumentError(terminal.wholeNumber(lowest, highest));
    }
    return value;
  };
}

/** The same with a sign: `-500`, `+300`. */
export function signedNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d{1,9}$/.test(text) || value < lowest || value > highest) {
      throw new InvalidArgumentError(terminal.wholeNumber(lowest, highest));
    }
    return value;
  };
}

export const pidArgument = wholeNumber(1, MOST_PID);

/** The longest name that a request may carry. */
const MOST_NAME = 300;

/** A name as it is; an empty one is a variable of a script that was not set. */
export function nameArgument(text: string): string {
  if (text === '') throw new InvalidArgumentError(terminal.notEmpty);
  if (text.length > MOST_NAME) throw new InvalidArgumentError(terminal.tooLong(MOST_NAME));
  return text;
}

/** Parses `global` or `cgroup:PATH`; the path may be one below the mount (`/docker/…`) or the whole path of the folder. */
export function scopeArgument(text: string): Scope {
  if (text === 'global') return { kind: 'global' };
  const path = text.startsWith('cgroup:') ? text.slice('cgroup:'.length) : undefined;
  if (path === undefined || path === '') {
    throw new InvalidArgumentError(terminal.scope);
  }
  const parts = path
    .replace(/^\/sys\/fs\/cgroup(\/memory)?(?=\/)/, '')
    .split('/')
    .filter((part) => part !== '');
  if (parts.includes('..') || parts.includes('.') || path.includes('\0')) {
    throw new InvalidArgumentError(terminal.dottedPath);
  }
  return { kind: 'cgroup', path: `/${parts.join('/')}` };
}
