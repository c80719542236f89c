import { presumedFacts, type UnitFacts } from '#shared/killers/systemd.ts';
import { type Unit, type UnitManager } from '#shared/model/unit.ts';
import { type AskUnits } from './ask-systemd.ts';

/** Age at which facts are read again, in milliseconds: policies change with `systemctl daemon-reload`, main processes with a restart. */
const FRESH_MS = 10 * 60_000;
/** Least time between two reads of outdated facts, in milliseconds: a main process may also be hidden. */
const LEAST_MS = 10_000;
/** Units remembered: more are not on any screen. */
const MOST_UNITS = 5_000;

interface Known {
  readonly facts: UnitFacts;
  readonly atMs: number;
}

/** Facts about units. They are read outside of the tick, for many units at once; until then the defaults are presumed. */
export class UnitFactsCache {
  readonly #ask: AskUnits;
  readonly #nowMs: () => number;
  readonly #known = new Map<string, Known>();
  #asking: Promise<void> | undefined;

  constructor(ask: AskUnits, nowMs: () => number = () => performance.now()) {
    this.#ask = ask;
    this.#nowMs = nowMs;
  }

  /** What systemd does after a kill in a unit, as far as it is known now. */
  of(unit: Unit): UnitFacts {
    return this.#known.get(keyOf(unit))?.facts ?? presumedFacts(unit);
  }

  /** Has a unit asked for again with the next ones. */
  outdated(unit: Unit): void {
    const known = this.#known.get(keyOf(unit));
    if (known === undefined || this.#nowMs() - known.atMs < LEAST_MS) return;
    this.#known.set(keyOf(unit), { ...known, atMs: -Infinity });
  }

  /** Reads the facts of units that are unknown or outdated. Ends at once where there are none, or a read is under way. */
  async ensure(units: readonly Unit[]): Promise<void> {
    if (this.#asking !== undefined) return this.#asking;
    const stale = units.filter((unit) => {
      const known = this.#known.get(keyOf(unit));
      return known === undefined || this.#nowMs() - known.atMs > FRESH_MS;
    });
    if (stale.length === 0) return;
    this.#asking = this.#askFor(stale).finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  async #askFor(units: readonly Unit[]): Promise<void> {
    const names = Map.groupBy(units, ({ manager }) => manager);
    await Promise.all([...names].map(([manager, of]) => this.#askOne(manager, of)));
  }

  async #askOne(manager: UnitManager, units: readonly Unit[]): Promise<void> {
    const answer = await this.#ask(
      manager,
      units.map(({ name }) => name),
    );
    if (this.#known.size + units.length > MOST_UNITS) this.#known.clear();
    const atMs = this.#nowMs();
    for (const unit of units) {
      this.#known.set(keyOf(unit), { facts: answer?.get(unit.name) ?? presumedFacts(unit), atMs });
    }
  }
}

function keyOf({ manager, name }: Unit): string {
  return `${manager} ${name}`;
}
