/** One world's half of Electron's context bridge. */
export interface Bridge {
  /** `contextBridge.exposeInMainWorld`; only the isolated world calls it. */
  expose(key: string, api: unknown): void;
}

/** A value on its way into the other world: what has behaviour is a number there that leads back here. */
type Crossing =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'function'; readonly id: number }
  | { readonly kind: 'promise'; readonly id: number }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'array'; readonly items: readonly Crossing[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Crossing])[] };
type Message =
  | { readonly do: 'call'; readonly id: number; readonly args: readonly Crossing[] }
  | { readonly do: 'settle'; readonly id: number; readonly ok: boolean; readonly value: Crossing }
  | { readonly do: 'expose'; readonly key: string; readonly api: Crossing }
  | { readonly do: 'reply'; readonly reply: Reply };
type Reply =
  { readonly ok: true; readonly value: Crossing } | { readonly ok: false; readonly message: string };
interface Settling {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Runs inside the page, by its text, once in each world. The halves meet in DOM events of a secret name on `document`: Blink dispatches
 * them synchronously in all worlds and clones `detail` for each, so a function of the other world is called as one's own.
 * Limits and texts are those of Electron (shell/renderer/api/electron_api_context_bridge.cc).
 */
export function makeBridge(secret: string, own: string, other: string): Bridge {
  const MAX_DEPTH = 1000;
  const functions = new Map<number, (...args: unknown[]) => unknown>();
  const functionIds = new WeakMap<object, number>();
  const settling = new Map<number, Settling>();
  let lastId = 0;
  let reply: Reply | undefined;

  document.addEventListener(secret + own, (event) => {
    const message = (event as CustomEvent<Message>).detail;
    if (message.do === 'reply') reply = message.reply;
    else dispatch({ do: 'reply', reply: answer(message) });
  });

  return {
    expose(key, api) {
      const { ok, ...rest } = ask({ do: 'expose', key, api: leave(api) });
      if (!ok && 'message' in rest) throw new Error(rest.message);
    },
  };

  function dispatch(detail: Message): void {
    document.dispatchEvent(new CustomEvent(secret + other, { detail }));
  }

  function ask(message: Message): Reply {
    reply = undefined;
    dispatch(message);
    // Set by the listener above, before dispatch returns.
    const answered = reply as Reply | undefined;
    if (answered === undefined) throw new Error('electron-double: the other world does not answer');
    return answered;
  }

  function answer(message: Exclude<Message, { do: 'reply' }>): Reply {
    try {
      switch (message.do) {
        case 'call':
          return { ok: true, value: leave(functions.get(message.id)?.(...message.args.map(enter))) };
        case 'settle': {
          const promise = settling.get(message.id);
          settling.delete(message.id);
          promise?.[message.ok ? 'resolve' : 'reject'](enter(message.value));
          break;
        }
        case 'expose':
          if (message.key in window)
            throw new Error('Cannot bind an API on top of an existing property on the window object');
          Object.defineProperty(window, message.key, { value: freeze(enter(message.api)), enumerable: true });
      }
      return { ok: true, value: { kind: 'value', value: undefined } };
    } catch (error) {
      return { ok: false, message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** A value as it leaves this world. */
  function leave(value: unknown, depth = 0): Crossing {
    if (depth > MAX_DEPTH)
      throw new Error(
        'Electron contextBridge recursion depth exceeded.  Nested objects deeper than 1000 are not supported.',
      );
    if (typeof value === 'function') return { kind: 'function', id: functionId(value as () => unknown) };
    if (value instanceof Promise) return { kind: 'promise', id: follow(value) };
    if (value instanceof Error) return { kind: 'error', message: value.message };
    if (!holdsLive(value)) {
      mustBeCloneable(value);
      return { kind: 'value', value };
    }
    if (Array.isArray(value)) return { kind: 'array', items: value.map((item) => leave(item, depth + 1)) };
    return {
      kind: 'object',
      entries: Object.entries(value).map(([key, item]) => [key, leave(item, depth + 1)]),
    };
  }

  function functionId(call: () => unknown): number {
    const known = functionIds.get(call);
    if (known !== undefined) return known;
    lastId += 1;
    functionIds.set(call, lastId);
    functions.set(lastId, call);
    return lastId;
  }

  function follow(promise: Promise<unknown>): number {
    lastId += 1;
    const id = lastId;
    const settle = (ok: boolean, value: unknown): void => {
      try {
        ask({ do: 'settle', id, ok, value: leave(value) });
      } catch (error) {
        ask({
          do: 'settle',
          id,
          ok: false,
          value: { kind: 'error', message: (error as Error).message },
        });
      }
    };
    promise.then(
      (value) => {
        settle(true, value);
      },
      (reason: unknown) => {
        settle(false, reason);
      },
    );
    return id;
  }

  /** A value as it enters this world. */
  function enter(crossing: Crossing): unknown {
    switch (crossing.kind) {
      case 'function':
        return (...args: unknown[]) => {
          const answered = ask({ do: 'call', id: crossing.id, args: args.map((arg) => leave(arg)) });
          if (!answered.ok) throw new Error(answered.message);
          return enter(answered.value);
        };
      case 'promise':
        return new Promise((resolve, reject) => settling.set(crossing.id, { resolve, reject }));
      case 'error':
        return new Error(crossing.message);
      case 'array':
        return crossing.items.map(enter);
      case 'object':
        return Object.fromEntries(crossing.entries.map(([key, value]) => [key, enter(value)]));
      case 'value':
        return crossing.value;
    }
  }

  function isPlain(value: unknown): value is Record<string, unknown> {
    return Object.prototype.toString.call(value) === '[object Object]';
  }

  /** Whether there is something in it that a clone would refuse and a bridge takes. */
  function holdsLive(value: unknown, seen = new Set<unknown>()): value is object {
    if (typeof value === 'function' || value instanceof Promise) return true;
    if (seen.has(value) || !(Array.isArray(value) || isPlain(value))) return false;
    seen.add(value);
    return Object.values(value).some((item) => holdsLive(item, seen));
  }

  /** Throws for a Proxy, as in Electron, where V8's serializer refuses it. */
  function mustBeCloneable(value: unknown): void {
    try {
      structuredClone(value);
    } catch {
      throw new Error('An object could not be cloned.');
    }
  }

  function freeze(value: unknown): unknown {
    if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value;
    Object.freeze(value);
    for (const item of Object.values(value)) freeze(item);
    return value;
  }
}
