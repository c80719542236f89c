import { type Client } from '#shared/contract/client.ts';
import { type JournalEntry } from '#shared/model/change.ts';
import { Pages } from '../controls/pages.svelte.ts';

const PAGE = 50;

/** The journal of changes, newest first: requested when it is shown, kept up to date by events. */
export class JournalPages extends Pages<JournalEntry> {
  #wanted = false;

  constructor() {
    super(PAGE, (client, page) => client.request('change.journal', page));
  }

  override attach(client: Client): void {
    super.attach(client);
    client.on('change.journal', (entry) => {
      this.#take(entry);
    });
    if (this.#wanted) void this.load();
  }

  override load(): Promise<void> {
    this.#wanted = true;
    return super.load();
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
