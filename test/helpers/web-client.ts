import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type Channel } from '#shared/contract/channel.ts';
import { type Failure } from '#shared/result.ts';
import { startWeb, type Web, type WebOptions } from '../../src-main/transport/web.ts';
import { strictHandlers } from './fake-handlers.ts';
import { connectRpc, connectUnproved, type SignedIn } from './signed-in.ts';

export {
  nextMessage,
  originOf,
  signatureOver,
  signIn,
  signInBody,
  tokenOf,
  type SignedIn,
} from './signed-in.ts';

/** The page that the test server has: path and contents. */
export const TEST_PAGE = {
  'index.html': '<!doctype html><title>Lifeboat</title>',
  'assets/index-Ab12_-cd.js': 'export {};',
  'assets/index-Ab12_-cd.js.map': '{}',
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
} as const;

/** A folder that is gone when the test has ended. */
export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'lifeboat-test-'));
  onTestFinished(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  return dir;
}

/** A folder with a built page in it. */
export function pageDir(): string {
  const dir = temporaryDir();
  mkdirSync(join(dir, 'assets'));
  for (const [path, text] of Object.entries(TEST_PAGE)) writeFileSync(join(dir, path), text);
  return dir;
}

/** A web transport on a free port that ends with the test, and the lines of its log. */
export async function startTestWeb(
  overrides: Partial<WebOptions> = {},
): Promise<{ readonly web: Web; readonly log: readonly string[] }> {
  const log: string[] = [];
  const started = await startWeb({
    handlers: strictHandlers(),
    port: 0,
    filesDir: pageDir(),
    stateDir: temporaryDir(),
    log: (line) => log.push(line),
    right: 'look',
    files: { proc: '/proc', sys: '/sys', etc: '/etc' },
    nowMs: Date.now,
    randomBytes,
    ...overrides,
  });
  if (!started.ok) throw new Error(started.error.code, { cause: started.error });
  onTestFinished(() => started.value.close());
  return { web: started.value, log };
}

/**
 * A test in which a port is given up and taken again. Where another program was faster it starts over, with another port; where our own server
 * never gives it up, that fails as well.
 */
export async function retakingPort(test: () => Promise<void>): Promise<void> {
  for (let triesLeft = 3; ; triesLeft -= 1) {
    try {
      await test();
      return;
    } catch (error) {
      const cause = error instanceof Error ? (error.cause as Partial<Failure> | undefined) : undefined;
      const isTaken = cause?.code === 'port-unavailable';
      if (!isTaken || triesLeft === 0) throw error;
    }
  }
}

/** A WebSocket on which nothing was said yet; it ends with the test. */
export async function openUnproved(web: Pick<Web, 'port'>): Promise<WebSocket> {
  return ending(await connectUnproved(web));
}

/** The WebSocket of a signed-in page, after both sides have proved themselves; it ends with the test. */
export async function openRpc(web: Pick<Web, 'port'>, browser: SignedIn): Promise<WebSocket> {
  return ending(await connectRpc(web, browser));
}

function ending(socket: WebSocket): WebSocket {
  onTestFinished(() => {
    socket.terminate();
  });
  return socket;
}

/** The page's end of a WebSocket as a channel. */
export function clientChannel(socket: WebSocket): Channel {
  socket.on('error', () => {
    // Followed by `close`, which is what the client hears of.
  });
  return {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    onMessage(listener) {
      socket.on('message', (data) => {
        if (Buffer.isBuffer(data)) listener(JSON.parse(data.toString('utf8')));
      });
    },
    onClose(listener) {
      socket.on('close', listener);
    },
    close() {
      socket.close();
    },
  };
}

/** A bare TCP connection, for requests that no browser would send. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve).once('error', reject);
  });
  socket.on('error', () => {
    // A reset is an answer as well: the socket closes, and what came before is what the server said.
  });
  return socket;
}

/** Sends bytes as they are, and answers with all that comes back until the server closes the connection. */
export async function sendRaw(port: number, text: string): Promise<string> {
  const socket = await openSocket(port);
  socket.write(text);
  return received(socket);
}

/** All that comes over a socket until it is closed. */
export function received(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  return new Promise((resolve) => {
    socket.once('close', () => {
      resolve(text);
    });
  });
}

/** A request as text; `Connection: close`, so that the answer ends. */
export function requestText(line: string, headers: Readonly<Record<string, string>>, body?: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = body === undefined ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  return `${line} HTTP/1.1\r\n${lines.join('')}${length}Connection: close\r\n\r\n${body ?? ''}`;
}

const UPGRADE = {
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
};

/** An upgrade request as text. */
export function upgradeText(path: string, headers: Readonly<Record<string, string>>): string {
  return requestText(`GET ${path}`, { ...UPGRADE, ...headers }).replace(
    'Connection: close',
    'Connection: Upgrade',
  );
}

/** The status of a raw answer. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? NaN);
}
