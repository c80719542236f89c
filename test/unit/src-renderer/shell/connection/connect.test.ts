import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { ok } from '#shared/result.ts';
import { createConnect } from '../../../../../src-renderer/shell/connection/connect.ts';
import { emptyFrame, strictHandlers } from '../../../../helpers/fake-handlers.ts';
import { startTestWeb } from '../../../../helpers/web-client.ts';

/** A page as far as connecting needs one, with a browser's memory for cookies. */
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

/** Sends cookies as a browser does, for both ways of asking. */
function rememberCookies(): void {
  let cookie = '';
  const plainFetch = globalThis.fetch;
  vi.stubGlobal('fetch', async (input: URL, init: RequestInit) => {
    const headers = { ...(init.headers as Record<string, string>), cookie };
    const response = await plainFetch(input, { ...init, headers });
    cookie = response.headers.get('set-cookie')?.split(';', 1)[0] ?? cookie;
    return response;
  });
  const PlainSocket = globalThis.WebSocket;
  vi.stubGlobal(
    'WebSocket',
    class extends PlainSocket {
      constructor(url: string) {
        const headers = { cookie, origin: new URL(url.replace(/^ws/, 'http')).origin };
        super(url, { headers } as unknown as string);
      }
    },
  );
}

describe('createConnect', () => {
  it('exchanges the token for a session, once, and takes it out of the address', async () => {
    rememberCookies();
    const { web } = await startTestWeb({
      handlers: strictHandlers({ 'watch.subscribe': () => ok(emptyFrame(3)) }),
    });
    const { page, replaced } = pageAt(web.address);
    const connect = createConnect(page);
    const attempt = await connect();
    expect(replaced).toEqual(['/']);
    expect(attempt.kind).toBe('open');
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
    rememberCookies();
    const { web } = await startTestWeb();
    const { page } = pageAt(`http://127.0.0.1:${web.port}/`);
    expect(await createConnect(page)()).toEqual({ kind: 'refused' });
  });

  it('is refused with a token that was made up', async () => {
    rememberCookies();
    const { web } = await startTestWeb();
    const made = randomBytes(32).toString('hex');
    const { page, replaced } = pageAt(`http://127.0.0.1:${web.port}/#token=${made}`);
    expect(await createConnect(page)()).toEqual({ kind: 'refused' });
    expect(replaced).toEqual(['/']);
  });

  it('keeps the token for later when nobody answers', async () => {
    rememberCookies();
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
});
