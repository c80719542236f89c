import { type Client } from '#shared/contract/client.ts';
import { type ScopePage, type ScopeSort } from '#shared/contract/watch.ts';

/** Cgroups that are asked for at first, and more when the end of the list is reached. */
const FIRST_COUNT = 60;
/** No request may ask for more; the search finds the rest. */
const MOST_COUNT = 500;
/** A query longer than the contract allows would be refused. */
const LONGEST_QUERY = 200;

/** The cgroups with a limit, as far as the open list shows them. One request is under way at a time; the newest query goes next. */
export class ScopeSearch {
  query = $state('');
  sort = $state<ScopeSort>('fullness');
  /** The newest answer; undefined until there is one. */
  page = $state.raw<ScopePage>();
  #count = FIRST_COUNT;
  #client: Client | undefined;
  #busy = false;
  #dirty = false;

  attach(client: Client): void {
    this.#client = client;
    this.#busy = false;
  }

  /** Begins without a query. */
  open(): void {
    this.page = undefined;
    this.find('');
  }

  find(query: string): void {
    this.query = query.slice(0, LONGEST_QUERY);
    this.#count = FIRST_COUNT;
    this.refresh();
  }

  sortBy(sort: ScopeSort): void {
    this.sort = sort;
    this.refresh();
  }

  /** Asks for more when the end of what is loaded is reached. */
  showUpTo(index: number): void {
    const loaded = this.page?.scopes.length ?? 0;
    if (index < loaded - 1 || loaded >= (this.page?.total ?? 0) || this.#count >= MOST_COUNT) return;
    this.#count = Math.min(MOST_COUNT, loaded + FIRST_COUNT);
    this.refresh();
  }

  /** Asks for the figures of now. */
  refresh(): void {
    const client = this.#client;
    if (client === undefined) return;
    if (this.#busy) {
      this.#dirty = true;
      return;
    }
    this.#busy = true;
    this.#dirty = false;
    const range = { query: this.query, sort: this.sort, from: 0, count: this.#count };
    void client.request('watch.scopes', range).then((result) => {
      if (this.#client !== client) return;
      this.#busy = false;
      if (result.ok) this.page = result.value;
      if (this.#dirty) this.refresh();
    });
  }
}
