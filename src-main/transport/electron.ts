import type { IpcMain, IpcMainEvent, WebContents } from 'electron';
import { BRIDGE_CHANNEL, type MainWord, PAGE_WORDS, type PageWord } from '#shared/contract/bridge.ts';
import { MAX_REQUEST_LENGTH } from '#shared/contract/change.ts';
import { type Channel } from '#shared/contract/channel.ts';
import { type Log } from '#shared/contract/server.ts';
import { safeText, shorten } from '#shared/format/safe-text.ts';
import { limitLog } from './log-limit.ts';
import { logLines } from '#shared/words/en/log.ts';

/** Lines a minute that all that is refused may write into the log. */
const MAX_LOG_LINES = 20;
const MAX_NAME_LENGTH = 64;
/** Messages that a page has not taken yet at which frames are left out: it hangs, and a later frame says all that is missing. */
const MAX_UNTAKEN = 8;

export interface WindowLinesOptions {
  readonly ipcMain: Pick<IpcMain, 'on' | 'off'>;
  /** Whether an address is one of Lifeboat's own pages. */
  readonly isOwnAddress: (address: string) => boolean;
  /** Takes a line that a page has opened; by the time it returns, the channel has a listener. */
  readonly onLine: (channel: Channel) => void;
  readonly log: Log;
  readonly nowMs: () => number;
}

/** The desktop's side of every line to a page of its own. */
export interface WindowLines {
  /** Lets the page of these contents open a line, until they are gone. */
  accept(contents: WebContents): void;
  /**
   * Called when the page is hidden or shown. Hidden: its line is ended, and one that it opens meanwhile waits with its requests. Shown: it
   * is served at once.
   */
  setSeen(contents: WebContents, seen: boolean): void;
  close(): void;
}

/** What is said over a line, after its name has been checked. */
interface PageLine {
  readonly name: string;
  /** Absent while the page is hidden. */
  served?: ServedLine;
  /** Messages that came before it is served. */
  readonly waiting: string[];
}
interface ServedLine {
  receive(text: string): void;
  taken(): void;
  end(): void;
}
/** Contents that may open a line. */
interface KnownWindow {
  seen: boolean;
  line?: PageLine;
}

/** As many requests as the server lets one connection have under way. */
const MAX_WAITING = 64;

/**
 * The transport of the desktop window, over Electron's IPC. A sender must be the top frame of accepted contents, with one of our pages
 * in it; everything else is refused and logged, and so is any message outside of the protocol.
 */
export function createWindowLines(options: WindowLinesOptions): WindowLines {
  const { ipcMain, isOwnAddress, onLine } = options;
  const log = limitLog(options.log, MAX_LOG_LINES, options.nowMs);
  const windows = new Map<WebContents, KnownWindow>();

  function listener(event: IpcMainEvent, ...said: readonly unknown[]): void {
    const refusal = foreignSender(event, windows.has(event.sender), isOwnAddress);
    if (refusal !== undefined) {
      log(logLines.refusedPage(refusal));
      return;
    }
    const words = parseWords(said);
    if (words === undefined) log(logLines.refusedPage(logLines.notOfBridge));
    else receive(event.sender, words);
  }

  function receive(contents: WebContents, { word, name, text }: Words): void {
    const window = windows.get(contents);
    if (window === undefined) return;
    if (word === 'open') {
      window.line?.served?.end();
      window.line = { name, waiting: [] };
      if (window.seen) serveLine(contents, window.line);
      return;
    }
    const { line } = window;
    // Said over a line that has ended meanwhile.
    if (line?.name !== name) return;
    if (word === 'close') {
      delete window.line;
      line.served?.end();
    } else if (word === 'taken') line.served?.taken();
    else if (line.served !== undefined) line.served.receive(text);
    else if (line.waiting.length < MAX_WAITING) line.waiting.push(text);
  }

  function serveLine(contents: WebContents, line: PageLine): void {
    line.served = openLine(contents, line.name, onLine);
    for (const text of line.waiting.splice(0)) line.served.receive(text);
  }

  /** Ends the line of a page that is still there, and tells it so. */
  function drop(contents: WebContents, window: KnownWindow): void {
    const { line } = window;
    forgetLine(window);
    if (line !== undefined) tell(contents, 'close', line.name);
  }

  ipcMain.on(BRIDGE_CHANNEL, listener);
  return {
    accept(contents) {
      const window: KnownWindow = { seen: true };
      windows.set(contents, window);
      contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
        if (isMainFrame && !isSameDocument) drop(contents, window);
      });
      contents.on('render-process-gone', () => {
        forgetLine(window);
      });
      contents.once('destroyed', () => {
        forgetLine(window);
        windows.delete(contents);
      });
    },
    setSeen(contents, seen) {
      const window = windows.get(contents);
      if (window === undefined || window.seen === seen) return;
      window.seen = seen;
      if (!seen) drop(contents, window);
      else if (window.line !== undefined) serveLine(contents, window.line);
    },
    close() {
      ipcMain.off(BRIDGE_CHANNEL, listener);
      for (const [contents, window] of windows) drop(contents, window);
      windows.clear();
    },
  };
}

function forgetLine(window: KnownWindow): void {
  const { line } = window;
  delete window.line;
  line?.served?.end();
}

/** Why a sender is foreign; undefined when it is one of our pages. */
function foreignSender(
  { senderFrame }: IpcMainEvent,
  known: boolean,
  isOwnAddress: (address: string) => boolean,
): string | undefined {
  if (!known) return logLines.notOfWindow;
  // The frame is gone, or another page is in it already.
  if (senderFrame === null) return logLines.frameGone;
  if (senderFrame.parent !== null) return logLines.innerFrame;
  if (!isOwnAddress(senderFrame.url)) return logLines.from(shorten(safeText(senderFrame.url), 100));
  return undefined;
}

interface Words {
  readonly word: PageWord;
  readonly name: string;
  readonly text: string;
}

function parseWords([word, name, text, ...more]: readonly unknown[]): Words | undefined {
  const known = PAGE_WORDS.find((each) => each === word);
  if (known === undefined || more.length > 0) return undefined;
  if (typeof name !== 'string' || name.length > MAX_NAME_LENGTH) return undefined;
  if (known !== 'say') return text === undefined ? { word: known, name, text: '' } : undefined;
  if (typeof text !== 'string' || text.length > MAX_REQUEST_LENGTH) return undefined;
  return { word: known, name, text };
}

/** Makes a channel of a line and hands it on. */
function openLine(contents: WebContents, name: string, onLine: (channel: Channel) => void): ServedLine {
  let onMessage: (message: unknown) => void = () => undefined;
  let onClose: () => void = () => undefined;
  let isOpen = true;
  let untaken = 0;
  const end = () => {
    if (!isOpen) return;
    isOpen = false;
    onClose();
  };
  onLine({
    send(message, urgency) {
      if (!isOpen || (urgency === 'droppable' && untaken >= MAX_UNTAKEN)) return;
      const text = JSON.stringify(message);
      untaken += 1;
      tell(contents, 'say', name, text);
    },
    onMessage(listener) {
      onMessage = listener;
    },
    onClose(listener) {
      onClose = listener;
    },
    close() {
      if (!isOpen) return;
      tell(contents, 'close', name);
      end();
    },
  });
  return {
    receive(text) {
      if (isOpen) onMessage(parseJson(text));
    },
    taken() {
      untaken = Math.max(0, untaken - 1);
    },
    end,
  };
}

/** Contents that are being destroyed take nothing any more. */
function tell(contents: WebContents, word: MainWord, name: string, text?: string): void {
  if (contents.isDestroyed()) return;
  contents.send(BRIDGE_CHANNEL, word, name, text);
}

/** The message as a value. Text that is not JSON becomes undefined, which no schema accepts. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
