import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { quoted } from '#shared/format/terminal-command.ts';

const PROGRAM = fileURLToPath(new URL('../../../out/main/lifeboat.js', import.meta.url));

/** How a command ended, and what it said. */
export interface Ended {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What its stdin, stdout and stderr are; pipes where nothing is said. */
  readonly stdio?: StdioOptions;
  /** A program and its arguments that the command is put behind: `setpriv --reuid=65534`. */
  readonly through?: readonly string[];
}

/** A command that is running. */
export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Waits until stdout holds `count` whole lines, and returns them. */
  lines(count: number): Promise<readonly string[]>;
}

/** Starts the built program; it is killed when the test is over. */
export function startLifeboat(args: readonly string[], options: CommandOptions = {}): Running {
  if (!existsSync(PROGRAM)) throw new Error('There is no out/main/lifeboat.js: run "npm run build".');
  const [command = '', ...rest] = [...(options.through ?? []), process.execPath, PROGRAM, ...args];
  const child = spawn(command, rest, {
    stdio: options.stdio ?? ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...options.env },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code: code ?? undefined, signal: signal ?? undefined, stdout, stderr });
    });
  });
  return {
    child,
    pid: child.pid ?? 0,
    ended,
    async lines(count) {
      const whole = () => stdout.split('\n').slice(0, -1);
      while (whole().length < count) {
        const more = new Promise((resolve) => child.stdout?.once('data', resolve));
        const end = await Promise.race([more, ended.then(() => 'ended' as const)]);
        if (end === 'ended' && whole().length < count)
          throw new Error(`it ended after ${whole().length} of ${count} lines: ${stderr}`);
      }
      return whole();
    },
  };
}

/** Runs the built program to its end in a terminal of this width (script(1) makes one). Lines end as in a file. */
export async function lifeboatInTerminal(
  args: readonly string[],
  { columns, env }: { readonly columns: number; readonly env?: Readonly<Record<string, string>> },
): Promise<Ended> {
  const command = [process.execPath, PROGRAM, ...args].map(quoted).join(' ');
  const script = ['-qec', `stty cols ${columns} rows 50; exec ${command}`, '/dev/null'];
  const child = spawn('script', script, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', TERM: 'dumb', SHELL: '/bin/sh', ...env },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const text = stdout.replaceAll('\r\n', '\n');
      resolve({ code: code ?? undefined, signal: signal ?? undefined, stdout: text, stderr });
    });
  });
}

/** Runs the built program to its end. */
export function lifeboat(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return startLifeboat(args, options).ended;
}
