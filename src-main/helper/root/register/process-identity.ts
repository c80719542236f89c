import { readdirSync, readlinkSync } from 'node:fs';
import { ok } from '#shared/result.ts';
import { attempt, readStart, unless } from '../files.ts';
import { statFields } from '../stat-fields.ts';

/** A process for as long as it lives, as /proc/PID/stat tells it: its pid, and the clock tick in which it began. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: number;
  /** In which its pid counts, as `pid:[4026531836]`: a container may have /run in common with the machine, but not its pids. */
  readonly pidNamespace: string;
}

/** PROC_PID_INIT_INO of include/linux/proc_ns.h: from there all processes of the machine are seen. */
const INITIAL = 'pid:[4026531836]';

const pidNamespace = readlinkSync('/proc/self/ns/pid');

/** The identity of a process of this machine; undefined when there is none of this pid, or only a zombie. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const read = (path: string) => unless('ESRCH', '', () => readStart(path));
  const stat = statFields(unless('ENOENT', '', () => read(`/proc/${pid}/stat`)));
  return stat === undefined || 'ZXx'.includes(stat.state)
    ? undefined
    : { pid, startTicks: stat.startTicks, pidNamespace };
}

/** This very process. */
export function ownIdentity(): ProcessIdentity {
  const own = identityOf(process.pid);
  if (own === undefined) throw new Error('/proc does not know this process');
  return own;
}

/** Whether a process still runs; one that is stopped does, and one of another namespace may, where that is out of sight. */
export function isAlive(identity: ProcessIdentity): boolean {
  return pidHere(identity) !== undefined;
}

/** Lets a process go on that was stopped. One that is traced or frozen does not. */
export function wake(identity: ProcessIdentity): void {
  const pid = pidHere(identity) ?? 0;
  if (pid > 0) attempt('SIGCONT', () => ok(process.kill(pid, 'SIGCONT')));
}

/** The pid that a living process has for us: 0 where it is out of sight, undefined when it has ended. */
function pidHere({ pid, startTicks, pidNamespace: its }: ProcessIdentity): number | undefined {
  const isIt = (each: number) => identityOf(each)?.startTicks === startTicks;
  if (its === pidNamespace) return isIt(pid) ? pid : undefined;
  if (pidNamespace !== INITIAL) return 0;
  return readdirSync('/proc')
    .map(Number)
    .find((each) => each > 0 && isIt(each) && readlinkSync(`/proc/${each}/ns/pid`) === its);
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
