/**
 * What a connection is about. `asking`: a whole request is awaited, since it got its place or since the last answer. `answering`: the answer
 * is being taken. `proving`: a WebSocket is open, and the page has not proved itself yet.
 */
export type Phase = 'asking' | 'answering' | 'proving';

/** A duration for each phase, in milliseconds. */
export type PhaseTimes = Readonly<Record<Phase, number>>;

/** How many places there are, and for how long. */
export interface PlaceLimits {
  /** Connections that have a place. */
  readonly places: number;
  /** Connections that wait for one. Further ones are sent away. */
  readonly waiting: number;
  /** How long a phase may take. */
  readonly longest: PhaseTimes;
  /** How long a phase may take while others wait. */
  readonly whileOthersWait: PhaseTimes;
}

/** A change of places: connections that got one, and connections that have to end. */
export interface PlaceChanges<Connection> {
  readonly admitted: readonly Connection[];
  readonly ended: readonly Connection[];
}

interface Place {
  readonly phase: Phase;
  readonly sinceMs: number;
}

/**
 * The places of connections that have not signed in yet. There are few, and each for a short time, which is shorter still
 * while others wait. A browser sends its request at once and takes the answer, so that only those that do not get on lose their place.
 */
export class Places<Connection> {
  readonly #limits: PlaceLimits;
  /** In the order of their last progress. */
  readonly #places = new Map<Connection, Place>();
  /** In the order of their coming. */
  readonly #waiting = new Set<Connection>();

  constructor(limits: PlaceLimits) {
    this.#limits = limits;
  }

  /** A new connection wants a place. */
  enter(connection: Connection): void {
    this.#waiting.add(connection);
  }

  /** A connection with a place has got on; one without is left as it is. */
  progress(connection: Connection, phase: Phase, nowMs: number): void {
    if (this.#places.delete(connection)) this.#places.set(connection, { phase, sinceMs: nowMs });
  }

  /** The connection has ended, or has proved that it belongs. */
  leave(connection: Connection): void {
    this.#places.delete(connection);
    this.#waiting.delete(connection);
  }

  /** Takes places away whose time is up, and gives those that are free to the connections that have waited longest. */
  settle(nowMs: number): PlaceChanges<Connection> {
    const { places, waiting, longest, whileOthersWait } = this.#limits;
    const admitted: Connection[] = [];
    const ended = this.#overdue(longest, nowMs);
    for (const connection of ended) this.#places.delete(connection);
    const mayYield = this.#waiting.size > 0 ? this.#overdue(whileOthersWait, nowMs) : [];
    for (const connection of this.#waiting) {
      if (this.#places.size >= places) {
        const leaver = mayYield.shift();
        if (leaver === undefined) break;
        this.#places.delete(leaver);
        ended.push(leaver);
      }
      this.#waiting.delete(connection);
      this.#places.set(connection, { phase: 'asking', sinceMs: nowMs });
      admitted.push(connection);
    }
    for (const connection of [...this.#waiting].slice(waiting)) {
      this.#waiting.delete(connection);
      ended.push(connection);
    }
    return { admitted, ended };
  }

  /** When `settle` has something to do next; undefined while nothing is due. */
  nextMs(): number | undefined {
    if (this.#places.size === 0) return undefined;
    const times = this.#waiting.size > 0 ? this.#limits.whileOthersWait : this.#limits.longest;
    return Math.min(...Array.from(this.#places.values(), ({ phase, sinceMs }) => sinceMs + times[phase]));
  }

  #overdue(times: PhaseTimes, nowMs: number): Connection[] {
    return Array.from(this.#places)
      .filter(([, { phase, sinceMs }]) => sinceMs + times[phase] <= nowMs)
      .map(([connection]) => connection);
  }
}
