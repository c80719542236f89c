/** A fall that stopped by itself: nothing was killed, memory was given back or simply taken no further. */
export interface PastFall {
  readonly endedSeconds: number;
  readonly dropBytes: number;
  readonly lastedSeconds: number;
}

/** Falls are remembered for a day, the newest of them. */
const KEEP_SECONDS = 24 * 3600;
const MOST_FALLS = 100;
/** A change smaller than this share of the scope's memory is no fall, and no rise. */
const LEAST_SHARE = 0.01;
/** It is over when this share of it was given back, or when it has gone no further for as long as it lasted, and for two minutes. */
const GIVEN_BACK = 0.3;
const STILL_SECONDS = 120;

/**
 * Remembers how far what is left of a scope fell and stopped by itself. Builds, starting programs and garbage collectors fall like a leak and
 * always stop: nothing in their curve tells that beforehand, only that it went so before.
 */
export class PastFalls {
  readonly #leastBytes: number;
  #falls: PastFall[] = [];
  #high: Moment | undefined;
  #low: Moment | undefined;

  constructor(scopeBytes: number) {
    this.#leastBytes = LEAST_SHARE * scopeBytes;
  }

  /** Newest last. */
  get falls(): readonly PastFall[] {
    return this.#falls;
  }

  /** Takes what is left at a moment. */
  add(seconds: number, bytes: number): void {
    const now = { seconds, bytes };
    if (this.#high === undefined || this.#low === undefined) {
      this.#restart(now);
      return;
    }
    if (bytes < this.#low.bytes) this.#low = now;
    const dropBytes = this.#high.bytes - this.#low.bytes;
    if (dropBytes < this.#leastBytes) {
      if (bytes >= this.#high.bytes) this.#restart(now);
      return;
    }
    const lastedSeconds = this.#low.seconds - this.#high.seconds;
    const isBack = bytes - this.#low.bytes > Math.max(this.#leastBytes, GIVEN_BACK * dropBytes);
    const isStill = seconds - this.#low.seconds > Math.max(STILL_SECONDS, lastedSeconds);
    if (!isBack && !isStill) return;
    this.#falls = this.#falls.filter(({ endedSeconds }) => endedSeconds > seconds - KEEP_SECONDS);
    this.#falls.push({ endedSeconds: this.#low.seconds, dropBytes, lastedSeconds });
    if (this.#falls.length > MOST_FALLS) this.#falls.shift();
    this.#restart(now);
  }

  /** What is going on now is not to be remembered: a kill ended it, or the scope itself changed. */
  cut(): void {
    this.#high = undefined;
    this.#low = undefined;
  }

  #restart(now: Moment): void {
    this.#high = now;
    this.#low = now;
  }
}

interface Moment {
  readonly seconds: number;
  readonly bytes: number;
}
