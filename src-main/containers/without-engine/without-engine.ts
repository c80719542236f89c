import { parseConmon, parseShim, type BesideContainer } from '#shared/containers/beside-processes.ts';
import { type EngineFacts } from '#shared/containers/engine-answers.ts';
import { type Container } from '#shared/model/owners/container.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { readCmdline } from '../../proc/pid/cmdline.ts';
import { type KernelFiles } from '../../proc/kernel-files.ts';
import { factsInFiles, type EngineFolders, type Once } from './names-in-files.ts';

/** What is known of a container without asking any engine. */
export type FactsWithout = Partial<EngineFacts> & Partial<Pick<Container, 'engine'>>;

/** A container is looked up when it is seen, and once more this much later: files and monitors may come after its cgroup. */
const AGAIN_MS = 10_000;
const MOST_CONTAINERS = 5_000;

/** Finds names of containers in what is readable without an engine. Reads only for containers that are new. */
export class WithoutEngine {
  readonly #files: KernelFiles;
  readonly #folders: EngineFolders;
  readonly #nowMs: () => number;
  readonly #known = new Map<
    string,
    { readonly facts: FactsWithout; readonly atMs: number; readonly isLast: boolean }
  >();

  constructor(files: KernelFiles, folders: EngineFolders, nowMs: () => number = () => performance.now()) {
    this.#files = files;
    this.#folders = folders;
    this.#nowMs = nowMs;
  }

  of(id: string): FactsWithout | undefined {
    return this.#known.get(id)?.facts;
  }

  /** Looks these containers up that no engine has named. Returns the ids of those of which something was found. */
  find(containers: readonly Container[], processes: readonly ObservedProcess[]): readonly string[] {
    const nowMs = this.#nowMs();
    const unknown = containers.filter(({ id }) => {
      const known = this.#known.get(id);
      return known === undefined || (!known.isLast && nowMs - known.atMs >= AGAIN_MS);
    });
    if (unknown.length === 0) return [];
    const beside = this.#beside(processes);
    const lists = new Map<string, ReturnType<Once>>();
    const once: Once = (place, read) => {
      const list = lists.get(place) ?? read();
      lists.set(place, list);
      return list;
    };
    return unknown.flatMap((container) => {
      const { id } = container;
      const { engine, name } = beside.get(id) ?? {};
      const inFiles = factsInFiles({ id, engine: engine ?? container.engine }, this.#folders, once) ?? {};
      const facts = {
        ...(name === undefined ? {} : { name }),
        ...(engine === undefined ? {} : { engine }),
        ...inFiles,
      };
      if (this.#known.size >= MOST_CONTAINERS) this.#known.clear();
      const isLast = this.#known.has(id) || inFiles.name !== undefined || name !== undefined;
      this.#known.set(id, { facts, atMs: nowMs, isLast });
      return Object.keys(facts).length === 0 ? [] : [id];
    });
  }

  /** What the monitors of containers say that run now. */
  #beside(processes: readonly ObservedProcess[]): ReadonlyMap<string, BesideContainer> {
    const found = new Map<string, BesideContainer>();
    for (const { pid, name } of processes) {
      const isConmon = name === 'conmon';
      if (!isConmon && !name.startsWith('containerd-shim')) continue;
      const read = readCmdline(this.#files, pid);
      const said = read.ok ? (isConmon ? parseConmon(read.value) : parseShim(read.value)) : undefined;
      if (said !== undefined) found.set(said.id, said);
    }
    return found;
  }
}
