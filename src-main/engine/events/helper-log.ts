/** The helper first gives all that the kernel still has, without a pause; what comes after one is new. */
const PAUSE_MS = 300;
/** More than a storm of kills has; beyond it the oldest go. */
const MOST_RECORDS = 4_000;

/** The kernel's log as the helper reads it, from where the past ends. */
export class HelperLog {
  #lastMs = 0;
  #isOld = true;
  #records: string[] | undefined;

  /** The helper begins to follow. */
  begin(monotonicMs: number): void {
    this.#lastMs = monotonicMs;
    this.#isOld = true;
    this.#records = [];
  }

  /** The helper is gone. */
  end(): void {
    this.#records = undefined;
  }

  push(record: string, monotonicMs: number): void {
    if (monotonicMs - this.#lastMs >= PAUSE_MS) this.#isOld = false;
    this.#lastMs = monotonicMs;
    if (this.#isOld || this.#records === undefined) return;
    this.#records.push(record);
    if (this.#records.length > MOST_RECORDS) this.#records.shift();
  }

  /** The records since the last call; undefined while no helper follows. */
  poll(): readonly string[] | undefined {
    const records = this.#records;
    if (records !== undefined) this.#records = [];
    return records;
  }
}
