/** What the kernel has counted in one cgroup of a container; another inode is another cgroup. */
export interface CountedKills {
  readonly inode: number;
  readonly kills: number;
}

/** One container: its earlier cgroups, and the present one. */
interface Tally {
  /** Kills in cgroups that are gone. */
  before: number;
  inode: number | undefined;
  counter: number;
  grewMs: number;
  /** When the engine said that there was a kill that is not in the counter. */
  oomMs: number | undefined;
  /** The container has ended: the present cgroup is counted in `before`. */
  ended: boolean;
  /** Kills that the kernel's log named, beside those that had been counted before it was followed. */
  logged: number | undefined;
}

/** More containers than a machine starts in a day; the oldest are forgotten. */
const MOST_CONTAINERS = 5_000;
/** The engine tells of one kill several times, within this time. */
const SAME_KILL_MS = 1_000;
/** A process that is killed has ended after this time. */
const DYING_MS = 10_000;

/**
 * Kills of a container over its restarts: each start makes a new cgroup, whose counters begin at 0, and the kill of the last process takes the
 * cgroup with it before its counter can be read. So there are three witnesses: the counter, the engine's word that there was a kill, and
 * the kernel's log.
 */
export class KillTally {
  readonly #read: (id: string) => CountedKills | undefined;
  readonly #nowMs: () => number;
  readonly #tallies = new Map<string, Tally>();

  /** `read` reads the counter of the container's cgroup now; undefined where it is gone or cannot be read. */
  constructor(read: (id: string) => CountedKills | undefined, nowMs: () => number = () => performance.now()) {
    this.#read = read;
    this.#nowMs = nowMs;
  }

  /** Kills in earlier cgroups, and in the last one when the container has ended. */
  before(id: string): number {
    const tally = this.#tallies.get(id);
    if (tally === undefined) return 0;
    const present = tally.ended ? 0 : tally.counter;
    return Math.max(tally.before, (tally.logged ?? 0) - present);
  }

  /** Reads the counter again. */
  look(id: string): void {
    this.#look(this.#of(id), id);
  }

  /** The counter in a reading of the cgroup: it is read again only where it is another one than is known. */
  seen(id: string, kills: number): void {
    const known = this.#tallies.get(id);
    if (known === undefined || known.ended || known.counter !== kills) this.look(id);
  }

  /** The engine says that memory ran out there and that a process was killed: at about that time, and perhaps more than once. */
  oom(id: string): void {
    const tally = this.#of(id);
    const { counter } = tally;
    this.#look(tally, id);
    const isCounted = tally.counter > counter || this.#nowMs() - tally.grewMs < SAME_KILL_MS;
    if (!isCounted) tally.oomMs = this.#nowMs();
  }

  /** The kernel's log names a kill in it. */
  logged(id: string): void {
    const tally = this.#of(id);
    const isFirst = tally.logged === undefined;
    this.#look(tally, id);
    // A counter that is read for the first time has this kill in it.
    if (!isFirst || tally.logged === undefined) tally.logged = (tally.logged ?? 0) + 1;
  }

  /** The container has started: its cgroup is a new one, or gone again. */
  started(id: string): void {
    const tally = this.#of(id);
    const isThere = this.#look(tally, id);
    if (!isThere || tally.ended) this.#begin(tally, isThere ? tally.inode : undefined);
  }

  /** The container has ended. */
  died(id: string): void {
    const tally = this.#of(id);
    this.#look(tally, id);
    this.#end(tally);
  }

  /** False where there is no counter. */
  #look(tally: Tally, id: string): boolean {
    const found = this.#read(id);
    if (found === undefined) return false;
    const { inode, kills } = found;
    if (inode !== tally.inode) this.#begin(tally, inode);
    else if (tally.ended) tally.before += Math.max(0, kills - tally.counter);
    if (kills > tally.counter) {
      tally.counter = kills;
      tally.grewMs = this.#nowMs();
      tally.oomMs = undefined;
    }
    tally.logged ??= tally.before + kills;
    return true;
  }

  #begin(tally: Tally, inode: number | undefined): void {
    this.#end(tally);
    Object.assign(tally, { inode, counter: 0, ended: false });
  }

  #end(tally: Tally): void {
    const { ended, oomMs, counter } = tally;
    tally.oomMs = undefined;
    tally.ended = true;
    if (ended) return;
    const isUncounted = oomMs !== undefined && this.#nowMs() - oomMs < DYING_MS;
    tally.before += counter + (isUncounted ? 1 : 0);
  }

  #of(id: string): Tally {
    const known = this.#tallies.get(id);
    if (known !== undefined) return known;
    if (this.#tallies.size >= MOST_CONTAINERS) {
      const [oldest = ''] = this.#tallies.keys();
      this.#tallies.delete(oldest);
    }
    const fresh: Tally = {
      before: 0,
      inode: undefined,
      counter: 0,
      grewMs: -Infinity,
      oomMs: undefined,
      ended: false,
      logged: undefined,
    };
    this.#tallies.set(id, fresh);
    return fresh;
  }
}
