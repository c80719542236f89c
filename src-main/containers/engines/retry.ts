import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';

/** The first attempt after a failure; each one that fails doubles the time to the next. */
const FIRST_MS = 250;
const LAST_MS = 60_000;
/** A connection that has lasted this long was a good one: the next attempt comes soon again. */
const GOOD_MS = 10_000;
/** Between two attempts that a new socket causes: a program may make one after the other. */
const BETWEEN_SOCKETS_MS = 1_000;

/** When an engine that does not answer is asked again: later and later, and at once when its socket is made. */
export class Retry {
  readonly #socketPath: string;
  readonly #attempt: () => void;
  readonly #nowMs: () => number;
  #failures = 0;
  #connectedMs: number | undefined;
  #attemptedMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #watcher: FSWatcher | undefined;

  constructor(socketPath: string, attempt: () => void, nowMs: () => number) {
    this.#socketPath = socketPath;
    this.#attempt = attempt;
    this.#nowMs = nowMs;
  }

  /** The engine answers. */
  connected(): void {
    this.#connectedMs = this.#nowMs();
  }

  /** Plans the next attempt. */
  failed(): void {
    const isGood = this.#connectedMs !== undefined && this.#nowMs() - this.#connectedMs >= GOOD_MS;
    this.#connectedMs = undefined;
    this.#failures = isGood ? 1 : this.#failures + 1;
    const delayMs = Math.min(LAST_MS, FIRST_MS * 2 ** (this.#failures - 1));
    this.#plan(delayMs);
    this.#watch();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #plan(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.stop();
      this.#attemptedMs = this.#nowMs();
      this.#attempt();
    }, delayMs);
    this.#timer.unref();
  }

  /** A folder that is not there has no socket in it: the timer alone finds it then. */
  #watch(): void {
    this.#watcher?.close();
    const name = basename(this.#socketPath);
    try {
      this.#watcher = watch(dirname(this.#socketPath), { persistent: false }, (_, changed) => {
        if (changed !== name) return;
        const sinceMs = this.#nowMs() - this.#attemptedMs;
        this.#plan(Math.max(100, BETWEEN_SOCKETS_MS - sinceMs));
      });
      this.#watcher.on('error', () => {
        this.#watcher?.close();
      });
    } catch {
      this.#watcher = undefined;
    }
  }
}
