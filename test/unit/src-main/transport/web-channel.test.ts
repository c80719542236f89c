import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { createClient } from '#shared/contract/client.ts';
import { ok } from '#shared/result.ts';
import { type Session } from '#shared/contract/server.ts';
import { VIEW, emptyFrame, strictHandlers, unreadable } from '../../../helpers/fake-handlers.ts';
import { clientChannel, openRpc, signIn, startTestWeb } from '../../../helpers/web-client.ts';

const MEGABYTE = 'x'.repeat(1 << 20);

/** A server whose answers are a megabyte each, and a client of it that can stop reading. */
async function openBig(gate: Promise<unknown> = Promise.resolve()) {
  const sessions: Session[] = [];
  const handled = vi.fn();
  const { web, log } = await startTestWeb({
    handlers: strictHandlers({
      'watch.subscribe': async (view, session) => {
        handled();
        sessions.push(session);
        if (view.orderCount > 0) await gate;
        return ok({ ...emptyFrame(1), troubles: [unreadable(MEGABYTE)] });
      },
    }),
  });
  const socket = await openRpc(web, await signIn(web));
  const client = createClient(clientChannel(socket));
  await client.request('watch.subscribe', { ...VIEW, orderCount: 0 });
  const [session] = sessions;
  if (session === undefined) throw new Error('no session');
  return { socket, client, session, handled, log };
}

describe('a client that does not keep up', () => {
  it('misses frames, is sent no more than the line holds, and sees the newest when it is back', async () => {
    const { socket, client, session, log } = await openBig();
    const seen: number[] = [];
    client.on('watch.frame', (frame) => seen.push(frame.seq));
    socket.pause();
    for (let seq = 1; seq <= 200; seq += 1)
      session.emit('watch.frame', { ...emptyFrame(seq), troubles: [unreadable(MEGABYTE)] });
    socket.resume();
    await client.request('watch.subscribe', VIEW);
    session.emit('watch.frame', emptyFrame(201));
    await vi.waitFor(() => {
      expect(seen.at(-1)).toBe(201);
    }, 10_000);
    expect(seen.length).toBeGreaterThanOrEqual(2);
    expect(seen.length).toBeLessThan(100);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(log).toEqual([]);
  });

  it('gets every answer, but its next requests are not read until it has taken them', async () => {
    const { socket, client, handled, log } = await openBig();
    socket.pause();
    const answers = Array.from({ length: 20 }, () => client.request('watch.subscribe', VIEW));
    await vi.waitFor(() => {
      expect(handled.mock.calls.length).toBeGreaterThan(1);
    }, 10_000);
    const more = Array.from({ length: 20 }, () => client.request('watch.subscribe', VIEW));
    await sleep(100);
    expect(handled.mock.calls.length).toBeLessThanOrEqual(21);
    socket.resume();
    const all = await Promise.all([...answers, ...more]);
    expect(all.every((answer) => answer.ok)).toBe(true);
    expect(handled).toHaveBeenCalledTimes(41);
    expect(log).toEqual([]);
  });

  it('is cut off when what it was to read piles up', async () => {
    const { promise: gate, resolve: openGate } = Promise.withResolvers<undefined>();
    const { socket, client, handled, log } = await openBig(gate);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const answers = Array.from({ length: 60 }, () => client.request('watch.subscribe', VIEW));
    await vi.waitFor(() => {
      expect(handled).toHaveBeenCalledTimes(61);
    }, 10_000);
    socket.pause();
    openGate(undefined);
    await vi.waitFor(() => {
      expect(log).toEqual(['closed a connection: it does not read its answers']);
    }, 10_000);
    socket.resume();
    await closed;
    expect((await Promise.all(answers)).at(-1)).toMatchObject({ error: { code: 'disconnected' } });
  });
});
