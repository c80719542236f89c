import { type Client } from '#shared/contract/client.ts';
import { ok, type Failure, type Result } from '#shared/result.ts';
import { type DropInRemoval, type Protections, type RulePreview } from '#shared/model/rule.ts';
import { sameUnit, type Unit } from '#shared/model/unit.ts';
import { type Changes } from '../change/changes.svelte.ts';

/** What removing a rule, or a drop-in of a unit, would do. */
export type Removal =
  | { readonly of: 'rule'; readonly preview: RulePreview }
  | { readonly of: 'drop-in'; readonly preview: DropInRemoval };

/** Rules, and other values that Lifeboat set and that are in force: read while the list is shown. */
export class ProtectionList {
  known = $state.raw<Protections>();
  failure = $state.raw<Failure>();
  /** What removing one would do, while that is looked at. */
  removal = $state.raw<Removal>();
  /** Why it cannot be removed. */
  refusal = $state.raw<Failure>();
  /** The number of the rule that is looked at, or the unit. */
  removing = $state.raw<number | Unit>();
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
    await this.#ask(number, async (client) => {
      const result = await client.request('rules.previewRemove', { number });
      return result.ok ? ok({ of: 'rule', preview: result.value }) : result;
    });
  }

  /** Asks what removing the drop-in of a unit would do. */
  async considerDropIn(unit: Unit): Promise<void> {
    await this.#ask(unit, async (client) => {
      const result = await client.request('rules.previewRemoveDropIn', { unit });
      return result.ok ? ok({ of: 'drop-in', preview: result.value }) : result;
    });
  }

  /** Whether the drop-in of this unit is looked at. */
  isRemoving(unit: Unit): boolean {
    return typeof this.removing === 'object' && sameUnit(this.removing, unit);
  }

  async #ask(what: number | Unit, request: (client: Client) => Promise<Result<Removal>>): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const question = ++this.#question;
    this.removing = what;
    this.removal = undefined;
    this.refusal = undefined;
    const result = await request(client);
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

  /** Removes what the preview shows. */
  async apply(changes: Pick<Changes, 'run' | 'tell'>): Promise<void> {
    const { removal } = this;
    if (removal === undefined) return;
    const { id } = removal.preview;
    const result = await changes.run<{ readonly group?: number }>((client) =>
      removal.of === 'rule'
        ? client.request('rules.apply', { id })
        : client.request('rules.removeDropIn', { id }),
    );
    if (result === undefined) return;
    if (!result.ok) {
      this.refusal = result.error;
      return;
    }
    const { group } = result.value;
    this.leave();
    changes.tell({ kind: 'removed', removed: removal.of, ...(group === undefined ? {} : { group }) });
    await this.load();
  }
}
