import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type WebSocket } from 'ws';
import { HOST_FILES } from '../../src-main/proc/kernel-files.ts';
import { startWeb } from '../../src-main/transport/web.ts';
import { countingHandlers } from './counting-handlers.ts';
import { connectRpc, signIn, type SignedIn } from '../helpers/signed-in.ts';

/** A web transport that is attacked. */
export interface Target {
  readonly port: number;
  /** A browser that was signed in before the attack. */
  readonly browser: SignedIn;
  /** A connection of that browser. */
  open(): Promise<WebSocket>;
  /** How many have signed in since. */
  signIns(): number;
  /** How many requests have reached a handler. */
  requests(): number;
  /** Whether an answer is one of the page's files, or what every browser gets. */
  readonly isPage: (answer: string) => boolean;
  /** Whether the signed-in browser still gets its page and its connection. */
  isWell(): Promise<boolean>;
}

const PAGE = '<!doctype html><title>Lifeboat</title>';

/** Starts a transport on a free port, attacks it, and ends it. */
export async function withTarget<T>(attack: (target: Target) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'lifeboat-fuzz-'));
  mkdirSync(join(dir, 'page'));
  writeFileSync(join(dir, 'page/index.html'), PAGE);
  let signIns = 0;
  const counting = countingHandlers();
  const started = await startWeb({
    handlers: counting.handlers,
    port: 0,
    filesDir: join(dir, 'page'),
    right: 'change',
    stateDir: join(dir, 'state'),
    log: () => undefined,
    files: HOST_FILES,
    nowMs: Date.now,
    randomBytes,
    onSignIn: () => (signIns += 1),
  });
  if (!started.ok) throw new Error(started.error.code);
  const web = started.value;
  try {
    const browser = await signIn(web);
    signIns = 0;
    const open = () => connectRpc(web, browser);
    return await attack({
      port: web.port,
      browser,
      open,
      signIns: () => signIns,
      requests: counting.count,
      isPage: (answer) =>
        answer.includes(`Content-Length: ${PAGE.length}\r\n`) ||
        /\r\nContent-Type: text\/javascript;/.test(answer),
      async isWell() {
        const page = await fetch(`http://127.0.0.1:${web.port}/`);
        const socket = await open();
        socket.terminate();
        return (await page.text()) === PAGE;
      },
    });
  } finally {
    await web.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
