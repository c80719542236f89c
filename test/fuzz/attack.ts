/** How long an attack goes on, and with which numbers. */
export interface AttackOptions {
  readonly count: number;
  readonly seed: number;
}

/** What came of an attack: how often each thing happened, and what must never happen. */
export interface AttackReport {
  readonly tried: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** What Lifeboat lost, in a sentence each; empty where it held. */
  readonly lost: readonly string[];
}

/** An attack with a count and a seed. */
export type Attack = (options: AttackOptions) => Promise<AttackReport>;

/** Counts how often each outcome happens. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #lost: string[] = [];

  add(outcome: string, times = 1): void {
    if (times > 0) this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + times);
  }

  /** Something that must not happen has happened. The first twenty are kept. */
  lose(what: string): void {
    if (this.#lost.length < 20) this.#lost.push(what);
  }

  report(): AttackReport {
    const outcomes = Object.fromEntries([...this.#counts].sort(([a], [b]) => a.localeCompare(b)));
    const tried = [...this.#counts.values()].reduce((sum, each) => sum + each, 0);
    return { tried, outcomes, lost: this.#lost };
  }
}
