import { randomBytes } from 'node:crypto';
import { type AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { WebSocketServer, type WebSocket as RelayedSocket } from 'ws';
import { ok } from '#shared/result.ts';
import { createConnect } from '../../../../../src-renderer/shell/connection/connect.ts';
import { emptyFrame, strictHandlers } from '../../../../helpers/fake-handlers.ts';
import { openUnproved, startTestWeb, tokenOf } from '../../../../helpers/web-client.ts';

/** A page as far as connecting needs one. It has no database, as in some private windows. */
function pageAt(address: string): { readonly page: Window; readonly replaced: string[] } {
  const location = new URL(address);
  const replaced: string[] = [];
  const history = {
    state: null,
    replaceState(_state: unknown, _title: string, path: string) {
      replaced.push(path);
      location.hash = '';
    },
  };
  return { page: { location, history } as unknown as Window, replaced };
}

/** Says the origin of the page as a browser does, for both ways of asking. Returns all that is sent. */
function beBrowser(): readonly string[] {
  const sent: string[] = [];
  const plainFetch = globalThis.fetch;
  vi.stubGlobal('fetch', async (input: URL, init: RequestInit) => {
    sent.push(typeof init.body === 'string' ? init.body : '');
    return plainFetch(input, {
      ...init,
      headers: { ...(init.headers as Record<string, string>), origin: input.origin },
    });
  });
  const PlainSocket = globalThis.WebSocket;
  vi.stubGlobal(
    'WebSocket',
    class extends PlainSocket {
      constructor(url: string) {
        const headers = { origin: new URL(url.replace(/^ws/, 'http')).origin };
        super(url, { headers } as unknown as string);
      }

      override send(data: string): void {
        sent.push(data);
        super.send(data);
      }
    },
  );
  return sent;
}

describe('createConnect', () => {
  it('registers a key by the token, once, takes it out of the address and never sends it', async () => {
    const sent = beBrowser();
    const { web } = await startTestWeb({
      handlers: strictHandlers({ 'watch.subscribe': () => ok(emptyFrame(3)) }),
    });
    const { page, replaced } = pageAt(web.address);
    const connect = createConnect(page);
    const attempt = await connect();
    expect(replaced).toEqual(['/']);
    expect(attempt.kind).toBe('open');
    expect(sent.join('\n')).not.toContain(tokenOf(web.address));
    if (attempt.kind !== 'open') return;
    const answered = new Promise((resolve) => {
      attempt.channel.onMessage(resolve);
    });
    attempt.channel.send({
      id: 5,
      request: 'watch.subscribe',
      input: { scope: { kind: 'global' }, orderCount: 1 },
    });
    expect(await answered).toMatchObject({ id: 5, result: { ok: true, value: { seq: 3 } } });
    const closed = new Promise<void>((resolve) => {
      attempt.channel.onClose(resolve);
    });
    attempt.channel.close();
    await closed;
    attempt.channel.send({ id: 6 });

    const again = await connect();
    expect(again.kind).toBe('open');
    if (again.kind === 'open') again.channel.close();
  });

  it('is refused without a token and without a session', async () => {
    beBrowser();
    const { web } = await startTestWeb();
    const { page } = pageAt(`http://127.0.0.1:${web.port}/`);
    expect(await createConnect(page)()).toEqual({ kind: 'refused' });
  });

  it('is refused with a token that was made up', async () => {
    beBrowser();
    const { web } = await startTestWeb();
    const made = randomBytes(32).toString('hex');
    const { page, replaced } = pageAt(`http://127.0.0.1:${web.port}/#token=${made}`);
    expect(await createConnect(page)()).toEqual({ kind: 'refused' });
    expect(replaced).toEqual(['/']);
  });

  it('keeps the token for later when no server answers', async () => {
    beBrowser();
    const { web } = await startTestWeb();
    const token = new URL(web.mintAddress()).hash;
    const { page } = pageAt(`http://127.0.0.1:9/${token}`);
    const connect = createConnect(page);
    expect(await connect()).toEqual({ kind: 'unreachable' });
    page.location.port = web.port.toString();
    const attempt = await connect();
    expect(attempt.kind).toBe('open');
    if (attempt.kind === 'open') attempt.channel.close();
  });

  it('signs nothing for a program that has taken the place of the server, whatever that answers', async () => {
    const sent = beBrowser();
    const { web } = await startTestWeb();
    const { page } = pageAt(web.address);
    const connect = createConnect(page);
    const first = await connect();
    if (first.kind === 'open') first.channel.close();
    const honest = JSON.parse(sent.find((text) => text.includes('"nonce"')) ?? '') as { keys: string[] };
    await web.close();

    for (const answer of [
      // Everything but the proof can be made up.
      {
        key: honest.keys[0],
        run: 'A'.repeat(22),
        right: 'change',
        nonce: 'A'.repeat(43),
        proof: 'A'.repeat(43),
      },
      { welcome: true },
      { id: 1, result: { ok: true, value: {} } },
    ]) {
      const squatter = new WebSocketServer({ port: 0, host: '127.0.0.1' });
      await new Promise((resolve) => squatter.once('listening', resolve));
      const heard: string[] = [];
      squatter.on('connection', (socket) => {
        socket.on('message', (data: Buffer) => {
          heard.push(data.toString());
          socket.send(JSON.stringify(answer));
        });
      });
      page.location.port = (squatter.address() as AddressInfo).port.toString();
      expect(await connect()).toEqual({ kind: 'unreachable' });
      squatter.close();
      expect(heard).toEqual([expect.stringMatching(/^\{"keys":\["[\w-]{87}"\],"nonce":"[\w-]{43}"\}$/)]);
    }
  });

  it('signs nothing that the server was asked for by a program on another port', async () => {
    beBrowser();
    const { web, log } = await startTestWeb();
    const { page } = pageAt(web.address);
    const connect = createConnect(page);
    const first = await connect();
    if (first.kind === 'open') first.channel.close();
    const relay = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await new Promise((resolve) => relay.once('listening', resolve));
    const answers: string[] = [];
    const fromPage: string[] = [];
    const passOn = async (socket: RelayedSocket): Promise<void> => {
      const waiting: Buffer[] = [];
      const early = (data: Buffer) => waiting.push(data);
      socket.on('message', early);
      const onward = await openUnproved(web);
      onward.on('message', (data: Buffer) => {
        answers.push(data.toString());
        socket.send(data.toString());
      });
      const pass = (data: Buffer) => {
        fromPage.push(data.toString());
        onward.send(data.toString());
      };
      socket.off('message', early).on('message', pass);
      for (const data of waiting) pass(data);
    };
    relay.on('connection', (socket) => void passOn(socket));
    page.location.port = (relay.address() as AddressInfo).port.toString();
    expect(await connect()).toEqual({ kind: 'unreachable' });
    relay.close();
    // The server did answer, and the page knew that it was not asked from its own place.
    expect(answers).toEqual([expect.stringContaining('"proof"')]);
    expect(fromPage).toHaveLength(1);
    expect(log).toEqual([]);
  });
});
