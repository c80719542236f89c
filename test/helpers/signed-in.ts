import { createHmac, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { WebSocket } from 'ws';
import { type Web } from '../../src-main/transport/web.ts';

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
export async function connectUnproved(web: Pick<Web, 'port'>): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${web.port}/rpc`, { headers: { origin: originOf(web) } });
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
export async function connectRpc(web: Pick<Web, 'port'>, browser: SignedIn): Promise<WebSocket> {
  const socket = await connectUnproved(web);
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
