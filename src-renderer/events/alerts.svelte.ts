import { type Client } from '#shared/contract/client.ts';
import { type RecordedAlert } from '#shared/model/alert.ts';
import { Pages } from '../controls/pages.svelte.ts';

const PAGE = 10;
/** Key in localStorage of the last alert that was seen: it outlives the page. */
const STORED = 'lifeboat.alerts.seen';

/** The alerts, newest first: the first page is loaded at once, so that missed alerts are counted; events keep it up to date. */
export class AlertPages extends Pages<RecordedAlert> {
  /** Number of alerts since the list was last shown. */
  unseen = $state(0);
  #isWatched = false;

  constructor() {
    super(PAGE, (client, page) => client.request('events.alerts', page));
  }

  override attach(client: Client): void {
    super.attach(client);
    client.on('events.alert', (alert) => {
      this.#take(alert);
    });
    void this.load();
  }

  override async load(): Promise<void> {
    await super.load();
    this.#count();
  }

  /** The list is shown from now on, until the returned function is called. */
  watch(): () => void {
    this.#isWatched = true;
    this.#count();
    return () => {
      this.#isWatched = false;
    };
  }

  /** A first visit has missed nothing: earlier alerts are history. */
  #count(): void {
    if (this.entries === undefined) return;
    const newest = this.entries[0]?.id ?? 0;
    const stored = Number(localStorage.getItem(STORED) ?? newest);
    // Another record than that of then has smaller numbers.
    const seen = this.#isWatched || !(stored <= newest) ? newest : stored;
    localStorage.setItem(STORED, seen.toString());
    this.unseen = this.entries.filter(({ id }) => id > seen).length;
  }

  #take(alert: RecordedAlert): void {
    // Another Lifeboat may have recorded it first: then it is there already.
    this.entries = [alert, ...(this.entries ?? []).filter(({ id }) => id !== alert.id)];
    this.#count();
  }
}
