import { readFileSync, readlinkSync } from 'node:fs';
import { isErrno } from '../files.ts';

/** A process for as long as it lives, as /proc/PID/stat tells it: its pid, and the clock tick in which it began. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: number;
  /** In which its pid counts, as `pid:[4026531836]`: a container may have /run in common with the machine, but not its pids. */
  readonly pidNamespace: string;
}

const pidNamespace = readlinkSync('/proc/self/ns/pid');

/** The identity of a process of this machine; undefined when there is none of this pid, or only a zombie. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ESRCH')) return undefined;
    throw error;
  }
  // The name in parentheses may hold any byte, so the last `)` counts (Documentation/filesystems/proc.rst, table 1-4).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = ''] = fields;
  const startTicks = Number(fields[19]);
  return 'ZXx'.includes(state) || !Number.isSafeInteger(startTicks)
    ? undefined
    : { pid, startTicks, pidNamespace };
}

/** This very process. */
export function ownIdentity(): ProcessIdentity {
  const own = identityOf(process.pid);
  if (own === undefined) throw new Error('/proc does not know this process');
  return own;
}

/** Whether a process still runs; one that is stopped does, and one of another namespace may. */
export function isAlive({ pid, startTicks, pidNamespace: its }: ProcessIdentity): boolean {
  return its !== pidNamespace || identityOf(pid)?.startTicks === startTicks;
}

/** An identity from a file; undefined where it is malformed. */
export function parseIdentity(value: unknown): ProcessIdentity | undefined {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('startTicks' in value))
    return undefined;
  if (!('pidNamespace' in value) || typeof value.pidNamespace !== 'string') return undefined;
  const { pid, startTicks } = value;
  return Number.isSafeInteger(pid) && Number.isSafeInteger(startTicks)
    ? { pid: Number(pid), startTicks: Number(startTicks), pidNamespace: value.pidNamespace }
    : undefined;
}
