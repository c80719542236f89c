import * as v from 'valibot';
import { type Channel } from './channel.ts';
import { parseFailure } from '../failure/parse.ts';
import { fail, ok, type Result } from '../result.ts';
import { serverMessage } from './messages.ts';
import { type EventName, type Events, type Input, type Output, type RequestName } from './table.ts';

/** The other side as functions. */
export interface Client {
  /** Asks; the answer is a value also when the line breaks (`disconnected`). Never rejects. */
  request<N extends RequestName>(name: N, input: Input<N>): Promise<Result<Output<N>>>;
  /** Calls back for every event of that name. Returns a function that ends it. */
  on<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void;
  /** Calls back once when the line is closed; at once if it already is. */
  onClose(listener: () => void): void;
  close(): void;
}

/** A client over a channel. */
export function createClient(channel: Channel): Client {
  const pending = new Map<number, (result: Result<unknown>) => void>();
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  const closers = new Set<() => void>();
  let nextId = 0;
  let closed = false;

  channel.onMessage((message) => {
    const parsed = v.safeParse(serverMessage, message);
    if (!parsed.success) return;
    if ('event' in parsed.output) {
      for (const listener of listeners.get(parsed.output.event) ?? []) listener(parsed.output.payload);
      return;
    }
    const { id, result } = parsed.output;
    pending.get(id)?.(
      result.ok ? ok(result.value) : (known(result.error) ?? fail('internal', { where: 'The request' })),
    );
    pending.delete(id);
  });

  channel.onClose(() => {
    closed = true;
    for (const resolve of pending.values()) resolve(disconnected());
    pending.clear();
    for (const closer of closers) closer();
    closers.clear();
  });

  return {
    request<N extends RequestName>(name: N, input: Input<N>) {
      if (closed) return Promise.resolve(disconnected());
      const id = nextId++;
      return new Promise((resolve) => {
        pending.set(id, resolve as (result: Result<unknown>) => void);
        channel.send({ id, request: name, input });
      });
    },
    on<E extends EventName>(event: E, listener: (payload: Events[E]) => void) {
      const own = listener as (payload: unknown) => void;
      const all = listeners.get(event) ?? new Set();
      listeners.set(event, all.add(own));
      return () => all.delete(own);
    },
    onClose(listener) {
      if (closed) listener();
      else closers.add(listener);
    },
    close() {
      channel.close();
    },
  };
}

function disconnected() {
  return fail('disconnected', {});
}

/** The failure of an answer, where it is one. */
function known(error: unknown): Result<never> | undefined {
  const failure = parseFailure(error);
  return failure === undefined ? undefined : { ok: false, error: failure };
}
