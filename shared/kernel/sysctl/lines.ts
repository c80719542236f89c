import { type BootReader } from './disk.ts';

/** One line of a sysctl.d file that says something. */
export interface SysctlLine {
  /** The path below /proc/sys: `vm/swappiness`, or a pattern such as `vm/*`; may have superfluous slashes. */
  readonly key: string;
  /** Absent in a line `-key`: nothing is set, and patterns pass the key over. */
  readonly value?: string;
  /** From 1. */
  readonly line: number;
}

/** A line as it stands in the file. */
export interface RawLine {
  readonly text: string;
  /** From 1, as an editor counts. */
  readonly line: number;
}

/**
 * The lines of a file of sysctl.d(5) or sysctl.conf(5): `key = value`, `-key = value` (failing is no error), `-key`. Comments begin with
 * `#` or `;`. Any other line is ignored, as systemd-sysctl and procps' sysctl do it.
 *
 *     # keep programs in memory
 *     vm.swappiness = 10
 */
export function parseSysctlLines(text: string, reader: BootReader = 'systemd'): readonly SysctlLine[] {
  return rawLines(text, reader).flatMap((raw) => assignment(raw, reader) ?? []);
}

/**
 * The lines of a text without blanks around them. For systemd a carriage return alone and a NUL end a line (src/basic/fileio.c,
 * read_line_full()); procps reads up to the newline, and of that up to a NUL (getline(3)).
 */
export function rawLines(text: string, reader: BootReader): readonly RawLine[] {
  return text.split('\n').flatMap((whole, index) => {
    const parts = reader === 'procps' ? [whole.split('\0', 1)[0] ?? ''] : whole.split(/[\r\0]/);
    return parts.map((part) => ({ text: strip(part, reader), line: index + 1 }));
  });
}

/** What a line sets; undefined for comments and for what is no assignment. */
export function assignment({ text, line }: RawLine, reader: BootReader): SysctlLine | undefined {
  if (isComment(text)) return undefined;
  const dashed = text.startsWith('-');
  const equals = text.indexOf('=');
  if (equals < 0 && !dashed) return undefined;
  const name = text.slice(0, equals < 0 ? undefined : equals);
  // procps takes two dashes and no blank behind them (src/sysctl.c, parse_setting_line()).
  const key = sysctlPath(
    reader === 'procps' ? strip(name, reader).replace(/^--?/, '') : strip(name.replace(/^-/, ''), reader),
  );
  if (key === '') return undefined;
  return equals < 0 ? { key, line } : { key, value: strip(text.slice(equals + 1), reader), line };
}

/** True for lines that say nothing. */
export function isComment(text: string): boolean {
  return text === '' || text.startsWith('#') || text.startsWith(';');
}

/** Blanks at both ends: systemd's WHITESPACE, or isspace(3) in the C locale. */
function strip(text: string, reader: BootReader): string {
  return reader === 'procps'
    ? text.replace(/^[ \t\r\f\v]+|[ \t\r\f\v]+$/g, '')
    : text.replace(/^[ \t\r]+|[ \t\r]+$/g, '');
}

/**
 * A key as a path below /proc/sys. If its first separator is a slash, dots are left alone; if it is a dot, dots and slashes change places
 * (systemd: src/basic/sysctl-util.c, sysctl_normalize(); procps: src/sysctl.c, slashdot()).
 */
export function sysctlPath(key: string): string {
  const first = /[/.]/.exec(key)?.[0];
  return first === '.' ? key.replace(/[/.]/g, (separator) => (separator === '.' ? '/' : '.')) : key;
}

/** Without superfluous slashes: `/vm//swappiness` is `vm/swappiness`. systemd also drops `.` and a slash at the end (path_simplify()). */
export function simplePath(key: string, reader: BootReader = 'systemd'): string {
  const single = key.replace(/\/{2,}/g, '/').replace(/^\//, '');
  if (reader === 'procps') return single;
  return single
    .split('/')
    .filter((part) => part !== '.' && part !== '')
    .join('/');
}
