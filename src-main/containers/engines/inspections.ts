/** Containers that are being asked about at a time: an engine takes locks for each. */
const AT_A_TIME = 2;
/** More than run on any machine: a stream that never ends naming new ones is no engine's. */
const MOST_WAITING = 10_000;

/** The containers that have to be asked about: each once, however often it is named while it waits. */
export class Inspections {
  readonly #inspect: (id: string) => Promise<void>;
  readonly #waiting = new Set<string>();
  readonly #running = new Set<string>();
  readonly #whenIdle: (() => void)[] = [];

  constructor(inspect: (id: string) => Promise<void>) {
    this.#inspect = inspect;
  }

  /** Asks about a container soon; once more where it is being asked about now, since that answer may be older than what has happened. */
  add(id: string): void {
    if (this.#waiting.size < MOST_WAITING) this.#waiting.add(id);
    this.#next();
  }

  /** Whether the question about it is on its way. */
  isAsking(id: string): boolean {
    return this.#running.has(id);
  }

  /** Ends when nothing is waiting for an answer. */
  async idle(): Promise<void> {
    if (this.#waiting.size + this.#running.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenIdle.push(resolve);
    });
  }

  clear(): void {
    this.#waiting.clear();
  }

  #next(): void {
    for (const id of this.#waiting) {
      if (this.#running.size === AT_A_TIME) return;
      if (this.#running.has(id)) continue;
      this.#waiting.delete(id);
      this.#running.add(id);
      void this.#inspect(id).then(() => {
        this.#running.delete(id);
        this.#next();
        if (this.#waiting.size + this.#running.size === 0) {
          for (const resolve of this.#whenIdle.splice(0)) resolve();
        }
      });
    }
  }
}
