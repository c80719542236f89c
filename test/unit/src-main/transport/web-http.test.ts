import { rmSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { startWeb, type Web } from '../../../../src-main/transport/web.ts';
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
  signInBody,
  originOf,
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

  it('is not sent again to a browser that has it', async () => {
    const { web } = await startTestWeb();
    const url = `http://127.0.0.1:${web.port}/icon.svg`;
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
      right: 'look',
      stateDir: temporaryDir(),
      log: () => undefined,
      files: { proc: '/proc', sys: '/sys', etc: '/etc' },
      nowMs: Date.now,
      randomBytes: () => Buffer.alloc(32),
    });
    expect(started).toEqual({
      ok: false,
      error: { code: 'not-found', facts: { what: 'page', folder: filesDir } },
    });
  });
});

describe('the name localhost', () => {
  it('leads to the address: a browser may look for the name where another program listens', async () => {
    const { web } = await startTestWeb();
    const answer = await sendRaw(web.port, requestText('GET /', { Host: `localhost:${web.port}` }));
    expect(statusOf(answer)).toBe(307);
    expect(answer).toContain(`\r\nLocation: http://127.0.0.1:${web.port}/\r\n`);
    const other = requestText('GET /icon.svg', { Host: `localhost:${web.port}` });
    expect(statusOf(await sendRaw(web.port, other))).toBe(403);
  });
});

describe('a service worker of a program that had the port before', () => {
  it('gets a script in its place that takes itself away, whatever it is called', async () => {
    const { web, log } = await startTestWeb();
    const response = await fetch(`${originOf(web)}/sw.js`, { headers: { 'service-worker': 'script' } });
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await response.text()).toContain('self.registration.unregister()');
    expect(log).toEqual([expect.stringContaining('a service worker of another program')]);
  });
});

describe('signing in', () => {
  function post(web: Web, body: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const own = {
      Host: `127.0.0.1:${web.port}`,
      Origin: originOf(web),
      'Content-Type': 'application/json',
    };
    return sendRaw(web.port, requestText('POST /session', { ...own, ...headers }, body));
  }

  it('gives no cookie and no secret: every other port of this host would get the one, and this one is all it takes', async () => {
    const { web } = await startTestWeb();
    expect(web.address).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${web.port}/#token=[0-9a-f]{64}$`));
    const token = tokenOf(web.address);
    const { body, browser } = signInBody(originOf(web), token);
    const answer = await post(web, body);
    expect(statusOf(answer)).toBe(200);
    expect(answer.toLowerCase()).not.toContain('set-cookie');
    for (const secret of [token, browser.pin.toString('base64url'), browser.pin.toString('hex')]) {
      expect(body).not.toContain(secret);
      expect(answer).not.toContain(secret);
    }
    expect((await openRpc(web, browser)).readyState).toBe(1);
  });

  it('works once with one address; the next needs a new one', async () => {
    const onSignIn = vi.fn();
    const { web } = await startTestWeb({ onSignIn });
    await signIn(web, web.address);
    expect(onSignIn).toHaveBeenCalledExactlyOnceWith(web.address);
    await expect(signIn(web, web.address)).rejects.toThrow('sign-in: 401');
    expect(onSignIn).toHaveBeenCalledOnce();
    const next = web.mintAddress();
    expect(next).not.toBe(web.address);
    await signIn(web, next);
    expect(onSignIn).toHaveBeenCalledTimes(2);
  });

  it('outlives the server, to look', () =>
    retakingPort(async () => {
      const stateDir = temporaryDir();
      const first = await startTestWeb({ stateDir });
      const browser = await signIn(first.web);
      const { port } = first.web;
      await first.web.close();
      const second = await startTestWeb({ stateDir, port });
      expect((await openRpc(second.web, browser)).readyState).toBe(1);
    }));

  it.for([
    { what: 'no token', body: '', status: 401 },
    {
      what: 'a proof by a wrong token',
      body: signInBody('http://127.0.0.1:1', '0'.repeat(64)).body,
      status: 401,
    },
    { what: 'a body of 256 bytes', body: 'x'.repeat(256), status: 401 },
    { what: 'a body that is too long', body: 'x'.repeat(257), status: 413 },
  ])('is refused with $what: $status', async ({ body, status }) => {
    const { web } = await startTestWeb();
    expect(statusOf(await post(web, body))).toBe(status);
  });

  it('is refused with a body that never ends, after its first bytes', async () => {
    const { web } = await startTestWeb();
    const socket = await openSocket(web.port);
    socket.write(
      `POST /session HTTP/1.1\r\nHost: 127.0.0.1:${web.port}\r\nOrigin: ${originOf(web)}\r\nContent-Type: application/json\r\n` +
        'Transfer-Encoding: chunked\r\n\r\n' +
        '200\r\n' +
        'x'.repeat(512),
    );
    expect(statusOf(await received(socket))).toBe(413);
  });

  it.for(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'is refused with a body of the type %s, which a form of another site can have',
    async (type) => {
      const { web } = await startTestWeb();
      const { body } = signInBody(originOf(web), tokenOf(web.address));
      expect(statusOf(await post(web, body, { 'Content-Type': type }))).toBe(415);
    },
  );

  it('is refused without an Origin, and with any method but POST', async () => {
    const { web } = await startTestWeb();
    const { body } = signInBody(originOf(web), tokenOf(web.address));
    const headers = { Host: `127.0.0.1:${web.port}`, 'Content-Type': 'application/json' };
    expect(statusOf(await sendRaw(web.port, requestText('POST /session', headers, body)))).toBe(403);
    for (const method of ['GET', 'DELETE']) {
      const answer = await sendRaw(
        web.port,
        requestText(`${method} /session`, { Host: `127.0.0.1:${web.port}` }),
      );
      expect(statusOf(answer)).toBe(405);
      expect(answer).toContain('\r\nAllow: POST\r\n');
    }
  });
});
