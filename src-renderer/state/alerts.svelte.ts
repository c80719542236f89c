import { type Client } from '#shared/contract/client.ts';
import { type Failure } from '#shared/contract/errors.ts';
import { type RecordedAlert } from '#shared/model/alert.ts';

const PAGE = 10;
/** Where it is kept up to which one somebody has looked: pages come and go, with the window or by themselves. */
const STORED = 'lifeboat.alerts.seen';

/** What happened, newest first: the first page at once, so that what was missed is told; kept up by events. */
export class AlertPages {
  alerts = $state.raw<readonly RecordedAlert[]>();
  failure = $state.raw<Failure>();
  complete = $state(false);
  busy = $state(false);
  /** How many have come since somebody looked last. */
  unseen = $state(0);
  #client: Client | undefined;
  #isWatched = false;

  attach(client: Client): void {
    this.#client = client;
    this.busy = false;
    client.on('alert', (alert) => {
      this.#take(alert);
    });
    void this.load();
  }

  /** The newest page. */
  async load(): Promise<void> {
    await this.#page(undefined);
    this.#count();
  }

  /** The page after the last. */
  async more(): Promise<void> {
    await this.#page(this.alerts?.at(-1)?.id);
  }

  /** From now on somebody looks at the list, until the function that is returned is called. */
  watch(): () => void {
    this.#isWatched = true;
    this.#count();
    return () => {
      this.#isWatched = false;
    };
  }

  /** Who has never looked has missed nothing: what was before is history. */
  #count(): void {
    if (this.alerts === undefined) return;
    const newest = this.alerts[0]?.id ?? 0;
    const stored = Number(localStorage.getItem(STORED) ?? newest);
    // Another record than that of then has smaller numbers.
    const seen = this.#isWatched || !(stored <= newest) ? newest : stored;
    localStorage.setItem(STORED, seen.toString());
    this.unseen = this.alerts.filter(({ id }) => id > seen).length;
  }

  async #page(beforeId: number | undefined): Promise<void> {
    const client = this.#client;
    if (client === undefined || this.busy) return;
    this.busy = true;
    const result = await client.request('alerts', {
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
    this.alerts = beforeId === undefined ? result.value : [...(this.alerts ?? []), ...result.value];
    this.complete = result.value.length < PAGE;
  }

  #take(alert: RecordedAlert): void {
    // Another Lifeboat may have recorded it first: then it is there already.
    this.alerts = [alert, ...(this.alerts ?? []).filter(({ id }) => id !== alert.id)];
    this.#count();
  }
}
