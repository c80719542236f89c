import { type Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { createClient } from '#shared/contract/client.ts';
import { VIEW, watchHandlers } from '../../../helpers/fake-handlers.ts';
import {
  clientChannel,
  openRpc,
  openSocket,
  received,
  requestText,
  sendRaw,
  signIn,
  startTestWeb,
  statusOf,
} from '../../../helpers/web-client.ts';

/** A user that exists nowhere. */
const ABSENT_UID = 4_000_000_000;

describe('programs of other users', () => {
  it('are closed without an answer, and the log says whose they were', async () => {
    const { web, log } = await startTestWeb({ users: new Set([ABSENT_UID]) });
    const text = requestText('GET /', { Host: `127.0.0.1:${web.port}` });
    expect(await sendRaw(web.port, text)).toBe('');
    expect(log).toEqual([
      `refused a connection of user ${process.getuid?.() ?? -1}: only programs of the user who runs Lifeboat may connect`,
    ]);
  });

  it('are closed where the kernel does not tell whose they are', async () => {
    const { web, log } = await startTestWeb({ files: { proc: '/nonexistent', sys: '/sys', etc: '/etc' } });
    expect(await sendRaw(web.port, requestText('GET /', { Host: `127.0.0.1:${web.port}` }))).toBe('');
    expect(log).toEqual(['refused a connection: the kernel does not say whose it is']);
  });

  it('do not get an answer for a connection that they have closed meanwhile', async () => {
    const { web } = await startTestWeb();
    for (let count = 0; count < 20; count += 1) {
      const socket = await openSocket(web.port);
      socket.write('GET / HTTP/1.1\r\n');
      socket.destroy();
    }
    const text = requestText('GET /', { Host: `127.0.0.1:${web.port}` });
    expect(statusOf(await sendRaw(web.port, text))).toBe(200);
  });
});

describe('half a request', () => {
  /** `count` connections that begin a request and never end it; with `again` each starts over when it is closed. */
  function swarm(port: number, count: number, again: boolean): () => void {
    let isOver = false;
    const sockets = new Set<Socket>();
    const one = async (): Promise<void> => {
      const socket = await openSocket(port).catch(() => undefined);
      if (socket === undefined) return;
      sockets.add(socket);
      socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ');
      socket.once('close', () => {
        sockets.delete(socket);
        if (again && !isOver) void one();
      });
      if (isOver) socket.destroy();
    };
    for (let each = 0; each < count; each += 1) void one();
    return () => {
      isOver = true;
      for (const socket of sockets) socket.destroy();
    };
  }

  it.for([
    { what: '128 that stay', count: 128, again: false, loads: 50 },
    { what: '128 that come again', count: 128, again: true, loads: 10 },
  ])(
    'of $what does not keep a page from loading, $loads times of $loads',
    async ({ count, again, loads }) => {
      const { web } = await startTestWeb();
      const end = swarm(web.port, count, again);
      const text = requestText('GET /', { Host: `127.0.0.1:${web.port}` });
      const statuses: number[] = [];
      for (let load = 0; load < loads; load += 1) statuses.push(statusOf(await sendRaw(web.port, text)));
      end();
      expect(statuses.filter((status) => status === 200)).toHaveLength(loads);
    },
  );

  it('does not cost a page that has proved itself its connection', async () => {
    const { web } = await startTestWeb({ handlers: watchHandlers([]) });
    const socket = await openRpc(web, await signIn(web));
    const end = swarm(web.port, 200, false);
    await vi.waitFor(async () => {
      expect(statusOf(await sendRaw(web.port, requestText('GET /', { Host: `127.0.0.1:${web.port}` })))).toBe(
        200,
      );
    }, 10_000);
    expect(await createClient(clientChannel(socket)).request('watch.subscribe', VIEW)).toMatchObject({
      ok: true,
    });
    end();
  });

  it('is given up after its time, without an answer', async () => {
    const { web } = await startTestWeb({ longest: { asking: 100, answering: 10_000, proving: 10_000 } });
    const socket = await openSocket(web.port);
    socket.write('GET / HTTP/1.1\r\n');
    expect(await received(socket)).toBe('');
  });
});
