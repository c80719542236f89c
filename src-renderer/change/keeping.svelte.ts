import { type Client } from '#shared/contract/client.ts';
import { type Failure } from '#shared/result.ts';
import { type LastingPlace } from '#shared/model/change.ts';
import { type KeepPreview } from '#shared/model/rule.ts';
import { type Changes } from './changes.svelte.ts';

/** Values that are to be kept for later starts, looked at before anything is written. */
export class Keeping {
  /** Where values are to be kept; undefined while nothing is looked at. */
  places = $state.raw<readonly LastingPlace[]>();
  preview = $state.raw<KeepPreview>();
  failure = $state.raw<Failure>();
  readonly #changes: Changes;
  #client: Client | undefined;
  #question = 0;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  attach(client: Client): void {
    this.#client = client;
  }

  /** Asks what keeping would do in each place in which Lifeboat can do it. */
  async consider(places: readonly LastingPlace[]): Promise<void> {
    const client = this.#client;
    const wanted = places.flatMap(({ lasting, oomScoreAdj }) =>
      lasting.kind === 'container' ? [] : [{ lasting, oomScoreAdj }],
    );
    if (client === undefined || wanted.length === 0) return;
    const question = ++this.#question;
    this.places = places;
    this.preview = undefined;
    this.failure = undefined;
    const result = await client.request('change.previewKeep', { places: wanted });
    if (question !== this.#question) return;
    if (result.ok) this.preview = result.value;
    else this.failure = result.error;
  }

  close(): void {
    this.#question += 1;
    this.places = undefined;
    this.preview = undefined;
    this.failure = undefined;
  }

  /** Keeps what the preview shows. */
  async apply(): Promise<void> {
    const { preview } = this;
    if (preview === undefined) return;
    const result = await this.#changes.run((client) =>
      client.request('change.applyKeep', { id: preview.id }),
    );
    if (result === undefined) return;
    if (!result.ok) {
      this.failure = result.error;
      return;
    }
    this.close();
    const { group, places } = result.value;
    const failure = places.map(({ refused }) => refused).find((refused) => refused !== undefined);
    const isNone = places.every(({ refused }) => refused !== undefined);
    this.#changes.tell(
      isNone && failure !== undefined
        ? { kind: 'failed', failure }
        : { kind: 'kept', lasting: places, ...(group === undefined ? {} : { group }) },
    );
  }
}
