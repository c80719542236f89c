// Over 300 lines: cases of one subject, which share what stands at the top.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { type Bridge, type BridgeLine } from '#shared/contract/bridge.ts';
import { type Channel } from '#shared/contract/channel.ts';
import { createClient, type Client } from '#shared/contract/client.ts';
import { ok } from '#shared/result.ts';
import { type Frame } from '#shared/contract/watch.ts';
import { serve, type Handlers, type Session } from '#shared/contract/server.ts';
import { createChannelPair } from '../../../../src-main/transport/memory.ts';
import { openBridgeChannel } from '../../../../src-renderer/shell/connection/bridge-channel.ts';
import { openWindow } from '../../../helpers/desktop/electron-ipc.ts';
import {
  VIEW,
  emptyFrame,
  strictHandlers,
  watchHandlers,
  unreadable,
} from '../../../helpers/fake-handlers.ts';
import { clientChannel, openRpc, signIn, startTestWeb } from '../../../helpers/web-client.ts';

/** A transport with a server at its other end. */
interface Line {
  /** The client's end, for messages that no client sends. */
  readonly channel: Channel;
  /** Sends what is no message at all, as far as the transport has such a thing. */
  readonly sendJunk: () => void;
  readonly log: readonly string[];
}

/** One maker a transport. A further transport is a further line here. */
const TRANSPORTS: readonly { name: string; open: (handlers: Handlers) => Promise<Line> }[] = [
  {
    name: 'memory',
    open: (handlers) => {
      const log: string[] = [];
      const [near, far] = createChannelPair();
      serve(far, handlers, (line) => log.push(line));
      return Promise.resolve({
        channel: near,
        log,
        sendJunk: () => {
          near.send(undefined);
          near.send(new Uint8Array(100));
        },
      });
    },
  },
  {
    name: 'web',
    open: async (handlers) => {
      const { web, log } = await startTestWeb({ handlers });
      const socket = await openRpc(web, await signIn(web));
      return {
        channel: clientChannel(socket),
        log,
        sendJunk: () => {
          socket.send('{"id": 1, "request": ');
          socket.send(Buffer.from([0, 1, 2, 255]));
        },
      };
    },
  },
  {
    name: 'the bridge of the desktop window',
    open: (handlers) => {
      const log: string[] = [];
      const { lines, contents, bridge } = openWindow({
        onLine: (channel) => {
          serve(channel, handlers, (line) => log.push(line));
        },
        log: (line) => log.push(line),
      });
      lines.accept(contents);
      const line: BridgeLine[] = [];
      const spied: Bridge = {
        open: (onText, onClose) => {
          const opened = bridge.open(onText, onClose);
          line.push(opened);
          return opened;
        },
      };
      return Promise.resolve({
        channel: openBridgeChannel(spied),
        log,
        sendJunk: () => {
          line[0]?.send('{"id": 1, "request": ');
          line[0]?.send('');
        },
      });
    },
  },
];

/** Asks by a message that the types do not allow, and waits for whatever is answered under its id. */
function ask(channel: Channel, message: Record<string, unknown>): Promise<unknown> {
  return new Promise((resolve) => {
    channel.onMessage((answer) => {
      const { id, result } = answer as { id?: unknown; result?: unknown };
      if (id === message['id']) resolve(result);
    });
    channel.send(message);
  });
}

async function closeOf(client: Client): Promise<void> {
  await new Promise<void>((resolve) => {
    client.onClose(resolve);
  });
}

describe.for(TRANSPORTS)('RPC over $name', ({ open }) => {
  it('answers a request with the value of its handler', async () => {
    const { channel, log } = await open(
      strictHandlers({ 'watch.timeline': ({ sinceMs }) => ok([point(sinceMs)]) }),
    );
    const answer = await createClient(channel).request('watch.timeline', { sinceMs: 42 });
    expect(answer).toEqual({ ok: true, value: [point(42)] });
    expect(log).toEqual([]);
  });

  it('answers a failure as a value, with all its parts', async () => {
    const { channel, log } = await open(watchHandlers([]));
    expect(await createClient(channel).request('doctor.examine', {})).toEqual({
      ok: false,
      error: { code: 'proc-unreadable', facts: { what: 'file', path: '/proc', errno: 'EACCES' } },
    });
    expect(log).toEqual([]);
  });

  it('answers each request with its own answer, also when a later one is ready first', async () => {
    const { channel } = await open(
      strictHandlers({
        'watch.timeline': async ({ sinceMs }) => {
          await sleep(40 - sinceMs);
          return ok([point(sinceMs)]);
        },
      }),
    );
    const client = createClient(channel);
    const answers = await Promise.all(
      [0, 20, 40].map((sinceMs) => client.request('watch.timeline', { sinceMs })),
    );
    expect(answers).toEqual([0, 20, 40].map((sinceMs) => ok([point(sinceMs)])));
  });

  it.for(['nothing', '__proto__', 'constructor', 'toString', 'hasOwnProperty', ''])(
    'refuses the unknown request "%s", and stays',
    async (request) => {
      const { channel, log } = await open(watchHandlers([]));
      expect(await ask(channel, { id: 7, request, input: {} })).toMatchObject({
        ok: false,
        error: { code: 'unknown-request' },
      });
      expect(log).toEqual([`refused the unknown request "${request}"`]);
      expect(await ask(channel, { id: 8, request: 'watch.subscribe', input: VIEW })).toMatchObject({
        ok: true,
      });
    },
  );

  it.for([
    { what: 'a missing key', input: { scope: { kind: 'global' } }, where: 'orderCount' },
    { what: 'a key of its own', input: { ...VIEW, extra: 1 }, where: 'extra' },
    {
      what: 'an own __proto__',
      input: JSON.parse('{"__proto__": {}, "orderCount": 1}') as object,
      where: '',
    },
    { what: 'a number out of range', input: { ...VIEW, orderCount: 501 }, where: 'orderCount' },
    {
      what: 'a wrong type deep inside',
      input: { ...VIEW, chosen: { pid: '1', startTicks: 1 } },
      where: 'pid',
    },
    { what: 'no object', input: null, where: '' },
  ])('refuses an input with $what, logs it, and stays', async ({ input, where }) => {
    const { channel, log } = await open(watchHandlers([]));
    const refusal = await ask(channel, { id: 1, request: 'watch.subscribe', input });
    expect(refusal).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    expect(JSON.stringify(refusal)).toContain(where);
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/^refused watch\.subscribe: /);
    expect(await ask(channel, { id: 2, request: 'watch.subscribe', input: VIEW })).toMatchObject({
      ok: true,
    });
  });

  it('refuses messages that are no requests, logs them, and stays', async () => {
    const { channel, sendJunk, log } = await open(watchHandlers([]));
    sendJunk();
    for (const message of [
      null,
      1,
      'text',
      [],
      {},
      { id: -1, request: 'watch.subscribe' },
      { id: 1.5, request: 'watch.subscribe' },
    ]) {
      channel.send(message);
    }
    expect(await ask(channel, { id: 3, request: 'watch.subscribe', input: VIEW })).toMatchObject({
      ok: true,
    });
    expect(log).toHaveLength(9);
    expect(log.every((line) => line.startsWith('refused a message: '))).toBe(true);
  });

  it('carries events to their listeners in the order of sending, until these end', async () => {
    const sessions: Session[] = [];
    const { channel } = await open(watchHandlers(sessions));
    const client = createClient(channel);
    const seen: number[] = [];
    const stop = client.on('watch.frame', (frame) => seen.push(frame.seq));
    await client.request('watch.subscribe', VIEW);
    for (const seq of [1, 2, 3, 4, 5]) sessions[0]?.emit('watch.frame', emptyFrame(seq));
    await client.request('watch.subscribe', VIEW);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    stop();
    sessions[0]?.emit('watch.frame', emptyFrame(6));
    await client.request('watch.subscribe', VIEW);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('gives a handler the same session for every request of a connection', async () => {
    const sessions: Session[] = [];
    const { channel } = await open(watchHandlers(sessions));
    const client = createClient(channel);
    await client.request('watch.subscribe', VIEW);
    await client.request('watch.subscribe', VIEW);
    expect(sessions).toHaveLength(2);
    expect(sessions[0]).toBe(sessions[1]);
  });

  it('carries an answer of several megabytes', async () => {
    const troubles = Array.from({ length: 3 }, (_, index) => unreadable(`${index}`.repeat(1_000_000)));
    const frame: Frame = { ...emptyFrame(1), troubles };
    const { channel } = await open(strictHandlers({ 'watch.subscribe': () => ok(frame) }));
    expect(await createClient(channel).request('watch.subscribe', VIEW)).toEqual(ok(frame));
  });

  it('carries every character of a name', async () => {
    const names = ['\u0000\u001b[31m', '"\\', '\u2028', '한국어', '🛟', '\ud800'.toWellFormed()];
    const troubles = names.map(unreadable);
    const { channel } = await open(
      strictHandlers({ 'watch.subscribe': () => ok({ ...emptyFrame(1), troubles }) }),
    );
    expect(await createClient(channel).request('watch.subscribe', VIEW)).toMatchObject({
      value: { troubles },
    });
  });

  it('answers a handler that throws with an internal failure that does not tell what is inside', async () => {
    const { channel, log } = await open(strictHandlers());
    const answer = await createClient(channel).request('watch.machine', {});
    expect(answer).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(JSON.stringify(answer)).not.toContain('unexpected');
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/^watch\.machine failed: Error: unexpected request watch\.machine\n/);
  });

  it('answers an output that cannot be sent with an internal failure, and stays', async () => {
    const unsendable = { ...emptyFrame(1), seq: 1n as unknown as number, extra: () => 1 };
    const { channel, log } = await open(
      strictHandlers({ 'watch.subscribe': () => ok(unsendable), 'watch.timeline': () => ok([]) }),
    );
    const client = createClient(channel);
    expect(await client.request('watch.subscribe', VIEW)).toMatchObject({
      ok: false,
      error: { code: 'internal' },
    });
    expect(log).toHaveLength(1);
    expect(await client.request('watch.timeline', { sinceMs: 0 })).toEqual(ok([]));
  });

  it('refuses more than 64 requests at the same time, and takes new ones when some are answered', async () => {
    const { promise: gate, resolve: openGate } = Promise.withResolvers<undefined>();
    const { channel, log } = await open(
      strictHandlers({
        'watch.timeline': async () => {
          await gate;
          return ok([]);
        },
      }),
    );
    const client = createClient(channel);
    const first = Array.from({ length: 64 }, () => client.request('watch.timeline', { sinceMs: 0 }));
    expect(await client.request('watch.timeline', { sinceMs: 0 })).toMatchObject({
      error: { code: 'busy', facts: { with: 'requests' } },
    });
    expect(log).toEqual(['refused "watch.timeline": 64 requests are under way']);
    openGate(undefined);
    expect(await Promise.all(first)).toEqual(first.map(() => ok([])));
    expect(await client.request('watch.timeline', { sinceMs: 0 })).toEqual(ok([]));
  });

  it('answers what is pending with `disconnected` when the line closes, and all that is asked after', async () => {
    const started = vi.fn();
    const { channel } = await open(
      strictHandlers({
        'watch.subscribe': () => {
          started();
          return new Promise(() => undefined);
        },
      }),
    );
    const client = createClient(channel);
    const pending = client.request('watch.subscribe', VIEW);
    await vi.waitFor(() => {
      expect(started).toHaveBeenCalledOnce();
    }, 10_000);
    client.close();
    await closeOf(client);
    const lost = { ok: false, error: { code: 'disconnected' } };
    expect(await pending).toMatchObject(lost);
    expect(await client.request('watch.subscribe', VIEW)).toMatchObject(lost);
  });

  it('tells the session when its connection closes; sending to it then does nothing', async () => {
    const sessions: Session[] = [];
    const { channel } = await open(watchHandlers(sessions));
    const client = createClient(channel);
    await client.request('watch.subscribe', VIEW);
    const before = vi.fn();
    sessions[0]?.onClose(before);
    client.close();
    await vi.waitFor(() => {
      expect(before).toHaveBeenCalledOnce();
    }, 10_000);
    const late = vi.fn();
    sessions[0]?.onClose(late);
    expect(late).toHaveBeenCalledOnce();
    expect(() => sessions[0]?.emit('watch.frame', emptyFrame(1))).not.toThrow();
    client.close();
    await sleep(5);
    expect(before).toHaveBeenCalledOnce();
  });
});

function point(timeMs: number) {
  return { timeMs, availableBytes: 1, swapUsedBytes: 0, kills: 0 };
}
