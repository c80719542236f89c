import { containerInPath } from '#shared/containers/container-in-path.ts';
import { type Container, type EngineAccess } from '#shared/model/container.ts';

/** The containers of this machine by what people call them. */
export interface Containers {
  /** The container that a cgroup lies in. The same object as long as nothing is known that is new. */
  of(cgroupPath: string): Container | undefined;
  /** All that are known: those that an engine lists, and those that were asked for by their cgroup. */
  all(): readonly Container[];
  /** The engines that were found, and whether they answer. */
  access(): readonly EngineAccess[];
}

/** Forgotten altogether when there are more: names of cgroups never end. */
const MOST_PATHS = 10_000;

/** Knows containers from cgroup paths alone. */
export class ContainerRegistry implements Containers {
  readonly #byPath = new Map<string, Container | undefined>();

  of(cgroupPath: string): Container | undefined {
    const known = this.#byPath.get(cgroupPath);
    if (known !== undefined || this.#byPath.has(cgroupPath)) return known;
    const found = containerInPath(cgroupPath);
    if (this.#byPath.size === MOST_PATHS) this.#byPath.clear();
    this.#byPath.set(cgroupPath, found);
    return found;
  }

  all(): readonly Container[] {
    const byId = new Map<string, Container>();
    for (const container of this.#byPath.values()) {
      if (container !== undefined) byId.set(container.id, container);
    }
    return [...byId.values()];
  }

  access(): readonly EngineAccess[] {
    return [];
  }
}
