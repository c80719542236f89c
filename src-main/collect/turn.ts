/** Takes turns through a list that may be another one each time. */
export class Turn {
  #next = 0;

  /** `count` of these, beginning where the last turn ended. */
  take<T>(all: readonly T[], count: number): readonly T[] {
    if (all.length <= count) return all;
    const from = this.#next % all.length;
    this.#next = from + count;
    return [...all.slice(from, from + count), ...all.slice(0, Math.max(0, from + count - all.length))];
  }
}
