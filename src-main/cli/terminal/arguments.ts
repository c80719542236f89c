import { InvalidArgumentError } from 'commander';
import { NAMED_SCOPES, type NamedScope, type Scope } from '#shared/model/scope.ts';
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

/** What `--scope` takes, for help and man page. */
export const SCOPE_HELP =
  'global, cgroup:PATH, container:NAME, compose:PROJECT[/SERVICE], pod:[NAMESPACE/]NAME or app:NAME';

/** Parses `global`, `cgroup:PATH`, or a name such as `container:shop-db-1`, which has to be looked up. */
export function scopeArgument(text: string): Scope | NamedScope {
  if (text === 'global') return { kind: 'global' };
  const colon = text.indexOf(':');
  const what = NAMED_SCOPES.find((each) => each === text.slice(0, colon));
  if (what !== undefined) return { kind: 'named', what, name: nameArgument(text.slice(colon + 1)) };
  if (!text.startsWith('cgroup:')) throw new InvalidArgumentError(terminal.scope);
  return { kind: 'cgroup', path: cgroupPathArgument(text.slice('cgroup:'.length)) };
}

/** Parses the path of a cgroup: one below the mount (`/docker/…`), or the whole path of the folder. */
export function cgroupPathArgument(path: string): string {
  if (path === '') throw new InvalidArgumentError(terminal.scope);
  const parts = path
    .replace(/^\/sys\/fs\/cgroup(\/memory)?(?=\/)/, '')
    .split('/')
    .filter((part) => part !== '');
  if (parts.includes('..') || parts.includes('.') || path.includes('\0')) {
    throw new InvalidArgumentError(terminal.dottedPath);
  }
  return `/${parts.join('/')}`;
}
