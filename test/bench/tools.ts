import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { type LaunchOptions } from 'playwright-core';

/** CPU time of something, and over how many processes it went. */
export interface CpuTime {
  readonly processes: number;
  readonly cpuMicroseconds: number;
}

/** What the server of this benchmark answers when it is asked. */
export interface ServerAnswer {
  readonly cpuMicroseconds: number;
  /** Number of the frame, and when its tick began, in milliseconds since 1970. */
  readonly ticks: readonly (readonly [seq: number, startMs: number])[];
}

/** The command as people start it, with the switches that it gives its Node. */
export const COMMAND = join(import.meta.dirname, '../../bin/lifeboat');

/** The system's Chromium, headless. */
export function browserOptions(): LaunchOptions {
  return {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  };
}

const dir = mkdtempSync(join(tmpdir(), 'lifeboat-bench-'));
process.once('exit', () => {
  rmSync(dir, { recursive: true, force: true });
});

/** A folder for this run; gone at its end. */
export function scratch(name: string): string {
  return join(dir, name);
}

/** Compiles one of the C programs in this folder; returns its path. */
export function compile(name: 'crowd' | 'measure' | 'victim'): string {
  const program = scratch(name);
  execFileSync('cc', ['-O2', '-Wall', '-o', program, join(import.meta.dirname, `${name}.c`)], {
    stdio: 'inherit',
  });
  return program;
}

/** How many processes there are now. */
function countProcesses(): number {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length;
}

/** A child that answers each line of its input with a line of JSON. */
export class Answering {
  readonly child: ChildProcess;
  readonly #lines: Interface;
  readonly #waiting: ((line: string) => void)[] = [];
  /** Printed before it was asked for. */
  readonly #early: string[] = [];

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    if (this.child.stdout === null) throw new Error('no output');
    this.#lines = createInterface(this.child.stdout);
    this.#lines.on('line', (line) => {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#early.push(line);
      else waiting(line);
    });
  }

  /** The next line that it prints. */
  line(): Promise<string> {
    const early = this.#early.shift();
    if (early !== undefined) return Promise.resolve(early);
    return new Promise((resolve, reject) => {
      const ended = () => {
        reject(new Error(`${this.child.spawnfile} ended too early`));
      };
      this.child.once('close', ended);
      this.#waiting.push((line) => {
        this.child.removeListener('close', ended);
        resolve(line);
      });
    });
  }

  ask(line: string): Promise<unknown> {
    const answer = this.line();
    this.child.stdin?.write(`${line}\n`);
    return answer.then((text) => JSON.parse(text) as unknown);
  }

  /** Closes its input, which ends it. */
  async end(): Promise<void> {
    const closed = this.#closed();
    this.child.stdin?.end();
    await closed;
  }

  /** Ends one that does not care for its input. */
  async kill(): Promise<void> {
    const closed = this.#closed();
    this.child.kill('SIGTERM');
    await closed;
  }

  async #closed(): Promise<void> {
    if (this.child.exitCode === null) await new Promise((resolve) => this.child.once('close', resolve));
  }
}

/** Fills the machine up to `total` processes, runs `work`, and ends them. */
export async function withProcesses<T>(
  crowd: string,
  kind: 'varied' | 'alike',
  total: number,
  work: () => Promise<T>,
): Promise<T> {
  const missing = Math.max(1, total - countProcesses() - 1);
  const processes = new Answering(crowd, [kind, missing.toString()]);
  await processes.line();
  try {
    return await work();
  } finally {
    await processes.end();
  }
}

/** The least of the values; NaN when one of them is NaN. */
export function least(values: readonly number[]): number {
  return Math.min(...values);
}

/** The one in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
}

/** Says on stderr what is going on; stdout is for the tables. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
