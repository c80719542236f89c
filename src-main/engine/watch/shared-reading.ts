import { type Result } from '#shared/result.ts';

/** A reading of all processes is shared by the requests of so long, and of as long as it took itself. */
const SHARED_MS = 200;

/**
 * Readings of everything, which cost tenths of a second among thousands of processes: requests that come soon after one get the same one, so
 * that a client which asks in a loop takes half of a processor at most. A change asks for `forget`.
 */
export class SharedReading<T> {
  readonly #read: () => Result<T>;
  readonly #nowMs: () => number;
  #last: { readonly reading: Result<T>; readonly untilMs: number } | undefined;

  /** `nowMs` is a clock that only goes forward. */
  constructor(read: () => Result<T>, nowMs: () => number) {
    this.#read = read;
    this.#nowMs = nowMs;
  }

  /** The last reading where it is young enough, else a new one. */
  take(): Result<T> {
    const beforeMs = this.#nowMs();
    if (this.#last !== undefined && beforeMs < this.#last.untilMs) return this.#last.reading;
    const reading = this.#read();
    const afterMs = this.#nowMs();
    this.#last = { reading, untilMs: afterMs + Math.max(SHARED_MS, afterMs - beforeMs) };
    return reading;
  }

  /** Something was written: what was read before is true no longer. */
  forget(): void {
    this.#last = undefined;
  }
}
