import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { type WebSocket } from 'ws';
import { VIEW, strictHandlers } from '../../../helpers/fake-handlers.ts';
import {
  nextMessage,
  openRpc,
  openUnproved,
  originOf,
  signatureOver,
  signIn,
  startTestWeb,
} from '../../../helpers/web-client.ts';

const NONCE = 'A'.repeat(43);

/** The code with which the server closes. */
function closeCode(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once('close', resolve));
}

describe('a WebSocket that has not proved whose it is', () => {
  it('is answered no request: handlers are never called', async () => {
    const subscribe = vi.fn();
    const { web, log } = await startTestWeb({ handlers: strictHandlers({ 'watch.subscribe': subscribe }) });
    const socket = await openUnproved(web);
    const closed = closeCode(socket);
    socket.send(JSON.stringify({ id: 1, request: 'watch.subscribe', input: VIEW }));
    expect(await closed).toBe(4401);
    expect(subscribe).not.toHaveBeenCalled();
    expect(log).toEqual(['refused a connection: it does not say who it is']);
  });

  it.for([
    { what: 'no keys', keys: [] },
    { what: 'an unknown key', keys: ['B'.repeat(87)] },
  ])('hears that it is not signed in with $what', async ({ keys }) => {
    const { web, log } = await startTestWeb();
    const socket = await openUnproved(web);
    const closed = closeCode(socket);
    const answer = nextMessage(socket);
    socket.send(JSON.stringify({ keys, nonce: NONCE }));
    expect(await answer).toEqual({ unknown: true });
    expect(await closed).toBe(4401);
    expect(log).toEqual(['refused a connection: this browser is not signed in']);
  });

  it.for<{ what: string; message: string | Buffer }>([
    { what: 'bytes', message: Buffer.from('{}') },
    { what: 'no JSON', message: '{' },
    {
      what: 'too many keys',
      message: JSON.stringify({ keys: Array.from({ length: 3 }, () => 'A'.repeat(87)), nonce: NONCE }),
    },
    { what: 'too much', message: JSON.stringify({ keys: [], nonce: NONCE, more: 'x'.repeat(2000) }) },
  ])('is closed with $what', async ({ message }) => {
    const { web } = await startTestWeb();
    const socket = await openUnproved(web);
    const closed = closeCode(socket);
    socket.send(message);
    expect(await closed).toBe(4401);
  });

  it('is closed with a signature of before', async () => {
    const { web, log } = await startTestWeb();
    const browser = await signIn(web);
    const pageNonce = randomBytes(32).toString('base64url');
    const greeting = JSON.stringify({ keys: [browser.publicKey], nonce: pageNonce });
    const meet = async () => {
      const socket = await openUnproved(web);
      const answer = nextMessage(socket);
      socket.send(greeting);
      return { socket, answer: (await answer) ?? {} };
    };
    const [first, second] = [await meet(), await meet()];
    const { isServer, signature } = signatureOver(originOf(web), browser, pageNonce, first.answer);
    expect(isServer).toBe(true);
    const [welcome, closed] = [nextMessage(first.socket), closeCode(second.socket)];
    for (const { socket } of [first, second]) socket.send(JSON.stringify({ signature }));
    expect(await welcome).toEqual({ welcome: true });
    expect(await closed).toBe(4401);
    expect(log).toEqual(['refused a connection: its signature is wrong']);
  });

  it('is closed when its time is up', async () => {
    const { web } = await startTestWeb({ longest: { asking: 10_000, answering: 10_000, proving: 100 } });
    expect(await closeCode(await openUnproved(web))).toBe(1006);
  });

  it('is one too many where sixteen pages are connected', async () => {
    const { web } = await startTestWeb();
    const browser = await signIn(web);
    const unproved = await openUnproved(web);
    const answer = nextMessage(unproved);
    unproved.send(JSON.stringify({ keys: [browser.publicKey], nonce: NONCE }));
    const { signature } = signatureOver(originOf(web), browser, NONCE, (await answer) ?? {});
    await Promise.all(Array.from({ length: 16 }, () => openRpc(web, browser)));
    const closed = closeCode(unproved);
    unproved.send(JSON.stringify({ signature }));
    expect(await closed).toBe(1013);
  });
});
