import { containerInPath } from '#shared/containers/container-in-path.ts';
import { nameContainers, nameOfContainer } from '#shared/containers/known-names.ts';
import { type EngineEvent } from '#shared/containers/engine-event.ts';
import { type Container, type EngineAccess } from '#shared/model/owners/container.ts';
import { fail, type Result } from '#shared/result.ts';
import { type HostFacts } from '../collect/machine/host-facts.ts';
import { type ObservedCgroup, type Snapshot } from '../collect/snapshot.ts';
import { type KernelFiles } from '../proc/kernel-files.ts';
import { containerCgroup, countedKills } from './cgroup-of.ts';
import { Engines } from './engines/engines.ts';
import { type EnginePlace } from './engines/places.ts';
import { type WantedLimit } from './engines/update-limit.ts';
import { KillTally } from './kill-tally.ts';
import { type EngineFolders } from './without-engine/names-in-files.ts';
import { WithoutEngine } from './without-engine/without-engine.ts';

/** The containers of this machine by what people call them. */
export interface Containers {
  /** The container that a cgroup lies in. The same object as long as nothing is known that is new. */
  of(cgroupPath: string): Container | undefined;
  /** All that are known: those that an engine lists, and those that were asked for by their cgroup. */
  all(): readonly Container[];
  /** The engines that were found, and whether they answer. */
  access(): readonly EngineAccess[];
}

/** Time that a command gives the engines to say what containers are called, in milliseconds; then it goes on without names. */
export const ENGINES_MS = 500;

export interface RegistryOptions {
  readonly files: KernelFiles;
  readonly host: Pick<HostFacts, 'cgroups' | 'memoryMount'>;
  /** Where engines may be asked; looked up when the first container is seen. */
  readonly places: () => readonly EnginePlace[];
  /** Where engines keep their files. */
  readonly folders: EngineFolders;
}

/** A container as it was put together last. */
interface Composed {
  readonly base: Container;
  readonly version: number;
  readonly container: Container;
}

/** What of a snapshot is read here. */
export type Reading = Pick<Snapshot, 'processes' | 'cgroups'>;

/** Engines are the first to be asked: files and processes are read for what they have not named by then. */
const FIRST_ENGINES_MS = 300;

/** Forgotten altogether when there are more: names of cgroups never end. */
const MOST_PATHS = 10_000;

/** Joins what cgroup paths, engines and the counters of kills tell. Connects to engines only once a container of theirs has been seen. */
export class ContainerRegistry implements Containers {
  readonly #engines: Engines;
  readonly #kills: KillTally;
  readonly #without: WithoutEngine;
  #findTimer: NodeJS.Timeout | undefined;
  readonly #byPath = new Map<string, Composed | undefined>();
  /** Grows with whatever is learned of a container; by id. */
  readonly #versions = new Map<string, number>();
  readonly #cgroups = new Map<string, string>();
  readonly #listeners = new Set<(id: string, name: string) => void>();
  #cgroupsSeen: ReadonlyMap<string, ObservedCgroup> | undefined;

  constructor(options: RegistryOptions) {
    const { files, host, places, folders } = options;
    this.#without = new WithoutEngine(files, folders);
    this.#kills = new KillTally((id) => countedKills(host.memoryMount, this.#cgroups.get(id)));
    this.#engines = new Engines(places, {
      onChange: (id) => {
        this.#changed(id);
      },
      onStarted: (id, { mainPid }) => {
        const path = mainPid === undefined ? undefined : containerCgroup(files, host, mainPid, id);
        if (path !== undefined) this.#cgroups.set(id, path);
        this.#kills.look(id);
      },
      onEvent: (event) => {
        this.#hear(event);
      },
    });
  }

  of(cgroupPath: string): Container | undefined {
    const known = this.#byPath.get(cgroupPath);
    if (known === undefined && this.#byPath.has(cgroupPath)) return undefined;
    const base = known?.base ?? containerInPath(cgroupPath);
    if (base === undefined) {
      this.#keep(cgroupPath, undefined);
      return undefined;
    }
    const version = this.#versions.get(base.id) ?? 0;
    if (known?.version === version) return known.container;
    const facts = this.#engines.factsOf(base.id, cgroupPath);
    const without = facts === undefined ? this.#without.of(base.id) : undefined;
    const container = { ...base, ...without, ...facts, killsBefore: this.#kills.before(base.id) };
    this.#keep(cgroupPath, { base, version, container });
    return container;
  }

  all(): readonly Container[] {
    const byId = new Map<string, Container>();
    for (const { facts, engine } of this.#engines.all()) {
      const killsBefore = this.#kills.before(facts.id);
      byId.set(facts.id, { ...facts, engine, killsBefore });
    }
    for (const path of this.#byPath.keys()) {
      const container = this.of(path);
      if (container !== undefined) byId.set(keyOf(container), container);
    }
    return [...byId.values()];
  }

  access(): readonly EngineAccess[] {
    return this.#engines.access();
  }

  /** Calls back with each container whose name is learned, or has changed. Returns the way to end that. */
  onName(listener: (id: string, name: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes the cgroups of a reading: asks the engines of containers that are new, and follows the counters of kills. Cheap while nothing changes. */
  observe({ cgroups, processes }: Reading): void {
    const before = this.#cgroupsSeen;
    this.#cgroupsSeen = cgroups;
    if (before === cgroups) return;
    for (const [path, cgroup] of cgroups) {
      if (before?.get(path) === cgroup) continue;
      const container = this.of(path);
      if (container === undefined) continue;
      const { id } = container;
      this.#place(id, path);
      this.#engines.sawContainer(container, path);
      const killsBefore = this.#kills.before(id);
      if (path === this.#cgroups.get(id)) this.#kills.seen(id, cgroup.oomKills ?? 0);
      if (this.#kills.before(id) !== killsBefore) this.#changed(id);
    }
    this.#findTimer ??= setTimeout(() => {
      this.#findTimer = undefined;
      this.#findWithout(cgroups, processes);
    }, FIRST_ENGINES_MS).unref();
  }

  /** The kernel's log names a kill in a cgroup. */
  killed(cgroupPath: string): void {
    const id = this.of(cgroupPath)?.id;
    if (id === undefined) return;
    this.#kills.logged(id);
    this.#changed(id);
  }

  /** Asks the engines of the containers in these cgroups once, for a command that ends right after; waits no longer than that. */
  async learn(
    { cgroups, processes }: Reading,
    { timeoutMs, details }: { readonly timeoutMs: number; readonly details: boolean },
  ): Promise<void> {
    const containers = [...cgroups.keys()].flatMap((path) => {
      const container = this.of(path);
      if (container !== undefined) this.#place(container.id, path);
      return container ?? [];
    });
    await this.#engines.learn(containers, timeoutMs, details);
    for (const { id } of containers) this.#changed(id);
    this.#findWithout(cgroups, processes);
  }

  /** Which engine can change the limits of the container in a cgroup; undefined where none answers for it. */
  engineOf(path: string): EngineAccess['engine'] | undefined {
    const id = this.of(path)?.id;
    return id === undefined ? undefined : this.#engines.engineOf(id, path)?.access?.engine;
  }

  /** Changes the limits of the container in a cgroup by its engine. */
  async update(path: string, wanted: WantedLimit): Promise<Result<null>> {
    const id = this.of(path)?.id;
    const engine = id === undefined ? undefined : this.#engines.engineOf(id, path);
    if (id === undefined || engine === undefined)
      return fail('engine-refused', { engine: 'docker', why: 'unreachable', message: undefined });
    return engine.update(id, wanted);
  }

  /** Closes all connections. */
  close(): void {
    clearTimeout(this.#findTimer);
    this.#engines.close();
  }

  /** Looks up those that no engine has named. */
  #findWithout(cgroups: Reading['cgroups'], processes: Reading['processes']): void {
    const nameless = new Map<string, Container>();
    for (const path of cgroups.keys()) {
      const container = this.of(path);
      if (container !== undefined && container.name === undefined) nameless.set(container.id, container);
    }
    if (nameless.size === 0) return;
    for (const id of this.#without.find([...nameless.values()], processes)) this.#changed(id);
  }

  /** The uppermost of its cgroups is the container's own. */
  #place(id: string, path: string): void {
    const known = this.#cgroups.get(id);
    if (known === undefined || path.length < known.length) this.#cgroups.set(id, path);
  }

  #hear({ kind, id }: EngineEvent): void {
    if (kind === 'oom') this.#kills.oom(id);
    else if (kind === 'started') this.#kills.started(id);
    else if (kind === 'died') this.#kills.died(id);
    else return;
    this.#changed(id);
  }

  #changed(id: string): void {
    this.#versions.set(id, (this.#versions.get(id) ?? 0) + 1);
    const path = this.#cgroups.get(id);
    // Without a cgroup only engines speak that are trusted with every container.
    const name = path === undefined ? this.#engines.trusted(id)?.name : this.of(path)?.name;
    if (name === undefined || nameOfContainer(id) === name) return;
    nameContainers([[id, name]]);
    for (const listener of this.#listeners) listener(id, name);
  }

  #keep(path: string, composed: Composed | undefined): void {
    if (this.#byPath.size >= MOST_PATHS) {
      this.#byPath.clear();
      this.#versions.clear();
      this.#cgroups.clear();
    }
    this.#byPath.set(path, composed);
  }
}

/** Ids are unique, names are so in their engine. */
function keyOf({ id, name, engine }: Container): string {
  return id === name ? `${engine}:${id}` : id;
}
