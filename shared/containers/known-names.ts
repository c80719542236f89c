/** Forgotten altogether when there are more: containers never end. */
const MOST_NAMES = 10_000;

const names = new Map<string, string>();
let version = 0;

/** The names by which people know containers, by id: sentences and lists have nothing but a path, wherever they are made. */
export function nameContainers(found: Iterable<readonly [id: string, name: string]>): void {
  for (const [id, name] of found) {
    if (names.get(id) === name) continue;
    if (names.size >= MOST_NAMES) names.clear();
    names.set(id, name);
    version += 1;
  }
}

/** The name of a container; undefined while it is not known. One that has ended keeps its name: records still tell of it. */
export function nameOfContainer(id: string): string | undefined {
  return names.get(id);
}

/** Changes whenever a name is learned. */
export function namesVersion(): number {
  return version;
}

/** Forgets all names: for tests. */
export function forgetContainerNames(): void {
  names.clear();
  version += 1;
}
