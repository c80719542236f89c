import { rmSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { startWeb } from '../../../../src-main/transport/web.ts';
import { strictHandlers } from '../../../helpers/fake-handlers.ts';
import {
  TEST_PAGE,
  openRpc,
  openSocket,
  pageDir,
  received,
  requestText,
  retakingPort,
  sendRaw,
  signIn,
  startTestWeb,
  statusOf,
  temporaryDir,
  tokenOf,
} from '../../../helpers/web-client.ts';

describe('the page', () => {
  it('is served with every protection, and nothing of it may be framed or loaded from elsewhere', async () => {
    const { web } = await startTestWeb();
    const response = await fetch(`http://127.0.0.1:${web.port}/`);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(TEST_PAGE['index.html']);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-cache',
    });
    expect(response.headers.has('access-control-allow-origin')).toBe(false);
  });

  it('is not sent again to whoever has it', async () => {
    const { web } = await startTestWeb();
    const url = `http://localhost:${web.port}/icon.svg`;
    const etag = (await fetch(url)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    const again = await fetch(url, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
  });

  it('answers HEAD without a body', async () => {
    const { web } = await startTestWeb();
    const answer = await sendRaw(web.port, requestText('HEAD /', { Host: `127.0.0.1:${web.port}` }));
    expect(statusOf(answer)).toBe(200);
    expect(answer).toMatch(/\r\nContent-Length: 38\r\n/);
    expect(answer.endsWith('\r\n\r\n')).toBe(true);
  });

  it('is read once: what changes in the folder does not reach a browser', async () => {
    const filesDir = pageDir();
    const { web } = await startTestWeb({ filesDir });
    rmSync(filesDir, { recursive: true });
    expect((await fetch(`http://127.0.0.1:${web.port}/`)).status).toBe(200);
  });

  it.for([
    '/../../../../etc/passwd',
    '/..%2f..%2f..%2fetc/passwd',
    '/assets/../index.html',
    '/assets/..\\index.html',
    '//etc/passwd',
    '/etc/passwd',
    '/assets',
    '/assets/',
    '/assets/index-Ab12_-cd.js.map',
    '/index.html/',
    '/index.html%00.js',
    '/__proto__',
    '/constructor',
    'http://127.0.0.1/index.html',
    '*',
  ])('has no page at %s', async (path) => {
    const { web } = await startTestWeb();
    const answer = await sendRaw(web.port, requestText(`GET ${path}`, { Host: `127.0.0.1:${web.port}` }));
    expect([404, 400]).toContain(statusOf(answer));
    expect(answer).not.toContain('root:');
    expect(answer).not.toContain('Lifeboat</title>');
  });

  it.for(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])('refuses the method %s', async (method) => {
    const { web } = await startTestWeb();
    const answer = await sendRaw(web.port, requestText(`${method} /`, { Host: `127.0.0.1:${web.port}` }));
    expect(statusOf(answer)).toBe(405);
    expect(answer).toContain('\r\nAllow: GET, HEAD\r\n');
  });

  it('is no proxy', async () => {
    const { web } = await startTestWeb();
    const answer = await sendRaw(
      web.port,
      requestText('CONNECT example.org:443', { Host: 'example.org:443' }),
    );
    expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
  });

  it('cannot be served when it was never built', async () => {
    const filesDir = temporaryDir();
    const started = await startWeb({
      handlers: strictHandlers(),
      port: 0,
      filesDir,
      stateDir: temporaryDir(),
      log: () => undefined,
      files: { proc: '/proc', sys: '/sys', etc: '/etc' },
      nowMs: Date.now,
      randomBytes: () => Buffer.alloc(32),
    });
    expect(started).toEqual({
      ok: false,
      error: {
        code: 'not-found',
        message: `There is no built page in ${filesDir}.`,
        hint: 'Build it: npm run build',
      },
    });
  });
});

describe('signing in', () => {
  it('gives a cookie that no script reads and no other site sends', async () => {
    const { web } = await startTestWeb();
    expect(web.address).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${web.port}/#token=[0-9a-f]{64}$`));
    const response = await fetch(`http://127.0.0.1:${web.port}/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain;charset=UTF-8', Origin: `http://127.0.0.1:${web.port}` },
      body: tokenOf(web.address),
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('set-cookie')).toMatch(
      new RegExp(`^lifeboat-${web.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000$`),
    );
  });

  it('works once with one address; the next needs a new one', async () => {
    const onSignIn = vi.fn();
    const { web } = await startTestWeb({ onSignIn });
    await signIn(web, web.address);
    expect(onSignIn).toHaveBeenCalledOnce();
    await expect(signIn(web, web.address)).rejects.toThrow('sign-in: 401');
    expect(onSignIn).toHaveBeenCalledOnce();
    const next = web.mintAddress();
    expect(next).not.toBe(web.address);
    await signIn(web, next);
    expect(onSignIn).toHaveBeenCalledTimes(2);
  });

  it('lasts: /session says whether a cookie is good', async () => {
    const { web } = await startTestWeb();
    const status = async (cookie?: string) =>
      (await fetch(`http://127.0.0.1:${web.port}/session`, { headers: cookie ? { cookie } : {} })).status;
    const cookie = await signIn(web);
    expect(await status(cookie)).toBe(204);
    expect(await status(`theme=dark; ${cookie}; a=b`)).toBe(204);
    expect(await status()).toBe(401);
    expect(await status(`${cookie}x`)).toBe(401);
    expect(await status(`lifeboat-${web.port}=`)).toBe(401);
    expect(await status(cookie.replace(`-${web.port}=`, '-1='))).toBe(401);
  });

  it('outlives the server', () =>
    retakingPort(async () => {
      const stateDir = temporaryDir();
      const first = await startTestWeb({ stateDir });
      const cookie = await signIn(first.web);
      const { port } = first.web;
      await first.web.close();
      const second = await startTestWeb({ stateDir, port });
      expect((await openRpc(second.web, cookie)).readyState).toBe(1);
    }));

  it.for([
    { what: 'no token', body: '', status: 401 },
    { what: 'a wrong token', body: '0'.repeat(64), status: 401 },
    { what: 'a body of 256 bytes', body: 'x'.repeat(256), status: 401 },
    { what: 'a body that is too long', body: 'x'.repeat(257), status: 413 },
  ])('is refused with $what: $status', async ({ body, status }) => {
    const { web } = await startTestWeb();
    const headers = { Host: `127.0.0.1:${web.port}`, 'Content-Type': 'text/plain' };
    expect(statusOf(await sendRaw(web.port, requestText('POST /session', headers, body)))).toBe(status);
  });

  it('is refused with a body that never ends, after its first bytes', async () => {
    const { web } = await startTestWeb();
    const socket = await openSocket(web.port);
    socket.write(
      `POST /session HTTP/1.1\r\nHost: 127.0.0.1:${web.port}\r\nContent-Type: text/plain\r\n` +
        'Transfer-Encoding: chunked\r\n\r\n' +
        '200\r\n' +
        'x'.repeat(512),
    );
    expect(statusOf(await received(socket))).toBe(413);
  });

  it.for(['application/json', 'application/x-www-form-urlencoded', undefined])(
    'is refused with a body of the type %s',
    async (type) => {
      const { web } = await startTestWeb();
      const headers = { Host: `127.0.0.1:${web.port}`, ...(type !== undefined && { 'Content-Type': type }) };
      const text = requestText('POST /session', headers, tokenOf(web.address));
      expect(statusOf(await sendRaw(web.port, text))).toBe(415);
    },
  );

  it('is refused with any method but GET and POST', async () => {
    const { web } = await startTestWeb();
    const answer = await sendRaw(web.port, requestText('DELETE /session', { Host: `127.0.0.1:${web.port}` }));
    expect(statusOf(answer)).toBe(405);
    expect(answer).toContain('\r\nAllow: GET, POST\r\n');
  });
});
