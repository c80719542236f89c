import { type Tuning } from '#shared/contract/change.ts';
import { type Client } from '#shared/contract/client.ts';
import { type Failure, type Result } from '#shared/result.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl/specs.ts';
import {
  type PendingChange,
  type SysctlChange,
  type SysctlKeepPreview,
  type SysctlName,
  type SysctlPreset,
  type SysctlPreview,
} from '#shared/model/sysctl/sysctl.ts';

/** Keeping a value for the next boot, looked at before it is done. */
interface ConsideredKeep {
  readonly name: SysctlName;
  readonly preview?: SysctlKeepPreview;
  readonly failure?: Failure;
}

/** The settings, the values picked for them, what those would bring, and the change that waits to be kept. */
export class TuningSettings {
  tuning = $state.raw<Tuning>();
  /** Values that were picked and not applied. */
  picked = $state.raw<readonly SysctlChange[]>([]);
  /** What the picked values would bring, all of them together: the one object that is shown and that can be applied. */
  preview = $state.raw<SysctlPreview>();
  pending = $state.raw<PendingChange>();
  failure = $state.raw<Failure>();
  busy = $state(false);
  /** The files that were written last. */
  keptFiles = $state.raw<readonly string[]>([]);
  /** A setting whose value of now is to be kept, and what that would do. */
  keeping = $state.raw<ConsideredKeep>();
  /** The change that was applied from this page last. */
  appliedId = $state<number>();
  #client: Client | undefined;
  #wanted = false;
  #question = 0;

  attach(client: Client): void {
    this.#client = client;
    this.busy = false;
    client.on('change.pending', (pending) => {
      this.pending = pending === 'none' ? undefined : pending;
      if (pending === 'none') void this.load();
    });
    if (this.#wanted) void this.load();
  }

  async load(): Promise<void> {
    this.#wanted = true;
    const client = this.#client;
    if (client === undefined) return;
    const result = await client.request('change.tuning', {});
    if (this.#client !== client) return;
    if (result.ok) {
      this.tuning = result.value;
      this.pending = result.value.pending;
      await this.#ask();
    } else if (result.error.code !== 'disconnected') this.failure = result.error;
  }

  /** The value that is picked for a setting. */
  pickedValue(name: SysctlName): number | undefined {
    return this.picked.find((each) => each.name === name)?.value;
  }

  /** The preview is that of the values which are picked now. */
  get isShown(): boolean {
    const shown = this.preview?.changes ?? [];
    return (
      shown.length === this.picked.length &&
      this.picked.every((each) => shown.some((change) => isSame(change, each)))
    );
  }

  /** What a preset would change here: where it is so already, nothing. */
  missing({ changes }: SysctlPreset): readonly SysctlChange[] {
    return changes.filter(({ name, value }) => this.#now(name) !== value);
  }

  /** Picks a value; picking the present one takes the pick back. */
  pick(name: SysctlName, value: number): void {
    // Ratio and kbytes undo each other: the one that was picked last counts.
    const { clears } = SYSCTL_SPECS[name];
    const others = this.picked.filter((each) => each.name !== name && each.name !== clears);
    this.picked = value === this.#now(name) ? others : [...others, { name, value }];
    void this.#ask();
  }

  /** Picks what a preset has, where that is not so already. */
  pickPreset(preset: SysctlPreset): void {
    this.picked = this.missing(preset);
    void this.#ask();
  }

  discard(): void {
    this.picked = [];
    this.preview = undefined;
    this.failure = undefined;
  }

  /** Applies what the preview shows, all of it: it reverts unless it is confirmed. Picks that no preview shows yet are not sent. */
  async apply(): Promise<void> {
    const { preview } = this;
    if (preview === undefined || !this.isShown) return;
    const result = await this.#do((client) => client.request('change.applySysctls', { id: preview.id }));
    if (result === undefined) return;
    this.pending = result;
    this.appliedId = result.id;
    this.picked = this.picked.filter((each) => !preview.changes.some((change) => isSame(change, each)));
    await this.load();
  }

  async confirm(onDisk: boolean): Promise<void> {
    const { pending } = this;
    if (pending === undefined) return;
    const kept = await this.#do((client) =>
      client.request('change.confirmPending', { id: pending.id, onDisk }),
    );
    if (kept !== undefined)
      this.keptFiles = kept.map(({ file }) => file).filter((file, index, all) => all.indexOf(file) === index);
  }

  async revert(): Promise<void> {
    const { pending } = this;
    if (pending === undefined) return;
    await this.#do((client) => client.request('change.revertPending', { id: pending.id }));
  }

  /** Asks for more time: the change that waits is being looked at. Where there is none, it reverts as it said. */
  async extend(): Promise<void> {
    const { pending } = this;
    const client = this.#client;
    if (pending === undefined || client === undefined) return;
    await client.request('change.extendPending', { id: pending.id });
  }

  #isAskedOf(name: SysctlName): boolean {
    return this.keeping?.name === name;
  }

  /** Asks what keeping a value for the next boot would do. */
  async considerKeep(name: SysctlName, value: number): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    this.keeping = { name };
    const result = await client.request('change.previewKeepSysctl', { name, value });
    // Another one was asked about meanwhile, or it was put away.
    if (!this.#isAskedOf(name)) return;
    this.keeping = result.ok ? { name, preview: result.value } : { name, failure: result.error };
  }

  leaveKeep(): void {
    this.keeping = undefined;
  }

  /** Keeps what the preview shows for the next boot. */
  async applyKeep(): Promise<void> {
    const { name, preview } = this.keeping ?? {};
    if (name === undefined || preview === undefined) return;
    const kept = await this.#do((client) => client.request('change.applyKeepSysctl', { id: preview.id }));
    if (kept === undefined) {
      const { failure } = this;
      if (failure !== undefined) this.keeping = { name, preview, failure };
      return;
    }
    this.keeping = undefined;
    this.keptFiles = [kept.file];
    await this.load();
  }

  #now(name: SysctlName): number | undefined {
    return this.tuning?.settings.find(({ spec }) => spec.name === name)?.now;
  }

  async #ask(): Promise<void> {
    const client = this.#client;
    const changes = [...this.picked];
    const question = ++this.#question;
    if (client === undefined || changes.length === 0) {
      this.preview = undefined;
      return;
    }
    const result = await client.request('change.previewSysctls', { changes });
    if (question !== this.#question) return;
    if (result.ok) this.preview = result.value;
    else if (result.error.code !== 'disconnected') this.failure = result.error;
  }

  async #do<T>(work: (client: Client) => Promise<Result<T>>): Promise<T | undefined> {
    const client = this.#client;
    if (client === undefined || this.busy) return undefined;
    this.busy = true;
    const result = await work(client);
    this.busy = false;
    if (result.ok) {
      this.failure = undefined;
      return result.value;
    }
    this.failure = result.error;
    return undefined;
  }
}

function isSame(a: SysctlChange, b: SysctlChange): boolean {
  return a.name === b.name && a.value === b.value;
}
