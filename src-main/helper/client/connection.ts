import { type ChildProcessWithoutNullStreams } from 'node:child_process';
import * as v from 'valibot';
import { parseFailure } from '#shared/failure/parse.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  HELPER_HEARTBEAT_MS,
  HELPER_LINE_BYTES,
  type HelperCall,
  type HelperEvent,
  type HelperHello,
  type HelperRequest,
  type HelperValue,
} from '#shared/contract/helper.ts';
import { fail, type Failure, type Result } from '#shared/result.ts';
import { helperEvent, helperValue } from './answers.ts';
import { type Helper } from './helper.ts';
import { type Method } from './methods.ts';

/** Wait for an answer, in milliseconds: reloading systemd's units takes up to 24 s in the helper. */
const ANSWER_MS = 30_000;
/** Three beats fit into the time after which the helper ends by itself. */
const BEAT_MS = HELPER_HEARTBEAT_MS / 3;
/** How long a helper may take to put things back and end. */
const CLOSE_MS = 2000;

/** Splits what a helper says into lines; a line that is longer than the protocol allows is dropped. */
export function onLines(child: ChildProcessWithoutNullStreams, listener: (line: string) => void): void {
  let rest = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(0, HELPER_LINE_BYTES + 1);
    for (const line of lines) if (line.length <= HELPER_LINE_BYTES) listener(line);
  });
}

/** A line as an object; undefined for any other line. */
export function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What an answer says; one that is not in the protocol is a failure as well. */
function resultOf(message: Readonly<Record<string, unknown>>): Result<HelperValue> {
  const parsed = v.safeParse(helperValue, message['value']);
  if (message['ok'] === true && parsed.success) return { ok: true, value: parsed.output };
  const error = message['ok'] === false ? parseFailure(message['error']) : undefined;
  return error === undefined ? fail('helper-garbled', {}) : { ok: false, error };
}

/** The client's end of a helper that has said hello. */
export class HelperConnection implements Helper {
  readonly hello: HelperHello;
  readonly via: Method['via'];
  readonly ended: Promise<Failure>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, (result: Result<HelperValue>) => void>();
  readonly #listeners = new Set<(event: HelperEvent) => void>();
  readonly #beat: NodeJS.Timeout;
  #lastId = 0;
  #end: Failure | undefined;

  constructor(child: ChildProcessWithoutNullStreams, hello: HelperHello, via: Method['via']) {
    this.#child = child;
    this.hello = hello;
    this.via = via;
    this.#beat = setInterval(() => void this.request({ verb: 'ping' }), BEAT_MS).unref();
    // `close` reports a helper that has ended; that writing to it fails then says nothing more.
    child.stdin.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        const failure = endedFailure(signal ?? `exit code ${code ?? 'unknown'}`);
        this.#finish(failure);
        resolve(failure);
      });
    });
  }

  request(request: HelperRequest): Promise<Result<HelperValue>> {
    if (this.#end !== undefined) return Promise.resolve({ ok: false, error: this.#end });
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        resolve(fail('helper-silent', { seconds: ANSWER_MS / 1000 }));
      }, ANSWER_MS);
      this.#waiting.set(id, (result) => {
        clearTimeout(timer);
        resolve(result);
      });
      this.#child.stdin.write(`${JSON.stringify({ id, request } satisfies HelperCall)}\n`);
    });
  }

  onEvent(listener: (event: HelperEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    const patience = new AbortController();
    const late = sleep(CLOSE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([this.ended, late]);
    patience.abort();
    // A user may not signal what is root by now: closing its input has to be enough then, and this does not wait for it.
    this.#child.kill();
  }

  /** Takes in a line that came after the hello. A line outside of the protocol is dropped, or fails the request that it answers. */
  receive(line: string): void {
    const message = parseObject(line);
    if (message === undefined) return;
    if ('event' in message) {
      const event = v.safeParse(helperEvent, message);
      if (event.success) for (const listener of this.#listeners) listener(event.output);
    } else if (typeof message['id'] === 'number') {
      const { id } = message;
      this.#waiting.get(id)?.(resultOf(message));
      this.#waiting.delete(id);
    }
  }

  #finish(failure: Failure): void {
    this.#end = failure;
    clearInterval(this.#beat);
    for (const answer of this.#waiting.values()) answer({ ok: false, error: failure });
    this.#waiting.clear();
  }
}

function endedFailure(how: string): Failure {
  return fail('helper-ended', { how }).error;
}
