import { type Client } from '#shared/contract/client.ts';
import { type Failure } from '#shared/result.ts';
import { type OrderEntry } from '#shared/model/kill-order.ts';
import { type OwnStanding } from '#shared/model/own-process.ts';
import { sameProcess } from '#shared/model/process.ts';

/** The ranks of Lifeboat's own processes: requested at the start, and again while they are shown. */
export class OwnStandings {
  standing = $state.raw<OwnStanding>();
  failure = $state.raw<Failure>();
  #client: Client | undefined;

  attach(client: Client): void {
    this.#client = client;
    void this.load();
  }

  async load(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const result = await client.request('change.ownStanding', {});
    if (this.#client !== client) return;
    this.failure = result.ok || result.error.code === 'disconnected' ? undefined : result.error;
    if (result.ok) this.standing = result.value;
  }

  /** The first of these places that is Lifeboat's own. */
  firstIn(entries: readonly OrderEntry[]): OrderEntry | undefined {
    const processes = this.standing?.processes ?? [];
    return entries.find((entry) => processes.some((process) => sameProcess(process, entry)));
  }
}
