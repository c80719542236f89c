import { EventEmitter } from 'node:events';
import type { IpcRenderer } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { createBridge } from '../../../../src-main/transport/electron-preload.ts';

/** The preload's side of the IPC alone: what it sends, and a way to speak to it. */
function openBridge() {
  const sent: (readonly unknown[])[] = [];
  const ipc = Object.assign(new EventEmitter(), {
    send: (...said: readonly unknown[]) => sent.push(said),
  });
  let names = 0;
  const bridge = createBridge(ipc as unknown as IpcRenderer, () => `line ${names++}`);
  const hear = (...said: readonly unknown[]) => ipc.emit('lifeboat', { sender: 'never handed on' }, ...said);
  return { bridge, sent, hear };
}

describe('createBridge', () => {
  it('gives the page one frozen function, and a frozen line for each call', () => {
    const { bridge } = openBridge();
    expect(Object.keys(bridge)).toEqual(['open']);
    expect(Object.isFrozen(bridge)).toBe(true);
    const line = bridge.open(vi.fn(), vi.fn());
    expect(Object.keys(line)).toEqual(['send', 'close']);
    expect(Object.isFrozen(line)).toBe(true);
  });

  it('uses the one channel, and names the line in all that it says', () => {
    const { bridge, sent } = openBridge();
    const line = bridge.open(vi.fn(), vi.fn());
    line.send('{}');
    line.close();
    expect(sent).toEqual([
      ['lifeboat', 'open', 'line 0'],
      ['lifeboat', 'say', 'line 0', '{}'],
      ['lifeboat', 'close', 'line 0'],
    ]);
  });

  it('hands on the text alone, and then says that it is taken', () => {
    const { bridge, sent, hear } = openBridge();
    const onText = vi.fn(() => {
      expect(sent).toHaveLength(1);
    });
    bridge.open(onText, vi.fn());
    hear('say', 'line 0', '{"seq":1}');
    expect(onText.mock.calls).toEqual([['{"seq":1}']]);
    expect(sent[1]).toEqual(['lifeboat', 'taken', 'line 0']);
  });

  it('passes over what is meant for a line of an earlier page', async () => {
    const { bridge, sent, hear } = openBridge();
    const onText = vi.fn();
    const onClose = vi.fn();
    bridge.open(onText, onClose);
    hear('say', 'line of before', '{}');
    hear('close', 'line of before');
    await Promise.resolve();
    expect(onText).not.toHaveBeenCalled();
    expect(onClose).not.toHaveBeenCalled();
    expect(sent).toHaveLength(1);
  });

  it('reports the end once, after the call that ended it has returned, and sends nothing over the line any more', async () => {
    const { bridge, sent } = openBridge();
    const onClose = vi.fn();
    const line = bridge.open(vi.fn(), onClose);
    line.close();
    expect(onClose).not.toHaveBeenCalled();
    line.close();
    line.send('{}');
    await Promise.resolve();
    expect(onClose).toHaveBeenCalledOnce();
    expect(sent).toHaveLength(2);
  });
});
