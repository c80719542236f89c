/** For how long things have been so, by what was seen: a killer acts only on pressure that lasts. */
export class Lasting {
  #sinceMs: ReadonlyMap<string, number> = new Map();
  #nowMs = 0;

  /** What is so at this moment; all else has ended. */
  see(nowMs: number, keys: readonly string[]): void {
    this.#nowMs = nowMs;
    this.#sinceMs = new Map(keys.map((key) => [key, this.#sinceMs.get(key) ?? nowMs]));
  }

  /** For how many seconds it has been so; undefined where it was not so when it was seen last. */
  seconds(key: string): number | undefined {
    const sinceMs = this.#sinceMs.get(key);
    return sinceMs === undefined ? undefined : (this.#nowMs - sinceMs) / 1000;
  }
}
