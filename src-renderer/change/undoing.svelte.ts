import { type Client } from '#shared/contract/client.ts';
import { type Failure } from '#shared/result.ts';
import { type UndoPreview } from '#shared/model/undo.ts';
import { type Changes } from './changes.svelte.ts';

/** What is to be undone, looked at before it is done: for each change what would be written now, and which of them are chosen. */
export class Undoing {
  /** The clicks that are looked at; undefined while none are. */
  groups = $state.raw<readonly number[] | 'all'>();
  preview = $state.raw<UndoPreview>();
  failure = $state.raw<Failure>();
  /** The preview is not yet that of what is ticked. */
  asking = $state(false);
  readonly #changes: Changes;
  #client: Client | undefined;
  #question = 0;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  attach(client: Client): void {
    this.#client = client;
    this.asking = false;
  }

  /** Opens the list for clicks, or for everything. */
  async open(groups: readonly number[] | 'all'): Promise<void> {
    this.groups = groups;
    this.preview = undefined;
    await this.#ask(undefined);
  }

  /** Ticks a click, or takes its tick away: what the others would write may be another thing then. */
  async choose(group: number, isChosen: boolean): Promise<void> {
    const clicks = this.preview?.clicks ?? [];
    const chosen = clicks
      .filter((click) => click.isChosen && click.group !== group)
      .map((click) => click.group);
    await this.#ask(isChosen ? [...chosen, group] : chosen);
  }

  close(): void {
    this.#question += 1;
    this.groups = undefined;
    this.preview = undefined;
    this.failure = undefined;
    this.asking = false;
  }

  /** Undoes what the preview shows as chosen. */
  async apply(): Promise<void> {
    const { preview } = this;
    if (preview === undefined || this.asking) return;
    const result = await this.#changes.run((client) =>
      client.request('change.applyUndo', { id: preview.id }),
    );
    if (result === undefined) return;
    if (!result.ok) {
      this.failure = result.error;
      return;
    }
    this.close();
    this.#changes.tell({ kind: 'undone', undone: result.value });
  }

  /** Undoes one click that was just made, where that can neither kill nor break anything; else opens the list. Answers whether it did. */
  async undoOrOpen(group: number): Promise<boolean> {
    await this.open([group]);
    const { preview } = this;
    if (preview === undefined) {
      const { failure } = this;
      this.close();
      if (failure !== undefined) this.#changes.tell({ kind: 'failed', failure });
      return true;
    }
    if (preview.clicks.some(({ isDangerous, isRelated }) => isDangerous || isRelated === true)) return false;
    await this.apply();
    if (this.failure !== undefined) this.#changes.tell({ kind: 'failed', failure: this.failure });
    this.close();
    return true;
  }

  async #ask(chosen: readonly number[] | undefined): Promise<void> {
    const { groups } = this;
    const client = this.#client;
    if (groups === undefined || client === undefined) return;
    const question = ++this.#question;
    this.asking = true;
    this.failure = undefined;
    const which = groups === 'all' ? groups : [...groups];
    const result = await client.request(
      'change.previewUndo',
      chosen === undefined ? { groups: which } : { groups: which, chosen: [...chosen] },
    );
    if (question !== this.#question) return;
    this.asking = false;
    if (result.ok) this.preview = result.value;
    else this.failure = result.error;
  }
}
