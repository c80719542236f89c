import { type Interruption } from '../../store/alert-record.ts';

/** The same does not come again within this time. */
const AGAIN_MS = 10 * 60_000;

/** Lets the same kind and subject pass once in ten minutes, also across a restart of Lifeboat. */
export class Throttle {
  readonly #since: (timeMs: number) => readonly Interruption[];
  readonly #last = new Map<string, number>();
  #asked = false;

  /** `since`: what has passed since a moment, in a Lifeboat before this one. */
  constructor(since: (timeMs: number) => readonly Interruption[]) {
    this.#since = since;
  }

  passes(kind: string, subject: string, nowMs: number): boolean {
    if (!this.#asked) {
      this.#asked = true;
      for (const { kind: before, subject: about, timeMs } of this.#since(nowMs - AGAIN_MS)) {
        this.#last.set(`${before} ${about}`, timeMs);
      }
    }
    // A clock that was set back must not suppress alerts.
    for (const [key, timeMs] of this.#last) {
      if (timeMs <= nowMs - AGAIN_MS || timeMs > nowMs) this.#last.delete(key);
    }
    const key = `${kind} ${subject}`;
    if (this.#last.has(key)) return false;
    this.#last.set(key, nowMs);
    return true;
  }
}
