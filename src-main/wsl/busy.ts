import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BusyProcess } from '#shared/model/wsl.ts';
import { type KernelFiles, readText } from '../proc/kernel-files.ts';

/** So many processors, and ticks in a second. */
export interface CpuFacts {
  readonly cpuCount: number;
  readonly clockTicksPerSecond: number;
}

/** Long enough that half a percent of a processor is more than a tick or two. */
const WATCH_MS = 1000;
const MOST_PROCESSES = 5000;
const MOST_NAMED = 3;

/** Who used the processors for a second, the busiest first; this program, which reads all of that, is left out. */
export async function busyProcesses(
  files: KernelFiles,
  { cpuCount, clockTicksPerSecond }: CpuFacts,
  watchMs = WATCH_MS,
): Promise<readonly BusyProcess[]> {
  const startedMs = performance.now();
  const before = ticksOfAll(files);
  await sleep(watchMs);
  const after = ticksOfAll(files);
  const ticks = ((performance.now() - startedMs) / 1000) * clockTicksPerSecond * cpuCount;
  const used = [...after].flatMap(([pid, { name, ticks: now }]) => {
    const then = before.get(pid);
    if (then === undefined || now <= then.ticks || pid === process.pid) return [];
    return [{ pid, name, percent: ((now - then.ticks) / ticks) * 100 }];
  });
  return used.sort((a, b) => b.percent - a.percent).slice(0, MOST_NAMED);
}

/** utime and stime of /proc/PID/stat, proc_pid_stat(5). */
function ticksOfAll({
  proc,
}: KernelFiles): ReadonlyMap<number, { readonly name: string; readonly ticks: number }> {
  const all = new Map<number, { readonly name: string; readonly ticks: number }>();
  const pids = readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .slice(0, MOST_PROCESSES);
  for (const pid of pids) {
    const text = readText(`${proc}/${pid}/stat`);
    const [, name = '', user, system] =
      (text.ok ? /^\d+ \((.*)\) \S(?: -?\d+){10} (\d+) (\d+) /s.exec(text.value) : null) ?? [];
    if (user !== undefined && system !== undefined)
      all.set(Number(pid), { name, ticks: Number(user) + Number(system) });
  }
  return all;
}
