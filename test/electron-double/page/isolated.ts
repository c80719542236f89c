import { type Clone } from '../clone.ts';
import { type Bridge } from './bridge.ts';

/** What a sandboxed preload can see of its process. */
export interface PreloadInfo {
  readonly path: string;
  readonly versions: Readonly<Record<string, string | undefined>>;
  readonly arch: string;
  readonly argv: readonly string[];
}

/** What the isolated world tells main. `args` are a text of `Clone`. */
export type FromPage =
  | { readonly do: 'send'; readonly channel: string; readonly args: string }
  | { readonly do: 'invoke'; readonly id: number; readonly channel: string; readonly args: string }
  | { readonly do: 'preload-error'; readonly message: string };
/** What main tells it. */
export type ToPage =
  | { readonly do: 'event'; readonly channel: string; readonly args: string }
  | { readonly do: 'answer'; readonly id: number; readonly result: string }
  | { readonly do: 'refusal'; readonly id: number; readonly message: string };

/** The text of a preload, as CommonJS wraps it. */
export type Preload = (
  require: (name: string) => unknown,
  process: object,
  exports: object,
  module: object,
  global: object,
) => void;
type Listener = (...args: unknown[]) => void;

/**
 * Runs inside the page, by its text, in the isolated world: gives the preload what a sandboxed one has (`require` of electron alone, a
 * bare `process`), and runs it.
 */
export function runPreload(clone: Clone, bridge: Bridge, info: PreloadInfo, preload: Preload): void {
  // Only the top frame has a preload, unless nodeIntegrationInSubFrames, which the double has not.
  if (window !== window.top) return;
  const scope = globalThis as unknown as Record<string, (message: unknown) => void>;
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  const post = (message: FromPage): void => scope['electronDoubleToMain']?.(JSON.stringify(message));

  function emitter() {
    const listeners = new Map<string, { listener: Listener; once: boolean }[]>();
    const add = (name: string, listener: Listener, once: boolean): void => {
      listeners.set(name, [...(listeners.get(name) ?? []), { listener, once }]);
    };
    return {
      on(name: string, listener: Listener) {
        add(name, listener, false);
        return this;
      },
      addListener(name: string, listener: Listener) {
        return this.on(name, listener);
      },
      once(name: string, listener: Listener) {
        add(name, listener, true);
        return this;
      },
      off(name: string, listener: Listener) {
        const kept = listeners.get(name) ?? [];
        const index = kept.findIndex((entry) => entry.listener === listener);
        listeners.set(
          name,
          kept.filter((_, at) => at !== index),
        );
        return this;
      },
      removeListener(name: string, listener: Listener) {
        return this.off(name, listener);
      },
      removeAllListeners(name?: string) {
        if (name === undefined) listeners.clear();
        else listeners.delete(name);
        return this;
      },
      listenerCount: (name: string) => listeners.get(name)?.length ?? 0,
      emit(name: string, ...args: unknown[]) {
        const called = listeners.get(name) ?? [];
        listeners.set(
          name,
          called.filter(({ once }) => !once),
        );
        for (const { listener } of called) listener.apply(this, args);
        return called.length > 0;
      },
    };
  }

  const ipcRenderer = {
    ...emitter(),
    send(channel: string, ...args: unknown[]) {
      post({ do: 'send', channel, args: clone.encode(args) });
    },
    async invoke(channel: string, ...args: unknown[]) {
      const text = clone.encode(args);
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        post({ do: 'invoke', id, channel, args: text });
      });
    },
  };

  Object.defineProperty(globalThis, 'electronDoubleFromMain', {
    value: (message: ToPage) => {
      if (message.do === 'event') {
        const event = {
          sender: ipcRenderer,
          ports: [],
          preventDefault: () => undefined,
          defaultPrevented: false,
        };
        ipcRenderer.emit(message.channel, event, ...(clone.decode(message.args) as unknown[]));
        return;
      }
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.do === 'answer') call?.resolve(clone.decode(message.result));
      else call?.reject(new Error(message.message));
    },
  });

  /** What is not there throws when it is asked for, and is not undefined. */
  const only = (name: string, parts: object): object =>
    new Proxy(parts, {
      get(target, key) {
        if (key in target) return Reflect.get(target, key) as unknown;
        if (typeof key === 'symbol' || key === '__esModule') return undefined;
        throw new Error(`electron-double: ${name}.${key} is not supported`);
      },
    });
  const contextBridge = only('contextBridge', {
    exposeInMainWorld: (key: string, api: unknown) => {
      bridge.expose(key, api);
    },
  });
  const electron = only('electron', { contextBridge, ipcRenderer: only('ipcRenderer', ipcRenderer) });
  const require = (name: string): unknown => {
    if (name === 'electron' || name === 'electron/renderer') return electron;
    throw new Error(`module not found: ${name}`);
  };
  const process = {
    ...emitter(),
    type: 'renderer',
    sandboxed: true,
    contextIsolated: true,
    platform: 'linux',
    arch: info.arch,
    versions: info.versions,
    argv: info.argv,
    env: {},
  };
  try {
    const module = { exports: {} };
    preload(require, process, module.exports, module, globalThis);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    // Electron's own words, where a developer looks for them.
    // eslint-disable-next-line no-console
    console.error(`Unable to load preload script: ${info.path}`, error);
    post({ do: 'preload-error', message: text });
  }
}
