import { wholeNumber } from './files.ts';

/** What /proc/PID/stat says of a process. */
export interface StatFields {
  readonly name: string;
  readonly state: string;
  readonly parentPid: number;
  readonly flags: number;
  readonly startTicks: number;
}

/** /proc/PID/stat. The name in parentheses may hold any byte, so the last `)` counts (Documentation/filesystems/proc.rst, table 1-4). */
export function statFields(text: string): StatFields | undefined {
  const close = text.lastIndexOf(')');
  const name = text.slice(text.indexOf('(') + 1, close);
  const fields = text.slice(close + 2).split(' ');
  const [state = ''] = fields;
  const parentPid = wholeNumber(fields[1] ?? '');
  const flags = wholeNumber(fields[6] ?? '');
  const startTicks = wholeNumber(fields[19] ?? '');
  if (parentPid === undefined || flags === undefined || startTicks === undefined) return undefined;
  return { name, state, parentPid, flags, startTicks };
}
