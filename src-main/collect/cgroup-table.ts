import { type CgroupSurroundings, observeCgroup, observeCgroups } from './cgroups.ts';
import { type ObservedCgroup } from './snapshot.ts';

/** Time after which the limits of all cgroups, which change rarely, are read again; they are shown a tick later. */
const ROUND_MS = 9_000;
/** Cgroups that are read after one tick, in some 100 ms: thousands at once would make the next frame late. */
const AT_ONCE = 500;
/** In one of so many rounds everything is read; in the others only usage, limit and kills of a cgroup that uses just as much, as most do. */
const WHOLE_ROUND = 4;

/** The limits of the cgroups that have processes: those that are shown are read in every tick, the others in portions after it. */
export class CgroupTable {
  readonly #atOnce: number;
  #cgroups: ReadonlyMap<string, ObservedCgroup> = new Map();
  #readMs = -Infinity;
  #rounds = 0;
  /** The round in which all are read again: what is left of it, and what it has found. */
  #round: { readonly left: string[]; readonly found: Map<string, ObservedCgroup> } | undefined;

  constructor(atOnce = AT_ONCE) {
    this.#atOnce = atOnce;
  }

  /** By path, as last read. */
  get cgroups(): ReadonlyMap<string, ObservedCgroup> {
    return this.#cgroups;
  }

  /** In the first tick all of them; later the scopes that are shown, and the cgroups of watched processes. */
  refresh(
    scopes: readonly string[],
    watched: readonly string[],
    everywhere: () => Iterable<string>,
    surroundings: CgroupSurroundings,
    monotonicMs: number,
  ): void {
    if (this.#readMs === -Infinity) {
      this.#cgroups = observeCgroups(everywhere(), surroundings);
      this.#readMs = monotonicMs;
      return;
    }
    const updated = new Map(this.#cgroups);
    for (const [path, cgroup] of observeCgroups([...scopes, ...watched], surroundings)) {
      updated.set(path, cgroup);
    }
    for (const path of scopes) {
      if (observeCgroup(path, surroundings, 'limited') === undefined) updated.delete(path);
    }
    this.#cgroups = updated;
  }

  /** Reads a portion of the round, and begins one when it is time. What the round has found counts when it is complete. */
  lookAround(
    everywhere: () => Iterable<string>,
    surroundings: CgroupSurroundings,
    monotonicMs: number,
  ): void {
    if (this.#round === undefined && monotonicMs - this.#readMs >= ROUND_MS) {
      this.#round = { left: [...everywhere()], found: new Map() };
      this.#readMs = monotonicMs;
      this.#rounds += 1;
    }
    if (this.#round === undefined) return;
    const { left, found } = this.#round;
    const isWhole = this.#rounds % WHOLE_ROUND === 0;
    const before = (path: string) => (isWhole ? undefined : this.#cgroups.get(path));
    for (const [path, cgroup] of observeCgroups(left.splice(0, this.#atOnce), surroundings, before))
      found.set(path, cgroup);
    if (left.length > 0) return;
    this.#cgroups = found;
    this.#round = undefined;
  }
}
