import { signedDecimal } from '../fields.ts';

/** One line of a sysctl.d file that says something. */
export interface SysctlLine {
  /** The path below /proc/sys: `vm/swappiness`, or a pattern such as `vm/*`; may have superfluous slashes. */
  readonly key: string;
  /** Absent in a line `-key`: nothing is set, and patterns pass the key over. */
  readonly value?: string;
  /** From 1. */
  readonly line: number;
}

/**
 * The lines of a file of sysctl.d(5) or sysctl.conf(5): `key = value`, `-key = value` (failing is no error), `-key`. Comments begin with
 * `#` or `;`. What is no assignment is passed over, as systemd-sysctl and procps' sysctl do it.
 *
 *     # keep programs in memory
 *     vm.swappiness = 10
 */
export function parseSysctlLines(text: string): readonly SysctlLine[] {
  const lines: SysctlLine[] = [];
  text.split('\n').forEach((raw, index) => {
    const content = strip(raw);
    if (content === '' || content.startsWith('#') || content.startsWith(';')) return;
    const dashed = content.startsWith('-');
    const equals = content.indexOf('=');
    if (equals < 0 && !dashed) return;
    const key = sysctlPath(strip(content.slice(dashed ? 1 : 0, equals < 0 ? undefined : equals)));
    if (key === '') return;
    const line = index + 1;
    lines.push(equals < 0 ? { key, line } : { key, value: strip(content.slice(equals + 1)), line });
  });
  return lines;
}

/** Blanks as isspace(3) has them in the C locale. */
function strip(text: string): string {
  return text.replace(/^[ \t\r\f\v]+|[ \t\r\f\v]+$/g, '');
}

/**
 * A key as a path below /proc/sys. If its first separator is a slash, dots are left alone; if it is a dot, dots and slashes change places
 * (systemd: src/basic/sysctl-util.c, sysctl_normalize(); procps: src/sysctl.c, slashdot()).
 */
export function sysctlPath(key: string): string {
  const first = /[/.]/.exec(key)?.[0];
  return first === '.' ? key.replace(/[/.]/g, (separator) => (separator === '.' ? '/' : '.')) : key;
}

/** Without superfluous slashes: `/vm//swappiness` is `vm/swappiness`. */
export function simplePath(key: string): string {
  return key.replace(/\/{2,}/g, '/').replace(/^\//, '');
}

/** True when a key is a pattern of glob(7). */
export function isGlob(key: string): boolean {
  return /[*?[]/.test(key);
}

/** What one character may be: itself, any, one of a set; or any number of them. */
type Token =
  | { readonly kind: 'any' }
  | { readonly kind: 'many' }
  | { readonly kind: 'set'; readonly has: (c: string) => boolean };

/** Whether a path matches a pattern of glob(7). Takes no more steps than length times length. */
export function globMatches(pattern: string, path: string): boolean {
  const tokens = globTokens(pattern);
  let at = 0;
  let token = 0;
  let retryAt = -1;
  let retryToken = -1;
  while (at < path.length) {
    const current = tokens[token];
    const character = path.charAt(at);
    if (current?.kind === 'many') {
      token += 1;
      retryToken = token;
      retryAt = at;
    } else if (current?.kind === 'any' ? character !== '/' : current?.has(character) === true) {
      token += 1;
      at += 1;
    } else if (retryToken >= 0 && path[retryAt] !== '/') {
      retryAt += 1;
      at = retryAt;
      token = retryToken;
    } else {
      return false;
    }
  }
  return tokens.slice(token).every(({ kind }) => kind === 'many');
}

function globTokens(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    if (character === '*') tokens.push({ kind: 'many' });
    else if (character === '?') tokens.push({ kind: 'any' });
    else {
      const set = character === '[' ? bracket(pattern.slice(at)) : undefined;
      const literal = character === '\\' && at + 1 < pattern.length ? pattern.charAt(++at) : character;
      tokens.push(set?.token ?? { kind: 'set', has: (c) => c === literal });
      if (set !== undefined) at += set.length - 1;
    }
  }
  return tokens;
}

/** `[a-z]`, `[!a-z]`; undefined when it is not closed: then the bracket stands for itself. A slash is never in a set. */
function bracket(text: string): { readonly token: Token; readonly length: number } | undefined {
  const match = /^\[([!^]?)(\]?[^\]]*)\]/.exec(text);
  if (match === null) return undefined;
  const [whole, negated = '', content = ''] = match;
  if (content === '' || content.includes('/')) return undefined;
  const members = [...content.matchAll(/(.)-(.)|(.)/gs)].map(([, from, to, single]) =>
    single === undefined ? { from: from ?? '', to: to ?? '' } : { from: single, to: single },
  );
  const inSet = (c: string) => members.some(({ from, to }) => c >= from && c <= to);
  return {
    token: { kind: 'set', has: (c) => c !== '/' && inSet(c) === (negated === '') },
    length: whole.length,
  };
}

/**
 * The number that the kernel takes from a text that is written to a sysctl, undefined where it answers EINVAL: decimal, hexadecimal or octal
 * by prefix as in C, a minus sign, what follows after a blank is ignored (kernel/sysctl.c, proc_get_long()). An empty text changes nothing.
 */
export function kernelNumber(text: string): number | undefined {
  const [, sign = '', digits = ''] = /^[ \t\n\v\f\r]*(-?)(0x[0-9a-f]+|[0-9]+)(?:[ \t\n]|$)/i.exec(text) ?? [];
  if (digits === '') return undefined;
  const octal = /^0[0-9]+$/.test(digits);
  if (octal && !/^[0-7]+$/.test(digits)) return undefined;
  const value = octal
    ? parseInt(digits, 8)
    : digits.startsWith('0x') || digits.startsWith('0X')
      ? parseInt(digits, 16)
      : signedDecimal(digits);
  return sign === '-' && value !== 0 ? -value : value;
}
