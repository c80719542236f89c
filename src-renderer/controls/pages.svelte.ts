import { type Client } from '#shared/contract/client.ts';
import { type Failure, type Result } from '#shared/result.ts';
import { type PageRequest } from '#shared/contract/fields.ts';

type Ask<Entry> = (client: Client, page: PageRequest) => Promise<Result<readonly Entry[]>>;

/** A record that is loaded by pages: the newest first, earlier ones on request. */
export class Pages<Entry extends { readonly id: number }> {
  /** Newest first; undefined until the first page is there. */
  entries = $state.raw<readonly Entry[]>();
  failure = $state.raw<Failure>();
  /** There is nothing before the last entry. */
  complete = $state(false);
  busy = $state(false);
  readonly #size: number;
  readonly #ask: Ask<Entry>;
  #client: Client | undefined;

  constructor(size: number, ask: Ask<Entry>) {
    this.#size = size;
    this.#ask = ask;
  }

  attach(client: Client): void {
    this.#client = client;
    this.busy = false;
  }

  /** The newest page. */
  load(): Promise<void> {
    return this.#page(undefined);
  }

  /** The page after the last. */
  more(): Promise<void> {
    return this.#page(this.entries?.at(-1)?.id);
  }

  async #page(beforeId: number | undefined): Promise<void> {
    const client = this.#client;
    if (client === undefined || this.busy) return;
    this.busy = true;
    const count = this.#size;
    const result = await this.#ask(client, { count, ...(beforeId === undefined ? {} : { beforeId }) });
    // The line broke meanwhile, and there is another.
    if (this.#client !== client) return;
    this.busy = false;
    if (!result.ok) {
      if (result.error.code !== 'disconnected') this.failure = result.error;
      return;
    }
    this.failure = undefined;
    this.entries = beforeId === undefined ? result.value : [...(this.entries ?? []), ...result.value];
    this.complete = result.value.length < count;
  }
}
