import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../../out/main/lifeboat.js', import.meta.url));
const START_MS = 20_000;

/** A `lifeboat serve --allow-changes` that runs. */
export interface Changing {
  readonly address: string;
  /** XDG_CONFIG_HOME. */
  readonly configHome: string;
  /** Ends it by Ctrl-C. */
  end(): Promise<void>;
}

/** The same as `launchChanging`; it ends with the test. */
export async function startChanging(programs?: string): Promise<Changing> {
  const changing = await launchChanging(programs);
  onTestFinished(() => changing.end());
  return changing;
}

/**
 * Starts `lifeboat serve --allow-changes` in a terminal of its own, as a person does, and says yes to its question. `programs`: a folder that
 * stands first in its PATH.
 */
export async function launchChanging(programs?: string): Promise<Changing> {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-act-'));
  const configHome = join(folder, 'config');
  const command = `'${process.execPath}' '${PROGRAM}' serve --port 0 --allow-changes`;
  const terminal = spawn('script', ['-qec', command, '/dev/null'], {
    env: {
      ...process.env,
      ...(programs === undefined ? {} : { PATH: `${programs}:${process.env['PATH'] ?? ''}` }),
      XDG_STATE_HOME: join(folder, 'state'),
      XDG_CONFIG_HOME: configHome,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const end = async (): Promise<void> => {
    await interrupt(terminal);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { address: await addressOf(terminal), configHome, end };
  } catch (error) {
    await end();
    throw error;
  }
}

function addressOf({ stdin, stdout }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    let answered = false;
    const timer = setTimeout(() => {
      reject(new Error(`lifeboat serve --allow-changes printed no address:\n${text}`));
    }, START_MS);
    stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (!answered && text.includes('[y/N]')) {
        answered = true;
        stdin?.write('y\r');
      }
      const address = /http:\/\/127\.0\.0\.1:\d+\/#token=[0-9a-f]{64}/.exec(text)?.[0];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}

async function interrupt(terminal: ChildProcess): Promise<void> {
  if (terminal.exitCode !== null || terminal.signalCode !== null) return;
  const ended = new Promise((resolve) => terminal.once('exit', resolve));
  terminal.stdin?.write('\u0003');
  const timer = setTimeout(() => terminal.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}

/** A sleeping process of a small size with a value; it ends with the test. */
export async function startSleeper(oomScoreAdj: number): Promise<number> {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('spawn', resolve));
  const { pid } = child;
  if (pid === undefined) throw new Error('sleep did not start');
  writeFileSync(`/proc/${pid}/oom_score_adj`, oomScoreAdj.toString());
  return pid;
}

/** A kernel file with one number. */
export function numberIn(path: string): number {
  return Number(readFileSync(path, 'utf8'));
}

/** A sysctl that is put back when the test is over, whatever became of it. */
export function restoring(path: string): () => number {
  const before = readFileSync(path, 'utf8');
  onTestFinished(() => {
    if (readFileSync(path, 'utf8') !== before) writeFileSync(path, before);
  });
  return () => numberIn(path);
}
