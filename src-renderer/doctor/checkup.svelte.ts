import { type Client } from '#shared/contract/client.ts';
import { type DoctorReport } from '#shared/contract/doctor.ts';
import { type Failure } from '#shared/result.ts';

/** The doctor's report: requested when its view is opened. */
export class Checkup {
  report = $state.raw<DoctorReport>();
  failure = $state.raw<Failure>();
  busy = $state(false);
  #client: Client | undefined;
  #wanted = false;

  attach(client: Client): void {
    this.#client = client;
    this.busy = false;
    if (this.#wanted && this.report === undefined) void this.run();
  }

  /** Requests a new report; the old one stays until it is there. */
  async run(): Promise<void> {
    this.#wanted = true;
    const client = this.#client;
    if (client === undefined || this.busy) return;
    this.busy = true;
    const result = await client.request('doctor.examine', {});
    if (this.#client !== client) return;
    this.busy = false;
    if (result.ok) this.report = result.value;
    this.failure = result.ok || result.error.code === 'disconnected' ? undefined : result.error;
  }
}
