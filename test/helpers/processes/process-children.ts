import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { onTestFinished, vi } from 'vitest';

/** A program of this machine that runs until the test is over. */
export interface Child {
  readonly pid: number;
  /** Ends it, and waits until nothing of it is left: not even a zombie. */
  kill(): Promise<void>;
}

/** A kernel file of a process as it is now, without the newline at its end. */
export function procFile(pid: number, name: string): string {
  return readFileSync(`/proc/${pid}/${name}`, 'utf8').trimEnd();
}

/** A figure of /proc/PID/status in pages. */
export function statusPages(pid: number, key: string, pageSizeBytes = 4096): number {
  const match = new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(procFile(pid, 'status'));
  if (match === null) throw new Error(`no ${key} in the status of ${pid}`);
  return Math.floor((Number(match[1]) * 1024) / pageSizeBytes);
}

/** Whether there is such a process; a zombie is one. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Raises a process's oom_score_adj, which its user may do. */
export function setAdj(pid: number, oomScoreAdj: number): void {
  writeFileSync(`/proc/${pid}/oom_score_adj`, String(oomScoreAdj));
}

/** Waits until the states of all threads of a process, a letter each and sorted, read like this. */
export async function untilStates(pid: number, wanted: RegExp): Promise<void> {
  const stateOf = (tid: string) => /^State:\t(.)/m.exec(procFile(pid, `task/${tid}/status`))?.[1];
  const look = () => {
    const states = readdirSync(`/proc/${pid}/task`).map(stateOf).sort().join('');
    if (!wanted.test(states)) throw new Error(`the threads of ${pid} are ${states}`);
  };
  await vi.waitFor(look, { timeout: 10_000, interval: 5 });
}

/** Stops a process with all its threads: what is read of it now, another reads later as well. */
export async function holdStill(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await untilStates(pid, /^[Tt]+$/);
}

/**
 * Starts processes that hold still, each with another oom_score_adj: enough that one that changes while it is read does not decide which
 * formula the kernel has.
 */
export async function startStillCrowd(): Promise<void> {
  const startOne = async (_: unknown, index: number) => {
    const { pid } = await startSleep();
    setAdj(pid, index * 10);
    await holdStill(pid);
  };
  await Promise.all(Array.from({ length: 20 }, startOne));
}

/** Starts a program that sleeps; answers when it is the program itself, and no longer the fork of the test. */
export async function startSleep(): Promise<Child> {
  return startChild('sleep', ['1000']);
}

/** Starts a Node that holds `mebibytes` of written memory. */
export async function startNodeEater(mebibytes: number): Promise<Child> {
  const program = `const hold = Buffer.alloc(${mebibytes} << 20, 1); process.stdout.write('ready'); setInterval(() => hold.length, 1e6);`;
  return startChild(process.execPath, ['-e', program], 'ready');
}

/** Starts a program, and waits for its first word where one is expected. */
export async function startChild(command: string, args: readonly string[], word?: string): Promise<Child> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await (word === undefined ? spawned(child) : firstWord(child, word));
  if (child.pid === undefined) throw new Error(`${command} did not start`);
  return {
    pid: child.pid,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** libuv tells it when exec has succeeded. */
function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', resolve);
  });
}

function firstWord(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`ended with ${code ?? 'a signal'} before it said "${word}"`));
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes(word)) resolve();
    });
  });
}
