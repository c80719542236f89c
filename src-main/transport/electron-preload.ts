import type { IpcRenderer } from 'electron';
import {
  BRIDGE_CHANNEL,
  type Bridge,
  type BridgeLine,
  type MainWord,
  type PageWord,
} from '#shared/contract/bridge.ts';

/** The line that is open, as this side knows it. */
interface OpenLine {
  readonly name: string;
  readonly onText: (text: string) => void;
  readonly onClose: () => void;
}

/**
 * The page's end of the desktop transport: it runs in the sandboxed preload. Neither `ipcRenderer` nor any of its events gets to the page,
 * and the channel is this one alone. `makeName` names lines so that none of an earlier page is taken for one of this page.
 */
export function createBridge(ipc: Pick<IpcRenderer, 'on' | 'send'>, makeName: () => string): Bridge {
  let current: OpenLine | undefined;

  function tell(word: PageWord, name: string, text?: string): void {
    if (text === undefined) ipc.send(BRIDGE_CHANNEL, word, name);
    else ipc.send(BRIDGE_CHANNEL, word, name, text);
  }

  function end(line: OpenLine): void {
    if (current !== line) return;
    current = undefined;
    queueMicrotask(line.onClose);
  }

  ipc.on(BRIDGE_CHANNEL, (_event, word: MainWord, name: string, text: string) => {
    const line = current;
    if (line?.name !== name) return;
    if (word === 'close') {
      end(line);
      return;
    }
    line.onText(text);
    tell('taken', name);
  });

  return Object.freeze({
    open(onText: (text: string) => void, onClose: () => void): BridgeLine {
      if (current !== undefined) end(current);
      const line: OpenLine = { name: makeName(), onText, onClose };
      current = line;
      tell('open', line.name);
      return Object.freeze({
        send(text: string) {
          if (current === line) tell('say', line.name, text);
        },
        close() {
          if (current !== line) return;
          tell('close', line.name);
          end(line);
        },
      });
    },
  });
}
