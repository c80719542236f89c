import { unitsOf } from '../kernel/cgroup/names.ts';
import { basename } from './clean.ts';
import { type NamedTask, type NamesWorld } from './facts.ts';

/** Steps to an ancestor that are taken at most. */
const MOST_STEPS = 16;
/** TASK_COMM_LEN - 1 (include/linux/sched.h). */
const COMM_BYTES = 15;

/** The program of a process. */
export interface Program {
  /** Name of its file. */
  readonly name: string;
  /** Its path, without the kernel's note that the file was replaced. */
  readonly path?: string;
  /** The kernel or an administrator's unit says so, not the process itself. */
  readonly isSure: boolean;
}

/** Its ancestors, nearest first. */
export function ancestorsOf(task: NamedTask, world: NamesWorld): readonly NamedTask[] {
  const found: NamedTask[] = [];
  let at = world.task(task.parentPid);
  while (at !== undefined && found.length < MOST_STEPS && at.pid !== task.pid && !found.includes(at)) {
    found.push(at);
    at = world.task(at.parentPid);
  }
  return found;
}

/** The path of a program without what the kernel adds for a replaced file (`/usr/bin/x (deleted)`). */
export function exePath(task: NamedTask): string | undefined {
  return task.exe?.replace(/ \(deleted\)$/, '');
}

/** The arguments. Chromium and Firefox write all of them into one text. */
export function wordsOf({ argv }: NamedTask): readonly string[] {
  const [only = ''] = argv;
  const isRewritten = argv.length === 1 && / (?:--type=|-contentproc)/.test(only);
  return isRewritten ? only.split(/ (?=-)/) : argv;
}

/**
 * The path of its program, where another process proves what may not be read: a sandboxed child names its parent's program, or "the same as
 * mine" (`/proc/self/exe`).
 */
export function provenPath(task: NamedTask, ancestors: readonly NamedTask[]): string | undefined {
  const own = exePath(task);
  if (own !== undefined) return own;
  const first = wordsOf(task)[0] ?? '';
  const isItself = first === '/proc/self/exe';
  if (!isItself && !first.startsWith('/')) return undefined;
  return ancestors
    .filter(({ uid }) => uid === task.uid)
    .map((ancestor) => ({ path: exePath(ancestor), comm: ancestor.comm }))
    .find(({ path, comm }) => path !== undefined && (isItself ? comm === task.comm : path === first))?.path;
}

/** Whether a system unit, a container or root vouches for the names that a process gives itself. */
function isVouchedFor({ uid, cgroup }: NamedTask, isInContainer: boolean): boolean {
  if (uid === 0 || isInContainer) return true;
  const [system] = unitsOf(cgroup);
  return (
    system !== undefined && !/^(?:user@\d+\.service|session-[^.]+\.scope|init\.scope)$/.test(system.name)
  );
}

/** The program of a process, by its file, by an ancestor's, or by what it calls itself. */
export function programOfTask(
  task: NamedTask,
  ancestors: readonly NamedTask[],
  isInContainer: boolean,
): Program {
  const path = provenPath(task, ancestors);
  if (path !== undefined) return { name: unwrapped(basename(path)), path, isSure: true };
  const first = basename(task.argv[0] ?? '').replace(/^-/, '');
  const isWhole = first !== '' && isCommOf(task.comm, first);
  return { name: isWhole ? first : task.comm, isSure: isVouchedFor(task, isInContainer) };
}

/** Whether a comm is what the kernel makes of a program's name: its first 15 bytes. */
function isCommOf(comm: string, name: string): boolean {
  return (
    name === comm ||
    (comm.length > 0 &&
      byteLength(comm) >= COMM_BYTES - 3 &&
      byteLength(comm) <= COMM_BYTES &&
      name.startsWith(comm))
  );
}

function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Nix starts `X` by a script and calls the program `.X-wrapped`. */
function unwrapped(name: string): string {
  return /^\.(.+)-wrapped$/.exec(name)?.[1] ?? name;
}
