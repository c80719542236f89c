import { type Snapshot } from '../collect/snapshot.ts';
import { ENGINES_MS, type ContainerRegistry, type Reading } from '../containers/registry.ts';
import { openContainers } from '../this-machine.ts';

/** What containers are called, for one command: asked once before its first line, and followed where it goes on. */
export class ContainerNames {
  readonly registry: ContainerRegistry;
  readonly #goesOn: boolean;
  #isFirst = true;

  constructor(of: Pick<Snapshot, 'host'>, goesOn: boolean) {
    this.registry = openContainers(of);
    this.#goesOn = goesOn;
  }

  /** Ends when the names of the containers in a reading are known, or the engines take too long. */
  async learn(snapshot: Reading, details = false): Promise<void> {
    if (this.#isFirst) await this.registry.learn(snapshot, { timeoutMs: ENGINES_MS, details });
    this.#isFirst = false;
    if (this.#goesOn) this.registry.observe(snapshot);
  }

  close(): void {
    this.registry.close();
  }
}
