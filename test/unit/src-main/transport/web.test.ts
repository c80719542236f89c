import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { MAX_REQUEST_LENGTH } from '#shared/contract/change.ts';
import { createClient } from '#shared/contract/client.ts';
import { ok } from '#shared/result.ts';
import { VIEW, strictHandlers, watchHandlers } from '../../../helpers/fake-handlers.ts';
import {
  clientChannel,
  openRpc,
  openSocket,
  originOf,
  received,
  retakingPort,
  sendRaw,
  signIn,
  startTestWeb,
  statusOf,
  upgradeText,
} from '../../../helpers/web-client.ts';

describe('the WebSocket', () => {
  /** Upgrades with headers that a test changes, and answers with the status. */
  async function upgrade(
    change: Readonly<Record<string, string | undefined>>,
    path = '/rpc',
  ): Promise<{ status: number; log: readonly string[] }> {
    const { web, log } = await startTestWeb();
    const own = {
      Host: `127.0.0.1:${web.port}`,
      Origin: `http://127.0.0.1:${web.port}`,
    };
    const headers = Object.entries<string | undefined>({ ...own, ...change }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const socket = await openSocket(web.port);
    const answer = received(socket);
    socket.write(upgradeText(path, Object.fromEntries(headers)));
    const first = await Promise.race([
      answer,
      new Promise<string>((resolve) => {
        socket.once('data', (chunk: Buffer) => {
          resolve(chunk.toString('latin1'));
        });
      }),
    ]);
    return { status: statusOf(first), log };
  }

  it('opens for the own page', async () => {
    expect(await upgrade({})).toEqual({ status: 101, log: [] });
  });

  it.for<{
    what: string;
    change: Readonly<Record<string, string | undefined>>;
    status: number;
    path?: string;
  }>([
    { what: 'a foreign Host (DNS rebinding)', change: { Host: 'evil.example' }, status: 403 },
    { what: 'no Origin', change: { Origin: undefined }, status: 403 },
    { what: 'a foreign Origin', change: { Origin: 'http://evil.example' }, status: 403 },
    {
      what: 'the name localhost',
      change: { Host: 'localhost:1', Origin: 'http://localhost:1' },
      status: 403,
    },
    { what: 'another path', change: {}, path: '/', status: 404 },
    { what: 'a path that only begins right', change: {}, path: '/rpc/x', status: 404 },
  ])('is refused with $what, and the log says so', async ({ change, path, status }) => {
    const answer = await upgrade(change, path);
    expect(answer.status).toBe(status);
    expect(answer.log).toEqual([expect.stringMatching(new RegExp(`^refused a connection: ${status} `))]);
  });

  it('is not there for a plain GET', async () => {
    const { web } = await startTestWeb();
    expect((await fetch(`http://127.0.0.1:${web.port}/rpc`)).status).toBe(404);
  });

  it('does not compress, whatever the browser offers', async () => {
    const { web } = await startTestWeb();
    expect((await openRpc(web, await signIn(web))).extensions).toBe('');
  });

  it('closes a connection that sends more at once than any request is, and no other', async () => {
    const { web, log } = await startTestWeb({ handlers: watchHandlers([]) });
    const browser = await signIn(web);
    const [bad, good] = [await openRpc(web, browser), await openRpc(web, browser)];
    const closed = new Promise((resolve) => bad.once('close', resolve));
    bad.on('error', () => undefined);
    bad.send('x'.repeat(MAX_REQUEST_LENGTH + 1));
    expect(await closed).toBe(1009);
    expect(log).toEqual(['closed a connection: Max payload size exceeded']);
    expect(await createClient(clientChannel(good)).request('watch.subscribe', VIEW)).toMatchObject({
      ok: true,
    });
  });

  it('takes sixteen screens at the same time and a new one when one has gone', async () => {
    const { web } = await startTestWeb();
    const browser = await signIn(web);
    const screens = await Promise.all(Array.from({ length: 16 }, () => openRpc(web, browser)));
    await expect(openRpc(web, browser)).rejects.toThrow('503');
    screens[0]?.close();
    await vi.waitFor(async () => {
      expect((await openRpc(web, browser)).readyState).toBe(1);
    }, 10_000);
  });

  it('writes at most twenty lines a minute about refused connections', async () => {
    const { web, log } = await startTestWeb({ nowMs: () => 0 });
    const text = upgradeText('/rpc', { Host: `127.0.0.1:${web.port}` });
    for (let count = 0; count < 25; count += 1) expect(statusOf(await sendRaw(web.port, text))).toBe(403);
    expect(log).toHaveLength(20);
  });

  it('survives every kind of wrong bytes', async () => {
    const { web } = await startTestWeb({ handlers: watchHandlers([]) });
    const browser = await signIn(web);
    let seed = 1;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647);
    for (let round = 0; round < 60; round += 1) {
      const socket = await openSocket(web.port);
      const opened = new Promise((resolve) => socket.once('data', resolve));
      const own = { Host: `127.0.0.1:${web.port}`, Origin: originOf(web) };
      socket.write(upgradeText('/rpc', own));
      await opened;
      socket.end(Buffer.from(Array.from({ length: random() % 200 }, () => random() % 256)));
      await new Promise((resolve) => socket.once('close', resolve).resume());
    }
    const good = createClient(clientChannel(await openRpc(web, browser)));
    expect(await good.request('watch.subscribe', VIEW)).toMatchObject({ ok: true });
  });

  it('refuses every message of a fuzzer and stays', async () => {
    const { web, log } = await startTestWeb({ handlers: watchHandlers([]) });
    const socket = await openRpc(web, await signIn(web));
    const parts = [
      '{',
      '}',
      '[',
      ']',
      '"id"',
      ':',
      '1',
      ',',
      '"request"',
      '"watch"',
      '"input"',
      '{}',
      'null',
      '1e999',
      '\\',
    ];
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 500; round += 1) {
      socket.send(Array.from({ length: random(20) }, () => parts[random(parts.length)]).join(''));
    }
    const client = createClient(clientChannel(socket));
    expect(await client.request('watch.subscribe', VIEW)).toMatchObject({ ok: true });
    expect(log.length).toBeLessThanOrEqual(21);
  });
});

describe('time', () => {
  const longest = { asking: 300, answering: 300, proving: 300 };

  it.for([
    { what: 'says nothing', text: '' },
    { what: 'never ends its header', text: 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ' },
  ])('runs out for a client that $what', async ({ text }) => {
    const { web } = await startTestWeb({ longest });
    expect(await sendRaw(web.port, text)).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  it('runs out for a client that sends its header a byte at a time', async () => {
    const { web } = await startTestWeb({ longest });
    const socket = await openSocket(web.port);
    const drip = setInterval(() => socket.write('x'), 20);
    socket.write('GET / HTTP/1.1\r\nX: ');
    expect(await received(socket)).toMatch(/^(HTTP\/1\.1 408 |$)/);
    clearInterval(drip);
  });

  it('runs out for a client that never sends its body', async () => {
    const { web } = await startTestWeb({ longest });
    const socket = await openSocket(web.port);
    socket.write(
      `POST /session HTTP/1.1\r\nHost: 127.0.0.1:${web.port}\r\nOrigin: ${originOf(web)}\r\nContent-Type: application/json\r\nContent-Length: 64\r\n\r\n0`,
    );
    expect(await received(socket)).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  it('does not run out for a screen that only listens', async () => {
    const { web } = await startTestWeb({ longest });
    const socket = await openRpc(web, await signIn(web));
    await sleep(500);
    expect(socket.readyState).toBe(1);
  });
});

describe('the end', () => {
  it('closes screens with the code for going away, and frees the port', () =>
    retakingPort(async () => {
      const { web } = await startTestWeb();
      const socket = await openRpc(web, await signIn(web));
      const closed = new Promise((resolve) => socket.once('close', resolve));
      await web.close();
      expect(await closed).toBe(1001);
      const { web: next } = await startTestWeb({ port: web.port });
      expect(next.port).toBe(web.port);
    }));

  it('does not wait for clients that hold on', async () => {
    const { web } = await startTestWeb({ handlers: strictHandlers({ 'watch.timeline': () => ok([]) }) });
    const idle = await openSocket(web.port);
    idle.write('GET / HTTP/1.1\r\n');
    const deaf = await openRpc(web, await signIn(web));
    deaf.pause();
    const before = performance.now();
    await web.close();
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it('says that a port is in use', async () => {
    const { web } = await startTestWeb();
    const second = startTestWeb({ port: web.port });
    await expect(second).rejects.toThrow('port-unavailable');
  });
});
