import { describe, expect, it, vi } from 'vitest';
import { type Bridge } from '#shared/contract/bridge.ts';
import { createConnect } from '../../../../../src-renderer/shell/connection/connect.ts';

/** A page in the desktop window. It has nothing else: connecting to a server would fail. */
function desktopPage() {
  const sent: string[] = [];
  const close = vi.fn();
  const opened: { readonly say: (text: string) => void; readonly end: () => void }[] = [];
  const lifeboat: Bridge = {
    open: (say, end) => {
      opened.push({ say, end });
      return { send: (text) => sent.push(text), close };
    },
  };
  return { page: { lifeboat } as unknown as Window, sent, close, opened };
}

describe('a page in the desktop window', () => {
  it('reaches the rest of Lifeboat over the bridge, by the same messages as over the web', async () => {
    const { page, sent, close, opened } = desktopPage();
    const attempt = await createConnect(page)();
    if (attempt.kind !== 'open') throw new Error(`the line is ${attempt.kind}`);
    const onMessage = vi.fn();
    const onClose = vi.fn();
    attempt.channel.onMessage(onMessage);
    attempt.channel.onClose(onClose);
    attempt.channel.send({ id: 1, input: { left: undefined, out: null } });
    expect(sent).toEqual(['{"id":1,"input":{"out":null}}']);
    opened[0]?.say('{"event":"frame"}');
    expect(onMessage.mock.calls).toEqual([[{ event: 'frame' }]]);
    attempt.channel.close();
    expect(close).toHaveBeenCalledOnce();
    opened[0]?.end();
    expect(onClose).toHaveBeenCalledOnce();
  });

  it('opens a line of its own for each attempt', async () => {
    const { page, opened } = desktopPage();
    const connect = createConnect(page);
    await connect();
    await connect();
    expect(opened).toHaveLength(2);
  });
});
