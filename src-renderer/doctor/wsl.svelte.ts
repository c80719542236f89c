import { type Client } from '#shared/contract/client.ts';
import { type WindowsMemory, type WslMachine, type WslReport } from '#shared/model/wsl.ts';
import { type Failure } from '#shared/result.ts';

/** What is known of WSL: the figures of its line, and the report of the doctor once it is opened. */
export class WslState {
  machine = $state.raw<WslMachine>();
  report = $state.raw<WslReport>();
  /** Why there is no report. */
  failure = $state.raw<Failure>();
  busy = $state(false);
  answer = $state.raw<WindowsMemory>();
  /** Why Windows gave no answer. */
  silence = $state.raw<Failure>();
  asking = $state(false);
  #client: Client | undefined;
  #looks = false;
  #wanted = false;

  attach(client: Client): void {
    this.#client = client;
    this.busy = false;
    this.asking = false;
    if (this.#looks) void this.look();
    if (this.#wanted && this.report === undefined) void this.read();
  }

  /** Reads the figures again; the last ones stay where that fails. */
  async look(): Promise<void> {
    this.#looks = true;
    const client = this.#client;
    if (client === undefined) return;
    const result = await client.request('doctor.wslMachine', {});
    if (this.#client === client && result.ok) this.machine = result.value.machine;
  }

  /** Requests a report; the old one stays until it is there. */
  async read(): Promise<void> {
    this.#wanted = true;
    const client = this.#client;
    if (client === undefined || this.busy) return;
    this.busy = true;
    const result = await client.request('doctor.wsl', {});
    if (this.#client !== client) return;
    this.busy = false;
    if (result.ok) this.report = result.value.report;
    this.failure = result.ok || result.error.code === 'disconnected' ? undefined : result.error;
  }

  /** Has Windows asked, once. */
  async ask(): Promise<void> {
    const client = this.#client;
    if (client === undefined || this.asking) return;
    this.asking = true;
    const result = await client.request('doctor.askWindows', {});
    if (this.#client !== client) return;
    this.asking = false;
    this.answer = result.ok ? result.value : undefined;
    this.silence = result.ok || result.error.code === 'disconnected' ? undefined : result.error;
  }
}
