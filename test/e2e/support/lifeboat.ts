import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../../out/main/lifeboat.js', import.meta.url));
const START_MS = 30_000;

/** A running `lifeboat serve`. */
export interface Lifeboat {
  readonly address: string;
  readonly port: number;
  stop(): Promise<void>;
  /** Starts it again on the same port, with the same state. */
  restart(): Promise<Lifeboat>;
}

/** Starts the built program on the real /proc, or on that of a built machine (`root`). It ends with the test. */
export async function startLifeboat(port = 0, stateDir = temporaryState(), root?: string): Promise<Lifeboat> {
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--port', port.toString()], {
    env: {
      ...process.env,
      XDG_STATE_HOME: stateDir,
      ...(root === undefined ? {} : { LIFEBOAT_ROOT: root }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => stop(child));
  const address = await addressOf(child);
  const used = Number(new URL(address).port);
  return {
    address,
    port: used,
    stop: () => stop(child),
    restart: () => startLifeboat(used, stateDir, root),
  };
}

function temporaryState(): string {
  const dir = mkdtempSync(join(tmpdir(), 'lifeboat-e2e-'));
  onTestFinished(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  return dir;
}

function addressOf({ stdout, stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => {
      reject(new Error(`lifeboat serve printed no address:\n${text}`));
    }, START_MS);
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+\/#token=[0-9a-f]{64}/.exec(text)?.[0];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    };
    stdout?.on('data', read);
    stderr?.on('data', read);
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
