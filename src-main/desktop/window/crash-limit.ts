/** Ends of the page within WITHIN_MS at which it is given up. */
const MOST = 4;
const WITHIN_MS = 60_000;
/** The waits before a new page: short at first, since the kernel may just have killed the old one, then longer and longer. */
const WAITS_MS: readonly number[] = [100, 500, 2_000];

/** Decides whether a page whose process is gone gets a new one. */
export class CrashLimit {
  #ends: number[] = [];

  /** The wait before the next try in milliseconds; undefined when it is to be given up. */
  next(nowMs: number): number | undefined {
    this.#ends = [...this.#ends.filter((endMs) => nowMs - endMs < WITHIN_MS), nowMs];
    if (this.#ends.length >= MOST) return undefined;
    return WAITS_MS[this.#ends.length - 1];
  }

  /** The user wants it tried again. */
  forget(): void {
    this.#ends = [];
  }
}
