import { EventEmitter } from 'node:events';
import type { IpcMain, IpcRenderer, WebContents } from 'electron';
import { type Bridge } from '#shared/contract/bridge.ts';
import {
  createWindowLines,
  type WindowLines,
  type WindowLinesOptions,
} from '../../../src-main/transport/electron.ts';
import { createBridge } from '../../../src-main/transport/electron-preload.ts';

/** What a message of a page comes with, as far as it is looked at. */
export interface TestFrame {
  readonly url: string;
  readonly parent: TestFrame | null;
}

/** A window as far as messages go: both ends of Electron's IPC, which copies what is sent and delivers it later, in order. */
export interface TestWindow {
  readonly lines: WindowLines;
  readonly contents: WebContents & EventEmitter;
  readonly bridge: Bridge;
  /** Sends what no preload sends, from this frame. */
  readonly sayRaw: (frame: TestFrame | null, ...said: readonly unknown[]) => void;
  /** What the main process has said, its words first. */
  readonly heard: readonly (readonly unknown[])[];
  /** The page is so busy that it takes nothing until it is let go again. */
  readonly hang: (isHanging: boolean) => void;
}

export const OWN_PAGE: TestFrame = { url: 'lifeboat://app/', parent: null };

export function openWindow(options: Pick<WindowLinesOptions, 'onLine' | 'log'>): TestWindow {
  const ipcMain = new EventEmitter();
  const ipcRenderer = new EventEmitter();
  const heard: (readonly unknown[])[] = [];
  const kept: (() => void)[] = [];
  let isHanging = false;
  let isDestroyed = false;
  let names = 0;

  const contents = Object.assign(new EventEmitter(), {
    send(channel: string, ...said: readonly unknown[]) {
      const copy = structuredClone(said);
      heard.push(copy);
      const deliver = () => ipcRenderer.emit(channel, {}, ...copy);
      if (isHanging) kept.push(deliver);
      else queueMicrotask(deliver);
    },
    isDestroyed: () => isDestroyed,
  }) as unknown as WebContents & EventEmitter;
  contents.once('destroyed', () => {
    isDestroyed = true;
  });
  const sayOn = (channel: string, frame: TestFrame | null, said: readonly unknown[]) => {
    const copy = structuredClone(said);
    queueMicrotask(() => ipcMain.emit(channel, { sender: contents, senderFrame: frame }, ...copy));
  };
  return {
    lines: createWindowLines({
      ipcMain: ipcMain as unknown as IpcMain,
      isOwnAddress: (address) => address === OWN_PAGE.url,
      nowMs: () => 0,
      ...options,
    }),
    contents,
    bridge: createBridge(
      Object.assign(ipcRenderer, {
        send: (channel: string, ...said: readonly unknown[]) => {
          sayOn(channel, OWN_PAGE, said);
        },
      }) as unknown as IpcRenderer,
      () => `line ${names++}`,
    ),
    sayRaw: (frame, ...said) => {
      sayOn('lifeboat', frame, said);
    },
    heard,
    hang(hanging) {
      isHanging = hanging;
      if (!hanging) for (const deliver of kept.splice(0)) queueMicrotask(deliver);
    },
  };
}
