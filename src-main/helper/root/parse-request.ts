import { type HelperRequest, type HelperVerb } from '#shared/contract/helper.ts';
import { CGROUP_FILES } from '#shared/model/cgroup-change.ts';
import { ok, type Result } from '#shared/result.ts';
import { SYSCTL_NAMES, type SysctlChange } from '#shared/model/sysctl/sysctl.ts';
import { SYSCTL_RANGES } from '#shared/model/sysctl/ranges.ts';
import { isStartingUnit } from '#shared/model/unit.ts';
import { bad, Mistake, wrong, object, oneOf, type Reader, type Readers, whole } from './fields.ts';

type Request<V extends HelperVerb> = Extract<HelperRequest, { verb: V }>;
type Changes = Request<'set-sysctls'>['changes'];

const MOST = Number.MAX_SAFE_INTEGER;
/** The longest path of a cgroup: an answer that names it must fit in a line even when each byte has to be escaped. */
const PATH_BYTES = 2048;
/** PID_MAX_LIMIT of include/linux/threads.h. */
const PID_MAX = 2 ** 22;
const UID_MAX = 2 ** 32 - 1;
/** Twice TASK_COMM_LEN, since a thread of a worker pool may have a longer one (fs/proc/array.c, proc_task_name()). */
const COMM_LENGTH = 64;

const positive = whole(1, MOST);
const adj = whole(-1000, 1000);
/** Seconds until a pending change reverts: ten minutes at most, since the user no longer watches it after that. */
const pendingSeconds = whole(1, 600);
const sysctl = { name: oneOf(SYSCTL_NAMES), value: whole(-MOST, MOST) };
const change = object(sysctl, { expected: whole(-MOST, MOST) });

const look = object(
  { name: comm, uid: whole(0, UID_MAX), parentPid: whole(0, PID_MAX), seenAtTicks: whole(0, MOST) },
  { program: deviceAndInode },
);

/** Which fields a verb has beside its name, and what they may be. */
const REQUESTS: { readonly [V in HelperVerb]: Reader<Request<V>> } = {
  ping: request<'ping', object, object>('ping', {}),
  'set-adj': request(
    'set-adj',
    { process: object({ pid: whole(1, PID_MAX), startTicks: whole(0, MOST), look }), oomScoreAdj: adj },
    { expected: adj },
  ),
  'set-sysctls': request('set-sysctls', { changes }, { pendingSeconds }),
  'keep-sysctl': (value, what) => inRange(request('keep-sysctl', sysctl)(value, what)),
  'forget-sysctl': request('forget-sysctl', { name: sysctl.name }),
  'keep-unit-adj': request('keep-unit-adj', { unit: unitName, oomScoreAdj: adj }, { expected: comm }),
  'forget-unit-adj': request('forget-unit-adj', { unit: unitName }, { expected: comm }),
  'set-cgroup': request(
    'set-cgroup',
    { path: cgroupPath, file: oneOf(CGROUP_FILES), value: limit },
    { mayKill: oneOf([true, false]), pendingSeconds },
  ),
  confirm: request('confirm', { change: positive }),
  extend: request('extend', { change: positive }),
  revert: request('revert', { change: positive }),
  'follow-kernel-log': request<'follow-kernel-log', object, object>('follow-kernel-log', {}),
};
const line = object({ id: positive, request: (value) => value });

/** What a line asks for. `id` is 0 where the line does not tell it. */
export interface ParsedLine {
  readonly id: number;
  readonly request: Result<HelperRequest>;
}

/** Reads one line. Nothing of it is trusted: neither that it is JSON, nor a type, nor a range, nor that there is nothing else in it. */
export function parseLine(text: string): ParsedLine {
  let id = 0;
  try {
    const call = line(parseJson(text), 'a line');
    id = call.id;
    return { id, request: ok(parseRequest(call.request)) };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return { id, request: error.failure };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw bad({ problem: 'line', fault: 'not-json' });
  }
}

function parseRequest(value: unknown): HelperRequest {
  const named = typeof value === 'object' && value !== null && 'verb' in value ? value.verb : undefined;
  if (typeof named !== 'string' || !isVerb(named)) throw bad({ problem: 'line', fault: 'no-verb' });
  return REQUESTS[named](value, named);
}

function isVerb(name: string): name is HelperVerb {
  return Object.hasOwn(REQUESTS, name);
}

function request<V extends HelperVerb, N extends object, M extends object>(
  verb: V,
  needs: Readers<N>,
  may?: Readers<M>,
): Reader<{ readonly verb: V } & N & Partial<M>> {
  const all = { verb: oneOf([verb]), ...needs } as Readers<{ readonly verb: V } & N>;
  return object(all, may);
}

function changes(value: unknown): Changes {
  if (!Array.isArray(value) || value.length === 0 || value.length > SYSCTL_NAMES.length)
    throw wrong('changes', 'no-list');
  const all = value.map((entry: unknown) => inRange(change(entry, 'a change')));
  const twice = all.find(({ name }, index) => all.findIndex((other) => other.name === name) < index);
  if (twice !== undefined) throw bad({ problem: 'twice', name: twice.name });
  for (const { name, value: newValue } of all) {
    const cleared = all.find((other) => other.name === SYSCTL_RANGES[name].clears);
    if (newValue !== 0 && cleared !== undefined && cleared.value !== 0)
      throw bad({ problem: 'contradiction', name, other: cleared.name });
  }
  return all;
}

function inRange<T extends SysctlChange>(requested: T): T {
  const { lowest, highest } = SYSCTL_RANGES[requested.name];
  whole(lowest, highest)(requested.value, 'value');
  return requested;
}

function limit(value: unknown, what: string): number | 'max' {
  return value === 'max' ? 'max' : whole(0, MOST)(value, what);
}

/** Any text: it is compared, and goes nowhere else. */
function comm(value: unknown, what: string): string {
  if (typeof value !== 'string' || value.length > COMM_LENGTH) throw wrong(what, 'no-choice');
  return value;
}

/** Two numbers of up to 64 bits: compared as text, and goes nowhere else. */
function deviceAndInode(value: unknown, what: string): string {
  if (typeof value !== 'string' || !/^\d{1,20}:\d{1,20}$/.test(value)) throw wrong(what, 'no-choice');
  return value;
}

function unitName(value: unknown): string {
  if (typeof value !== 'string' || !isStartingUnit(value)) throw wrong('unit', 'no-unit');
  return value;
}

/** Relative to the mount, with or without a slash in front; each part is opened by itself later, so that no link is ever followed. */
function cgroupPath(value: unknown): string {
  if (typeof value !== 'string' || Buffer.byteLength(value) > PATH_BYTES) throw wrong('path', 'no-cgroup');
  const parts = value.replace(/^\//, '').split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || /[\0\n]/.test(part)))
    throw wrong('path', 'no-cgroup');
  return parts.join('/');
}
