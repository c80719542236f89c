import { type Tuning } from '#shared/contract/change.ts';
import { type Client } from '#shared/contract/client.ts';
import { type Failure, type Result } from '#shared/result.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl-specs.ts';
import {
  type PendingChange,
  type SysctlChange,
  type SysctlEffect,
  type SysctlName,
  type SysctlPreset,
} from '#shared/model/sysctl.ts';

/** The settings, what somebody wishes for them, what that would bring, and the change that waits to be kept. */
export class TuningDesk {
  tuning = $state.raw<Tuning>();
  /** Values that were picked and not applied. */
  wishes = $state.raw<readonly SysctlChange[]>([]);
  effects = $state.raw<readonly SysctlEffect[]>([]);
  pending = $state.raw<PendingChange>();
  failure = $state.raw<Failure>();
  busy = $state(false);
  /** What was written on disk last. */
  keptFiles = $state.raw<readonly string[]>([]);
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

  /** The value that is wished for a setting. */
  wishFor(name: SysctlName): number | undefined {
    return this.wishes.find((wish) => wish.name === name)?.value;
  }

  /** What a preset would change here: where it is so already, nothing. */
  missing({ changes }: SysctlPreset): readonly SysctlChange[] {
    return changes.filter(({ name, value }) => this.#now(name) !== value);
  }

  /** Wishes a value; wishing the present one takes the wish back. */
  wish(name: SysctlName, value: number): void {
    // Ratio and kbytes undo each other: the one that was wished last counts.
    const { clears } = SYSCTL_SPECS[name];
    const others = this.wishes.filter((wish) => wish.name !== name && wish.name !== clears);
    this.wishes = value === this.#now(name) ? others : [...others, { name, value }];
    void this.#ask();
  }

  /** Wishes what a preset has, where that is not so already. */
  wishPreset(preset: SysctlPreset): void {
    this.wishes = this.missing(preset);
    void this.#ask();
  }

  forgetWishes(): void {
    this.wishes = [];
    this.effects = [];
    this.failure = undefined;
  }

  /** Applies the wishes for some settings, or all: they hold until confirmed, or take themselves back. */
  async apply(names?: readonly SysctlName[]): Promise<void> {
    const changes = this.#changes(names);
    if (changes.length === 0) return;
    const result = await this.#do((client) => client.request('change.applySysctls', { changes }));
    if (result === undefined) return;
    this.pending = result;
    this.wishes = this.wishes.filter((wish) => !changes.includes(wish));
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

  /** Keeps the value of now for the next boot, or takes Lifeboat's own line away. */
  async keep(name: SysctlName, value?: number): Promise<void> {
    const kept = await this.#do((client) =>
      client.request('change.keepSysctl', value === undefined ? { name } : { name, value }),
    );
    if (kept !== undefined) this.keptFiles = [kept.file];
    await this.load();
  }

  #changes(names?: readonly SysctlName[]): SysctlChange[] {
    return this.wishes.filter(({ name }) => names?.includes(name) ?? true);
  }

  #now(name: SysctlName): number | undefined {
    return this.tuning?.settings.find(({ spec }) => spec.name === name)?.now;
  }

  async #ask(): Promise<void> {
    const client = this.#client;
    const changes = this.#changes();
    const question = ++this.#question;
    if (client === undefined || changes.length === 0) {
      this.effects = [];
      return;
    }
    const result = await client.request('change.previewSysctls', { changes });
    if (question !== this.#question) return;
    if (result.ok) this.effects = result.value;
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
