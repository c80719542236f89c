import { EventEmitter } from 'node:events';

type Listener = Parameters<EventEmitter['on']>[1];

/** An emitter that takes listeners only for what the double really emits: else a test would wait for what can never come. */
export class StrictEmitter extends EventEmitter {
  readonly #owner: string;
  readonly #emitted: ReadonlySet<string>;

  constructor(owner: string, emitted: readonly string[]) {
    super();
    this.#owner = owner;
    this.#emitted = new Set(emitted);
    this.setMaxListeners(0);
  }

  // `once` and `addListener` of Node come by here, or are sent here.
  override on(event: string | symbol, listener: Listener): this {
    if (typeof event === 'string' && !this.#emitted.has(event))
      throw unsupported(`${this.#owner} event "${event}"`);
    return super.on(event, listener);
  }

  override addListener(event: string | symbol, listener: Listener): this {
    return this.on(event, listener);
  }
}

/** What is thrown for all of Electron that the double has not. */
export function unsupported(what: string): Error {
  return new Error(`electron-double: ${what} is not supported`);
}

/** An event as Electron gives it to listeners. */
export interface PreventableEvent {
  defaultPrevented: boolean;
  preventDefault(): void;
}

export function preventable<T extends object>(details: T): T & PreventableEvent {
  return {
    ...details,
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true;
    },
  };
}
