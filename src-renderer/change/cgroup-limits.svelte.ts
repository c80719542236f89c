import { type Client } from '#shared/contract/client.ts';
import { type Failure } from '#shared/result.ts';
import { parseBytes } from '#shared/format/bytes.ts';
import {
  goesBelowUsage,
  type CgroupPreview,
  type CgroupSetting,
  type CgroupState,
  type CgroupValue,
} from '#shared/model/cgroup-change.ts';

/** The cgroup whose limits are open, the value that was entered, and its effect. */
export class CgroupLimits {
  /** Of the cgroup that is open. */
  path = $state<string>();
  cgroup = $state.raw<CgroupState>();
  setting = $state<CgroupSetting>('max');
  /** As it was written. */
  text = $state('');
  preview = $state.raw<CgroupPreview>();
  failure = $state.raw<Failure>();
  busy = $state(false);
  /** The change that was applied from this page last. */
  appliedId = $state<number>();
  #client: Client | undefined;
  /** Only the newest question's answer counts. */
  #question = 0;

  attach(client: Client): void {
    this.#client = client;
    this.busy = false;
    // What waited was kept or went back: the values are others now.
    client.on('change.pending', () => {
      if (this.path !== undefined) void this.#read(this.path);
    });
  }

  /** The value of now of what is to be set. */
  get now(): CgroupValue | undefined {
    return this.cgroup?.values.find(({ setting }) => setting === this.setting)?.value;
  }

  /** The entered text as a value; undefined while it is malformed. */
  get value(): CgroupValue | undefined {
    const text = this.text.trim();
    return text === 'max' ? 'max' : parseBytes(text);
  }

  /** More is in use than the entered value: applying it takes one more confirmation. */
  get belowUsage(): boolean {
    return this.preview !== undefined && goesBelowUsage(this.preview);
  }

  /** Opens the limits of a cgroup; the same once more closes them. */
  async open(path: string): Promise<void> {
    if (this.path === path) {
      this.close();
      return;
    }
    this.close();
    this.path = path;
    await this.#read(path);
  }

  close(): void {
    this.#question += 1;
    this.path = undefined;
    this.cgroup = undefined;
    this.#forget();
  }

  choose(setting: CgroupSetting): void {
    this.setting = setting;
    this.#forget();
  }

  write(text: string): void {
    this.text = text;
    void this.#ask();
  }

  /** Applies the previewed change: it is pending until it is kept or reverted. */
  async apply(): Promise<void> {
    const { preview } = this;
    const client = this.#client;
    if (preview === undefined || client === undefined || this.busy) return;
    this.busy = true;
    const result = await client.request('change.applyCgroup', { id: preview.id, mayKill: this.belowUsage });
    this.busy = false;
    if (result.ok) {
      this.appliedId = result.value.id;
      this.#forget();
    } else this.failure = result.error;
  }

  #forget(): void {
    this.text = '';
    this.preview = undefined;
    this.failure = undefined;
  }

  async #read(path: string): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const result = await client.request('change.cgroup', { path });
    if (this.path !== path) return;
    if (!result.ok) {
      this.failure = result.error;
      return;
    }
    this.cgroup = result.value;
    const [first] = result.value.values;
    if (this.now === undefined && first !== undefined) this.setting = first.setting;
  }

  async #ask(): Promise<void> {
    const { path, setting, value } = this;
    const client = this.#client;
    const question = ++this.#question;
    this.failure = undefined;
    if (client === undefined || path === undefined || value === undefined) {
      this.preview = undefined;
      return;
    }
    const result = await client.request('change.previewCgroup', { path, setting, value });
    if (question !== this.#question) return;
    this.preview = result.ok ? result.value : undefined;
    if (!result.ok) this.failure = result.error;
  }
}
