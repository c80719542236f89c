import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Answering, COMMAND, median, say, scratch, withProcesses, type ServerAnswer } from './tools.ts';

const MIB = 1 << 20;
const PROCESSES = 300;
const LIST_RUNS = 15;

/** CPU of the headless monitor with one tick a second and no client, in percent of a core. */
export async function measureIdleCpu(crowd: string, seconds: number): Promise<number> {
  say(`headless monitor, ${PROCESSES} processes, ${seconds} s ...`);
  return withProcesses(crowd, 'varied', PROCESSES, () => idleCpu(seconds));
}

/** The same with the processes that there are. */
export async function idleCpu(seconds: number): Promise<number> {
  const server = new Answering(process.execPath, [
    join(import.meta.dirname, 'server.ts'),
    '1000',
    scratch('idle-state'),
  ]);
  await server.line();
  // Starting up is over, and the hot code is compiled as far as it ever is at this pace.
  await sleep(15_000);
  const before = (await server.ask('cpu')) as ServerAnswer;
  await sleep(seconds * 1000);
  const after = (await server.ask('cpu')) as ServerAnswer;
  await server.end();
  return (after.cpuMicroseconds - before.cpuMicroseconds) / (seconds * 10_000);
}

/** Memory of `lifeboat serve` as it is built. */
export interface ServeMemory {
  readonly mostMiB: number;
  /** Middle of the last quarter against middle of the second. */
  readonly growthMiB: number;
}

/** RSS of the headless monitor over `seconds` at its own pace, without a client. Prints it every five minutes. */
export async function measureMemory(crowd: string, seconds: number): Promise<ServeMemory> {
  say(`memory of lifeboat serve, ${PROCESSES} processes, ${seconds} s ...`);
  return withProcesses(crowd, 'alike', PROCESSES, async () => {
    const child = spawn(COMMAND, ['serve', '--port', '0'], {
      stdio: 'ignore',
      env: { ...process.env, XDG_STATE_HOME: scratch('serve-state') },
    });
    const closed = new Promise((resolve) => child.once('close', resolve));
    const readings: number[] = [];
    for (let second = 0; second < seconds; second += 1) {
      await sleep(1000);
      readings.push(rssBytes(child.pid ?? NaN) / MIB);
      if (second % 300 === 299) say(`${(second + 1) / 60} min: ${readings.at(-1)?.toFixed(1) ?? ''} MiB`);
    }
    child.kill('SIGTERM');
    await closed;
    const quarter = Math.floor(readings.length / 4);
    return {
      mostMiB: Math.max(...readings),
      growthMiB: median(readings.slice(-quarter)) - median(readings.slice(quarter, 2 * quarter)),
    };
  });
}

/** Milliseconds from `lifeboat list` to its end, the middle of several. */
export async function measureList(crowd: string): Promise<number> {
  say(`lifeboat list, ${PROCESSES} processes ...`);
  return withProcesses(crowd, 'varied', PROCESSES, () => {
    const times = Array.from({ length: LIST_RUNS }, () => {
      const before = performance.now();
      const { status, stderr } = spawnSync(COMMAND, ['list'], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`lifeboat list: ${stderr}`);
      return performance.now() - before;
    });
    return Promise.resolve(median(times));
  });
}

function rssBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) * 1024;
}
