import { describe, expect, it, vi } from 'vitest';
import { type Channel } from '#shared/contract/channel.ts';
import { createClient } from '#shared/contract/client.ts';

/** A channel whose other side is the test. */
function openChannel() {
  const sent: unknown[] = [];
  let receive: (message: unknown) => void = () => undefined;
  let close: () => void = () => undefined;
  const channel: Channel = {
    send: (message) => sent.push(message),
    onMessage: (listener) => (receive = listener),
    onClose: (listener) => (close = listener),
    close: () => {
      close();
    },
  };
  return {
    channel,
    sent,
    receive: (message: unknown) => {
      receive(message);
    },
  };
}

describe('createClient', () => {
  it('sends each request under an id of its own', () => {
    const { channel, sent } = openChannel();
    const client = createClient(channel);
    void client.request('watch.machine', {});
    void client.request('watch.timeline', { sinceMs: 5 });
    expect(sent).toEqual([
      { id: 0, request: 'watch.machine', input: {} },
      { id: 1, request: 'watch.timeline', input: { sinceMs: 5 } },
    ]);
  });

  it.for([
    null,
    'text',
    {},
    { id: 0 },
    { id: '0', result: { ok: true, value: 1 } },
    { id: 0, result: { ok: 'yes' } },
    { id: 0, result: { ok: false } },
    { id: 1, result: { ok: true, value: 'unasked' } },
    { event: 1 },
  ])('passes over what is no message of a server: %j', async (junk) => {
    const { channel, receive } = openChannel();
    const answer = createClient(channel).request('watch.timeline', { sinceMs: 0 });
    receive(junk);
    receive({ id: 0, result: { ok: true, value: [] } });
    expect(await answer).toEqual({ ok: true, value: [] });
  });

  it('takes the first answer to a request and no second', async () => {
    const { channel, receive } = openChannel();
    const answer = createClient(channel).request('watch.timeline', { sinceMs: 0 });
    receive({ id: 0, result: { ok: true, value: [] } });
    receive({ id: 0, result: { ok: false, error: { code: 'internal', message: '' } } });
    expect(await answer).toEqual({ ok: true, value: [] });
  });

  it('takes an answer without a value, which is how JSON writes undefined', async () => {
    const { channel, receive } = openChannel();
    const answer = createClient(channel).request('watch.timeline', { sinceMs: 0 });
    receive({ id: 0, result: { ok: true } });
    expect(await answer).toEqual({ ok: true, value: undefined });
  });

  it('calls every listener of an event, and none of another', () => {
    const { channel, receive } = openChannel();
    const client = createClient(channel);
    const [one, two] = [vi.fn(), vi.fn()];
    client.on('watch.frame', one);
    client.on('watch.frame', two);
    receive({ event: 'other', payload: 1 });
    receive({ event: 'watch.frame', payload: { seq: 1 } });
    expect(one).toHaveBeenCalledExactlyOnceWith({ seq: 1 });
    expect(two).toHaveBeenCalledExactlyOnceWith({ seq: 1 });
  });

  it('reports the end once, and at once to a listener that comes after it', () => {
    const { channel } = openChannel();
    const client = createClient(channel);
    const [before, after] = [vi.fn(), vi.fn()];
    client.onClose(before);
    client.close();
    expect(before).toHaveBeenCalledOnce();
    client.onClose(after);
    expect(after).toHaveBeenCalledOnce();
  });
});
