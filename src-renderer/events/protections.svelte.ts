import { type Client } from '#shared/contract/client.ts';
import { type Failure } from '#shared/result.ts';
import { type Protections, type RulePreview } from '#shared/model/rule.ts';
import { type Changes } from '../change/changes.svelte.ts';

/** Rules, and other values that Lifeboat set and that are in force: read while the list is shown. */
export class ProtectionList {
  known = $state.raw<Protections>();
  failure = $state.raw<Failure>();
  /** What removing a rule would do, while that is looked at. */
  removal = $state.raw<RulePreview>();
  /** Why a rule cannot be removed. */
  refusal = $state.raw<Failure>();
  /** The number of the rule that is looked at. */
  removing = $state<number>();
  #client: Client | undefined;
  #isWatched = false;
  #question = 0;

  attach(client: Client): void {
    this.#client = client;
    client.on('change.journal', () => {
      if (this.#isWatched) void this.load();
    });
    if (this.#isWatched) void this.load();
  }

  /** Reads them from now on, until the function that is returned is called. */
  watch(againMs: number): () => void {
    this.#isWatched = true;
    void this.load();
    const timer = setInterval(() => void this.load(), againMs);
    return () => {
      clearInterval(timer);
      this.#isWatched = false;
      this.leave();
    };
  }

  async load(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const result = await client.request('rules.read', {});
    if (this.#client !== client) return;
    if (result.ok) this.known = result.value;
    this.failure = result.ok || result.error.code === 'disconnected' ? undefined : result.error;
  }

  /** Asks what removing a rule would do. */
  async consider(number: number): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const question = ++this.#question;
    this.removing = number;
    this.removal = undefined;
    this.refusal = undefined;
    const result = await client.request('rules.previewRemove', { number });
    if (question !== this.#question) return;
    if (result.ok) this.removal = result.value;
    else this.refusal = result.error;
  }

  leave(): void {
    this.#question += 1;
    this.removing = undefined;
    this.removal = undefined;
    this.refusal = undefined;
  }

  /** Removes the rule that the preview shows. */
  async apply(changes: Pick<Changes, 'run' | 'tell'>): Promise<void> {
    const { removal } = this;
    if (removal === undefined) return;
    const result = await changes.run((client) => client.request('rules.apply', { id: removal.id }));
    if (result === undefined) return;
    if (!result.ok) {
      this.refusal = result.error;
      return;
    }
    const { group } = result.value;
    this.leave();
    changes.tell({ kind: 'removed', ...(group === undefined ? {} : { group }) });
    await this.load();
  }
}
