import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';

/** A process of known size and adjustment that does nothing. */
export interface Eater {
  readonly pid: number;
  readonly startTicks: number;
  readonly name: string;
  /** What the kernel says of it now, in pages. */
  figures(): EaterFigures;
  kill(): Promise<void>;
}

export interface EaterFigures {
  readonly rssPages: number;
  readonly swapPages: number;
  readonly pageTablePages: number;
  readonly oomScoreAdj: number;
}

const KIB_PER_PAGE = 4;

/** The program: fills so much memory, calls itself so, says that it is done and sleeps. */
const PROGRAM = `
  const [name, mib] = process.argv.slice(1);
  process.title = name;
  globalThis.held = Buffer.alloc(Number(mib) * 1024 * 1024, 0x5a);
  require('node:fs').writeSync(1, 'full');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
`;

/** Starts one. It ends with the test. */
export async function startEater(name: string, mib: number, oomScoreAdj: number): Promise<Eater> {
  const child = spawn(process.execPath, ['--max-semi-space-size=1', '-e', PROGRAM, name, mib.toString()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => end(child));
  const pid = child.pid ?? 0;
  // Before it gets its name: a rule may give that name another value.
  writeFileSync(`/proc/${pid}/oom_score_adj`, oomScoreAdj.toString());
  await once(child.stdout, 'data');
  return {
    pid,
    startTicks: statField(pid, 22),
    name,
    figures: () => figuresOf(pid),
    kill: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** A field of /proc/PID/stat by its number in proc_pid_stat(5). */
function statField(pid: number, field: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name may hold spaces and parentheses: what comes behind it begins with field 3.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[field - 3]);
}

function figuresOf(pid: number): EaterFigures {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const pages = (key: string): number => {
    const kib = new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    if (kib === undefined) throw new Error(`no ${key} in /proc/${pid}/status`);
    return Math.floor(Number(kib) / KIB_PER_PAGE);
  };
  return {
    // Where the kernel's counters lag, this is the number that it ranks by; status has the exact sum.
    rssPages: statField(pid, 24),
    swapPages: pages('VmSwap'),
    pageTablePages: pages('VmPTE'),
    oomScoreAdj: Number(readFileSync(`/proc/${pid}/oom_score_adj`, 'latin1')),
  };
}
