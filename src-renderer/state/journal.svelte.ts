import { type Client } from '#shared/contract/client.ts';
import { type Failure } from '#shared/contract/errors.ts';
import { type JournalEntry } from '#shared/model/change.ts';

const PAGE = 50;

/** What was changed, newest first: asked for when somebody looks, kept up by events. */
export class JournalPages {
  entries = $state.raw<readonly JournalEntry[]>();
  failure = $state.raw<Failure>();
  complete = $state(false);
  busy = $state(false);
  #client: Client | undefined;
  #wanted = false;

  attach(client: Client): void {
    this.#client = client;
    this.busy = false;
    client.on('journal', (entry) => {
      this.#take(entry);
    });
    if (this.#wanted) void this.load();
  }

  /** The newest page. */
  async load(): Promise<void> {
    this.#wanted = true;
    await this.#page(undefined);
  }

  /** The page after the last. */
  async more(): Promise<void> {
    await this.#page(this.entries?.at(-1)?.id);
  }

  async #page(beforeId: number | undefined): Promise<void> {
    const client = this.#client;
    if (client === undefined || this.busy) return;
    this.busy = true;
    const result = await client.request('journal', {
      count: PAGE,
      ...(beforeId === undefined ? {} : { beforeId }),
    });
    if (this.#client !== client) return;
    this.busy = false;
    if (!result.ok) {
      if (result.error.code !== 'disconnected') this.failure = result.error;
      return;
    }
    this.failure = undefined;
    this.entries = beforeId === undefined ? result.value : [...(this.entries ?? []), ...result.value];
    this.complete = result.value.length < PAGE;
  }

  /** An entry that is new, or became something else. */
  #take(entry: JournalEntry): void {
    if (this.entries === undefined) return;
    const known = this.entries.some(({ id }) => id === entry.id);
    this.entries = known
      ? this.entries.map((each) => (each.id === entry.id ? entry : each))
      : [entry, ...this.entries].toSorted((a, b) => b.id - a.id);
  }
}
