import { createHmac, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
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
  if (!started.ok) throw new Error(started.error.message, { cause: started.error });
  onTestFinished(() => started.value.close());
  return { web: started.value, log };
}

/**
 * A test in which a port is given up and taken again. Where another program was faster it begins anew, with another port; that our own
 * server still has it is what such a test is there to find.
 */
export async function retakingPort(test: () => Promise<void>): Promise<void> {
  for (let triesLeft = 3; ; triesLeft -= 1) {
    try {
      await test();
      return;
    } catch (error) {
      const cause = error instanceof Error ? (error.cause as Partial<Failure> | undefined) : undefined;
      const isTaken =
        cause?.code === 'port-unavailable' && cause.message?.includes(`(pid ${process.pid})`) === false;
      if (!isTaken || triesLeft === 0) throw error;
    }
  }
}

/** The token in an address. */
export function tokenOf(address: string): string {
  return new URL(address).hash.replace('#token=', '');
}

/** A browser that was signed in: its key, and the secret by which it knows the server again. */
export interface SignedIn {
  readonly publicKey: string;
  readonly privateKey: KeyObject;
  readonly pin: Buffer;
}

/** The origin of the page of a server. */
export function originOf({ port }: Pick<Web, 'port'>): string {
  return `http://127.0.0.1:${port}`;
}

function mac(secret: Buffer, ...lines: readonly string[]): Buffer {
  return createHmac('sha256', secret)
    .update(['lifeboat 1', ...lines].join('\n'))
    .digest();
}

/** What a page posts to register a key, with the key. Written by docs/security.md, not with the code of the page. */
export function signInBody(
  origin: string,
  token: string,
): { readonly body: string; readonly browser: SignedIn } {
  const { publicKey: made, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // The last 65 bytes of the usual form are the point.
  const publicKey = made.export({ format: 'der', type: 'spki' }).subarray(-65).toString('base64url');
  const secret = Buffer.from(token, 'hex');
  const proof = mac(secret, 'sign in', origin, publicKey).toString('base64url');
  return {
    body: JSON.stringify({ key: publicKey, proof }),
    browser: { publicKey, privateKey, pin: mac(secret, 'pin', origin, publicKey) },
  };
}

/** What a page does with its address: registers a key by the token. */
export async function signIn(
  web: Pick<Web, 'port' | 'mintAddress'>,
  address = web.mintAddress(),
): Promise<SignedIn> {
  const { body, browser } = signInBody(originOf(web), tokenOf(address));
  const response = await fetch(`${originOf(web)}/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: originOf(web) },
    body,
  });
  if (response.status !== 200) throw new Error(`sign-in: ${response.status}`);
  return browser;
}

/** A WebSocket on which nothing was said yet. */
export async function openUnproved(web: Pick<Web, 'port'>): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${web.port}/rpc`, { headers: { origin: originOf(web) } });
  onTestFinished(() => {
    socket.terminate();
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve).once('error', reject);
  });
  return socket;
}

/** The next message; undefined when the WebSocket closes before. */
export function nextMessage(socket: WebSocket): Promise<Record<string, string | boolean> | undefined> {
  return new Promise((resolve) => {
    socket.once('message', (data: Buffer) => {
      resolve(JSON.parse(data.toString('utf8')) as Record<string, string>);
    });
    socket.once('close', () => {
      resolve(undefined);
    });
  });
}

/** The signature of a page over what a server has answered. */
export function signatureOver(
  origin: string,
  { publicKey, privateKey, pin }: SignedIn,
  pageNonce: string,
  answer: Record<string, string | boolean>,
): { readonly isServer: boolean; readonly signature: string } {
  const parts = [origin, publicKey, answer['run'], answer['right'], pageNonce, answer['nonce']].map(String);
  return {
    isServer: mac(pin, 'server', ...parts).toString('base64url') === answer['proof'],
    signature: sign('sha256', Buffer.from(['lifeboat 1', 'page', ...parts].join('\n')), {
      key: privateKey,
      dsaEncoding: 'ieee-p1363',
    }).toString('base64url'),
  };
}

/** The WebSocket of a signed-in page, after both sides have proved themselves. */
export async function openRpc(web: Pick<Web, 'port'>, browser: SignedIn): Promise<WebSocket> {
  const socket = await openUnproved(web);
  const pageNonce = randomBytes(32).toString('base64url');
  const challenge = nextMessage(socket);
  socket.send(JSON.stringify({ keys: [browser.publicKey], nonce: pageNonce }));
  const answer = (await challenge) ?? {};
  if (answer['unknown'] === true) throw new Error('this browser is not signed in');
  const { isServer, signature } = signatureOver(originOf(web), browser, pageNonce, answer);
  if (!isServer) throw new Error('this is another server');
  const welcome = nextMessage(socket);
  socket.send(JSON.stringify({ signature }));
  if ((await welcome)?.['welcome'] !== true) throw new Error('the server did not accept the proof');
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
