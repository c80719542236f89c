import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { MAX_REQUEST_LENGTH } from '#shared/contract/change.ts';
import { type Channel } from '#shared/contract/channel.ts';
import { OWN_PAGE, openWindow, type TestFrame } from '../../../helpers/desktop/electron-ipc.ts';

/** A window whose lines are recorded: what they hear, and whether they have ended. */
function recordingWindow() {
  const log: string[] = [];
  const opened: { readonly channel: Channel; readonly heard: unknown[]; readonly onClose: () => void }[] = [];
  const window = openWindow({
    onLine: (channel) => {
      const heard: unknown[] = [];
      const onClose = vi.fn<() => void>();
      channel.onMessage((message) => heard.push(message));
      channel.onClose(onClose);
      opened.push({ channel, heard, onClose });
    },
    log: (line) => log.push(line),
  });
  window.lines.accept(window.contents);
  const page = { onText: vi.fn<(text: string) => void>(), onClose: vi.fn<() => void>() };
  const open = () => window.bridge.open(page.onText, page.onClose);
  return { ...window, log, opened, page, open };
}

describe('who may speak', () => {
  it('lets the top frame of an accepted window with a page of ours open a line', async () => {
    const { sayRaw, opened, log } = recordingWindow();
    sayRaw(OWN_PAGE, 'open', 'a');
    await turn();
    expect(opened).toHaveLength(1);
    expect(log).toEqual([]);
  });

  it.for<{ what: string; frame: TestFrame | null; why: string }>([
    { what: 'a frame inside our page', frame: { ...OWN_PAGE, parent: OWN_PAGE }, why: 'from a frame inside' },
    {
      what: 'another site',
      frame: { url: 'https://example.org/', parent: null },
      why: 'https://example.org/',
    },
    { what: 'a file', frame: { url: 'file:///etc/passwd', parent: null }, why: 'file:///etc/passwd' },
    { what: 'an empty page', frame: { url: 'about:blank', parent: null }, why: 'about:blank' },
    { what: 'a frame that is gone', frame: null, why: 'its frame is gone' },
  ])('refuses and logs $what', async ({ frame, why }) => {
    const { sayRaw, opened, log } = recordingWindow();
    sayRaw(frame, 'open', 'a');
    await turn();
    expect(opened).toEqual([]);
    expect(log).toEqual([expect.stringMatching(`^refused a message of a page: .*${why}`)]);
  });

  it('refuses contents that were not accepted, or are gone', async () => {
    const never = openWindow({
      onLine: () => {
        throw new Error('no line was to be opened');
      },
      log: (line) => log.push(line),
    });
    const log: string[] = [];
    never.sayRaw(OWN_PAGE, 'open', 'a');
    await turn();
    const { sayRaw, contents, opened, log: later } = recordingWindow();
    contents.emit('destroyed');
    sayRaw(OWN_PAGE, 'open', 'a');
    await turn();
    expect(opened).toEqual([]);
    const refused = 'refused a message of a page: it does not come from a window of Lifeboat';
    expect([...log, ...later]).toEqual([refused, refused]);
  });

  it('makes a hostile address harmless before it is logged', async () => {
    const { sayRaw, log } = recordingWindow();
    sayRaw({ url: `https://example.org/\u001b[31m${'x'.repeat(500)}`, parent: null }, 'open', 'a');
    await turn();
    expect(log).toHaveLength(1);
    expect(log[0]).not.toContain('\u001b');
    expect(log[0]?.length).toBeLessThan(200);
  });

  it('writes no more than 20 lines a minute about it', async () => {
    const { sayRaw, log } = recordingWindow();
    for (let count = 0; count < 100; count += 1) sayRaw(null, 'open', 'a');
    await turn();
    expect(log).toHaveLength(20);
  });
});

describe('what may be said', () => {
  it.for<readonly unknown[]>([
    [],
    ['toString', 'a'],
    ['open'],
    ['open', 7],
    ['open', 'a', 'text'],
    ['open', 'x'.repeat(65)],
    ['say', 'a'],
    ['say', 'a', { request: 'watch.subscribe' }],
    ['say', 'a', 'text', 'more'],
    ['say', 'a', 'x'.repeat(MAX_REQUEST_LENGTH + 1)],
  ])('refuses and logs what does not follow the protocol, %#', async (said) => {
    const { sayRaw, opened, log } = recordingWindow();
    sayRaw(OWN_PAGE, ...said);
    await turn();
    expect(opened).toEqual([]);
    expect(log).toEqual(['refused a message of a page: it does not follow the protocol of the bridge']);
  });

  it('drops what is said over a line that is not open', async () => {
    const { sayRaw, opened, log, open } = recordingWindow();
    open();
    sayRaw(OWN_PAGE, 'say', 'another line', '{}');
    sayRaw(OWN_PAGE, 'close', 'another line');
    await turn();
    expect(opened[0]?.heard).toEqual([]);
    expect(opened[0]?.onClose).not.toHaveBeenCalled();
    expect(log).toEqual([]);
  });
});

describe('the end of a line', () => {
  it('comes with another line of the same page', async () => {
    const { open, opened, page } = recordingWindow();
    const first = open();
    open();
    first.send('"late"');
    await turn();
    expect(opened).toHaveLength(2);
    expect(opened[0]?.onClose).toHaveBeenCalledOnce();
    expect(opened[1]?.heard).toEqual([]);
    expect(page.onClose).toHaveBeenCalledOnce();
  });

  it.for([
    { what: 'its process is gone', event: 'render-process-gone', detail: {} },
    { what: 'it is destroyed', event: 'destroyed', detail: {} },
    {
      what: 'another page comes',
      event: 'did-start-navigation',
      detail: { isMainFrame: true, isSameDocument: false },
    },
  ])('comes with that of the page: $what', async ({ event, detail }) => {
    const { open, opened, contents } = recordingWindow();
    open();
    await turn();
    contents.emit(event, detail);
    expect(opened[0]?.onClose).toHaveBeenCalledOnce();
    expect(() => opened[0]?.channel.send({ late: true })).not.toThrow();
  });

  it.for(['render-process-gone', 'destroyed'])(
    'is not sent to a page that is not there: %s',
    async (event) => {
      const { open, contents, heard } = recordingWindow();
      open();
      await turn();
      contents.emit(event, {});
      expect(heard).toEqual([]);
    },
  );

  it.for([
    { what: 'a frame', detail: { isMainFrame: false, isSameDocument: false } },
    { what: 'the part behind the #', detail: { isMainFrame: true, isSameDocument: true } },
  ])('does not come with a navigation of $what', async ({ detail }) => {
    const { open, opened, contents } = recordingWindow();
    open();
    await turn();
    contents.emit('did-start-navigation', detail);
    expect(opened[0]?.onClose).not.toHaveBeenCalled();
  });

  it('comes when Lifeboat ends, and no page is listened to any more', async () => {
    const { open, opened, page, lines, sayRaw, log } = recordingWindow();
    open();
    await turn();
    lines.close();
    sayRaw(OWN_PAGE, 'open', 'b');
    await turn();
    expect(opened).toHaveLength(1);
    expect(opened[0]?.onClose).toHaveBeenCalledOnce();
    expect(page.onClose).toHaveBeenCalledOnce();
    expect(log).toEqual([]);
  });

  it('is sent to the page when the other side wants it', async () => {
    const { open, opened, page } = recordingWindow();
    open();
    await turn();
    opened[0]?.channel.close();
    opened[0]?.channel.close();
    await turn();
    expect(page.onClose).toHaveBeenCalledOnce();
    expect(opened[0]?.onClose).toHaveBeenCalledOnce();
  });
});

describe('a hidden page', () => {
  it('loses its line, so that nothing is sampled or sent for it', async () => {
    const { open, opened, page, lines, contents, heard } = recordingWindow();
    open();
    await turn();
    lines.setSeen(contents, false);
    await turn();
    expect(opened[0]?.onClose).toHaveBeenCalledOnce();
    expect(page.onClose).toHaveBeenCalledOnce();
    const before = heard.length;
    opened[0]?.channel.send({ event: 'frame' }, 'droppable');
    expect(heard).toHaveLength(before);
  });

  it('is served, with what it asked meanwhile, as soon as it is seen again', async () => {
    const { open, opened, lines, contents } = recordingWindow();
    lines.setSeen(contents, false);
    open().send('{"id":1}');
    await turn();
    expect(opened).toEqual([]);
    lines.setSeen(contents, true);
    expect(opened).toHaveLength(1);
    expect(opened[0]?.heard).toEqual([{ id: 1 }]);
  });

  it('cannot make more than 64 requests wait', async () => {
    const { open, opened, lines, contents } = recordingWindow();
    lines.setSeen(contents, false);
    const line = open();
    for (let id = 0; id < 100; id += 1) line.send(`{"id":${id}}`);
    await turn();
    lines.setSeen(contents, true);
    expect(opened[0]?.heard).toHaveLength(64);
  });

  it('keeps its line while it is said again that it can be seen', async () => {
    const { open, opened, lines, contents } = recordingWindow();
    open();
    await turn();
    lines.setSeen(contents, true);
    expect(opened).toHaveLength(1);
    expect(opened[0]?.onClose).not.toHaveBeenCalled();
  });
});

describe('a page that hangs', () => {
  it('is sent eight messages and then no frame until it takes them, but every answer', async () => {
    const { open, opened, page, hang } = recordingWindow();
    open();
    await turn();
    const channel = opened[0]?.channel;
    hang(true);
    for (let seq = 1; seq <= 20; seq += 1) channel?.send({ seq }, 'droppable');
    channel?.send({ answer: true });
    hang(false);
    await turn();
    channel?.send({ seq: 21 }, 'droppable');
    await turn();
    const texts = page.onText.mock.calls.map(([text]) => JSON.parse(text) as unknown);
    const seqs = [1, 2, 3, 4, 5, 6, 7, 8].map((seq) => ({ seq }));
    expect(texts).toEqual([...seqs, { answer: true }, { seq: 21 }]);
  });
});
