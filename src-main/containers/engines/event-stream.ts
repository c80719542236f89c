import { request } from 'node:http';
import { parseEngineEvent, type EngineEvent } from '#shared/containers/engine-event.ts';
import { noAnswer, type NoAnswer } from './ask.ts';

/** An event carries all labels of its container. */
const MOST_LINE_BYTES = 1 << 20;
/** Lines in a row that are no events: then what writes them is no engine. */
const MOST_STRANGE_LINES = 20;

/** What is heard from the stream of events. */
export interface EventListener {
  readonly onEvent: (event: EngineEvent) => void;
  /** The stream has ended, and why; called once, and never after `close`. */
  readonly onEnd: (why: NoAnswer) => void;
}

/** Follows `GET /events` until `close`, or until it ends by itself. */
export function followEvents(
  socketPath: string,
  path: string,
  { onEvent, onEnd }: EventListener,
): () => void {
  const asked = request({ socketPath, path, headers: { Host: 'localhost' }, agent: false });
  let isOpen = true;
  const end = (why: NoAnswer) => {
    if (!isOpen) return;
    isOpen = false;
    asked.destroy();
    onEnd(why);
  };
  const lines = new EventLines((event) => {
    if (isOpen) onEvent(event);
  });
  asked.on('error', (error) => {
    end(noAnswer(error));
  });
  asked.on('response', (response) => {
    if (response.statusCode !== 200) end('malformed');
    response.on('data', (part: Buffer) => {
      if (isOpen && !lines.take(part)) end('malformed');
    });
    response.on('error', (error) => {
      end(noAnswer(error));
    });
    response.on('end', () => {
      end('silent');
    });
  });
  asked.end();
  return () => {
    isOpen = false;
    asked.destroy();
  };
}

/** Cuts a stream into lines of JSON; json-seq puts a record separator before each. */
class EventLines {
  readonly #onEvent: (event: EngineEvent) => void;
  #parts: Buffer[] = [];
  #length = 0;
  #strange = 0;

  constructor(onEvent: (event: EngineEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** Takes a piece of the stream. False when this is no stream of events: a line without end, or nothing but strange lines. */
  take(part: Buffer): boolean {
    let from = 0;
    for (let at = part.indexOf(10); at !== -1; at = part.indexOf(10, from)) {
      this.#keep(part.subarray(from, at));
      from = at + 1;
      if (this.#length > MOST_LINE_BYTES) return false;
      const line = Buffer.concat(this.#parts).toString('utf8');
      this.#parts = [];
      this.#length = 0;
      this.#read(line.replace(/^\x1e/, '').trim());
      if (this.#strange > MOST_STRANGE_LINES) return false;
    }
    this.#keep(part.subarray(from));
    return this.#length <= MOST_LINE_BYTES;
  }

  #keep(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#parts.push(rest);
    this.#length += rest.length;
  }

  #read(line: string): void {
    if (line === '') return;
    const event = parseEngineEvent(jsonOf(line));
    this.#strange = event === undefined ? this.#strange + 1 : 0;
    if (event !== undefined && event !== 'other') this.#onEvent(event);
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** A moment as `since` takes it, in seconds: a little earlier, since JSON has rounded it. What comes again is known. */
export function sinceText(ns: number): string {
  const seconds = Math.floor(ns / 1e9);
  const micros = Math.max(0, Math.floor((ns - seconds * 1e9) / 1e3) - 1);
  return `${seconds}.${String(micros).padStart(6, '0')}000`;
}
