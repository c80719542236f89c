import { closeSync, constants, openSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessId, type ProcessLook, type SeenProcess } from '#shared/model/process.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { compact } from '#shared/optional.ts';
import { withDescriptor } from '../descriptors.ts';
import { type KernelFiles, readFailure, readParsed } from '../kernel-files.ts';
import { parsePidStat } from './stat.ts';

/** Two clock ticks (USER_HZ is 100): a process seen before and after has outlived the tick in which it began. */
const TWO_TICKS_MS = 20;

/** How a process looks, without the tick in which it was seen. */
type Appearance = Omit<ProcessLook, 'seenAtTicks'> & Pick<ProcessId, 'startTicks'>;

/** Whether a process looks as it was seen. */
export function looksLike(seen: ProcessLook, now: Appearance | undefined): boolean {
  return (
    now !== undefined &&
    seen.seenAtTicks > now.startTicks &&
    seen.name === now.name &&
    seen.uid === now.uid &&
    seen.parentPid === now.parentPid &&
    (seen.program === undefined || seen.program === now.program)
  );
}

/** Reads how the process of an open folder looks; undefined when it has ended. */
export function readLook(folder: string): Appearance | undefined {
  const stat = readParsed(`${folder}/stat`, parsePidStat);
  const uid = readParsed(`${folder}/status`, (text) => /^Uid:\t\d+\t(\d+)\t/m.exec(text)?.[1]);
  if (!stat.ok || !uid.ok) return undefined;
  const { name, parentPid, startTicks } = stat.value;
  return { name, parentPid, startTicks, uid: Number(uid.value), ...compact({ program: programOf(folder) }) };
}

/** Undefined for threads of the kernel, and where it is not for us to see (PTRACE_MODE_READ). */
function programOf(folder: string): string | undefined {
  try {
    const { dev, ino } = statSync(`${folder}/exe`, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    readFailure(error, `${folder}/exe`);
    return undefined;
  }
}

/**
 * Looks at a process so that it cannot be mistaken for another one that takes its pid. All is read through one handle of its folder,
 * which no other process ever gets, before and after the tick in which it began is over. `name` is what it was called when it was meant.
 */
export async function seeProcess(
  files: KernelFiles,
  { pid, startTicks }: ProcessId,
  name?: string,
): Promise<Result<SeenProcess>> {
  const gone = fail('process-gone', { what: 'process', pid });
  let folder: number;
  try {
    folder = withDescriptor(() =>
      openSync(`${files.proc}/${pid}`, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW),
    );
  } catch {
    return gone;
  }
  try {
    const path = `/proc/self/fd/${folder}`;
    const first = readLook(path);
    if (first?.startTicks !== startTicks) return gone;
    if (bootTicks(files) <= startTicks + 1) await sleep(TWO_TICKS_MS);
    const now = readLook(path);
    if (now === undefined) return gone;
    if (name !== undefined && now.name !== name) return fail('changed-meanwhile', { what: 'look', pid });
    const { name: seenName, uid, parentPid, program } = now;
    const look = { name: seenName, uid, parentPid, ...compact({ program }), seenAtTicks: startTicks + 1 };
    return ok({ pid, startTicks, look });
  } finally {
    closeSync(folder);
  }
}

/** Ticks since boot by /proc/uptime; in some containers fewer, since they began. 0 where it cannot be read. */
function bootTicks(files: KernelFiles): number {
  const uptime = readParsed(`${files.proc}/uptime`, (text) =>
    /^(\d+)\.(\d\d) /.exec(text)?.slice(1).join(''),
  );
  return uptime.ok ? Number(uptime.value) : 0;
}
