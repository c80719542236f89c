/** So many ends of the page within so long a time are no accident any more. */
const MOST = 4;
const WITHIN_MS = 60_000;
/** The wait before each new page: at once at first, since the kernel may just have killed the old one, then with more and more patience. */
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
