import { type EngineFacts } from '#shared/containers/engine-answers.ts';
import { type Container, type EngineAccess } from '#shared/model/owners/container.ts';
import { Engine, type EngineListener } from './engine.ts';
import { addressOf, type EnginePlace } from './places.ts';

/** Which program runs a container, as far as its cgroup tells. Kubernetes may run on Docker. */
type Kind = Container['engine'];

/** Between two times that places are looked up for a container that no engine knows. */
const LOOK_UP_MS = 10_000;
/** Ids that were asked for by hand: what no engine knows is not asked for again. */
const MOST_ASKED = 5_000;

/** What an engine says of a container, and which one. */
export interface KnownFacts {
  readonly engine: EngineAccess['engine'];
  readonly facts: EngineFacts;
}

interface Known {
  readonly place: EnginePlace;
  readonly engine: Engine;
}

/** All engines of this machine that may have to be asked. */
export class Engines {
  readonly #places: () => readonly EnginePlace[];
  readonly #listener: EngineListener;
  readonly #nowMs: () => number;
  readonly #known = new Map<string, Known>();
  readonly #remote = new Map<string, EngineAccess>();
  readonly #asked = new Set<string>();
  readonly #lookedUpMs = new Map<Kind, number>();

  constructor(
    places: () => readonly EnginePlace[],
    listener: EngineListener,
    nowMs = () => performance.now(),
  ) {
    this.#places = places;
    this.#listener = listener;
    this.#nowMs = nowMs;
  }

  access(): readonly EngineAccess[] {
    return [
      ...this.#remote.values(),
      ...[...this.#known.values()].flatMap(({ engine }) => engine.access ?? []),
    ];
  }

  /** What an engine says of the container in this cgroup. */
  factsOf(id: string, path: string): EngineFacts | undefined {
    for (const { engine } of this.#speaking(path)) {
      const facts = engine.of(id);
      if (facts !== undefined) return facts;
    }
    return undefined;
  }

  /** The engine that answers for the container in this cgroup, for changes: it has to be connected. */
  engineOf(id: string, path: string): Engine | undefined {
    const found = this.#speaking(path).find(({ engine }) => engine.of(id) !== undefined);
    return found?.engine.access?.state === 'connected' ? found.engine : undefined;
  }

  /** What an engine says of it that speaks for the whole machine, or for this user. */
  trusted(id: string): EngineFacts | undefined {
    return this.factsOf(id, '/');
  }

  /** Of the engines that speak for the whole machine or for this user. */
  all(): readonly KnownFacts[] {
    return [...this.#known.values()].flatMap(({ place, engine }) =>
      place.uid === undefined
        ? engine.all().map((facts) => ({ facts, engine: engine.access?.engine ?? place.engine }))
        : [],
    );
  }

  /** A container is there: its engines are connected to, and asked about it where none of them has told of it. */
  sawContainer({ id, engine: kind }: Container, path: string): void {
    if (!isAsked(kind) || this.factsOf(id, path) !== undefined) return;
    this.#open(kind, (engine) => {
      engine.start();
    });
    if (this.#asked.has(id)) return;
    const connected = [...this.#known.values()].filter(({ engine }) => engine.access?.state === 'connected');
    if (connected.length === 0) return;
    if (this.#asked.size >= MOST_ASKED) this.#asked.clear();
    this.#asked.add(id);
    for (const { engine } of connected) engine.inspectSoon(id);
  }

  /** Asks the engines of these containers once, and waits no longer than that. */
  async learn(containers: readonly Container[], timeoutMs: number, details: boolean): Promise<void> {
    for (const kind of new Set(containers.map(({ engine }) => engine))) {
      if (isAsked(kind)) this.#open(kind, () => undefined, true);
    }
    const all = [...this.#known.values()].map(({ engine }) => engine.learn(timeoutMs, details));
    const late = new Promise((resolve) => setTimeout(resolve, timeoutMs).unref());
    await Promise.race([Promise.all(all), late]);
  }

  close(): void {
    for (const { engine } of this.#known.values()) engine.stop();
  }

  /** Sockets may come later: they are looked up again for a container that no engine knows. */
  #open(kind: Kind, start: (engine: Engine) => void, atOnce = false): void {
    if (!atOnce && this.#nowMs() - (this.#lookedUpMs.get(kind) ?? -Infinity) < LOOK_UP_MS) return;
    this.#lookedUpMs.set(kind, this.#nowMs());
    for (const place of this.#places()) {
      const address = addressOf(place);
      const isFor = place.engine === kind || (place.engine === 'docker' && kind !== 'podman');
      if (place.host.kind === 'remote') {
        this.#remote.set(address, { engine: place.engine, address, state: 'remote', apiVersion: undefined });
      } else if (isFor) {
        const known = this.#known.get(address) ?? this.#add(place, address);
        start(known.engine);
      }
    }
  }

  /** Another user's engine says nothing of what is not that user's. */
  #speaking(path: string): readonly Known[] {
    return [...this.#known.values()].filter(
      ({ place }) => place.uid === undefined || path.includes(`/user-${place.uid}.slice/`),
    );
  }

  #add(place: EnginePlace, address: string): Known {
    const known = {
      place,
      engine: new Engine({ socketPath: address, engine: place.engine, ...this.#listener }),
    };
    this.#known.set(address, known);
    return known;
  }
}

/** Containers of LXC and nspawn carry their names; containerd is asked through Docker where it is Docker's. */
function isAsked(kind: Kind): boolean {
  return kind === 'docker' || kind === 'podman' || kind === 'kubernetes';
}
