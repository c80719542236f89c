import { type Applied, type UndoOutcome } from '#shared/contract/change.ts';
import { type Client } from '#shared/contract/client.ts';
import { type Failure, type Result } from '#shared/result.ts';
import {
  STRENGTHS,
  type AdjPreview,
  type AdjRequest,
  type AdjIntent,
  type LastingPlace,
  type Rights,
  type Target,
} from '#shared/model/change.ts';
import { type NamedProcess } from '#shared/model/kill-order.ts';
import { type IneligibleReason, type ProcessId } from '#shared/model/process.ts';
import { type Scope } from '#shared/model/scope.ts';
import { sameProcess } from '#shared/model/process.ts';

/** The part of the page with the button: the preview opens there. */
export type Place = 'first' | 'owners' | 'order' | 'table' | 'protected' | 'detail' | 'group';

/** What the two buttons of a row, and the keys P and G, ask for. */
export type RowAction = 'protect' | 'give-up';

/** A change that is previewed before it is applied. */
export interface Considered {
  readonly place: Place;
  readonly process: NamedProcess;
  readonly request: AdjRequest;
  /** Undefined until it is there. */
  readonly preview?: AdjPreview;
  /** Where it is about protecting: a preview of each strength, of which `preview` is the chosen one. */
  readonly strengths?: readonly AdjPreview[];
  readonly failure?: Failure;
}

/** What was done, said once, with the way back. */
export interface Notice {
  /**
   * A key that acts on a process was pressed, and nothing is previewed. `choose-first`: none is marked. `unchangeable`: its value decides
   * nothing, as with a thread of the kernel. `not-connected`: there is no server.
   */
  readonly kind:
    'applied' | 'undone' | 'failed' | 'kept' | 'removed' | 'choose-first' | 'unchangeable' | 'not-connected';
  /** Of `unchangeable`. */
  readonly about?: { readonly name: string; readonly reason: IneligibleReason };
  readonly applied?: Applied;
  readonly undone?: readonly UndoOutcome[];
  readonly failure?: Failure;
  /** How it can be kept in each place, or where it is kept now. */
  readonly lasting?: readonly LastingPlace[];
  /** Of `removed`: what was. */
  readonly removed?: 'rule' | 'drop-in';
  /** Of what was kept: by which it is undone. */
  readonly group?: number;
}

/** Long enough to read and to reach the button; stays while the pointer or the focus is on it. */
export const NOTICE_MS = 12_000;

/** Changes to processes: previewed, applied, reported, undone. */
export class Changes {
  rights = $state.raw<Rights>();
  considered = $state.raw<Considered>();
  notice = $state.raw<Notice>();
  busy = $state(false);
  /** False while there is no connection: then nothing can be applied. */
  connected = $state(false);
  #client: Client | undefined;
  /** Only the newest question's answer counts. */
  #question = 0;

  attach(client: Client): void {
    this.#client = client;
    this.busy = false;
    this.connected = true;
    client.onClose(() => {
      if (this.#client === client) this.connected = false;
    });
    client.on('change.rights', (rights) => {
      this.rights = rights;
    });
    void client.request('change.rights', {}).then((result) => {
      if (result.ok) this.rights = result.value;
    });
  }

  /** Nothing can be changed from this page. */
  get readOnly(): boolean {
    return this.rights === undefined || this.rights.state === 'read-only';
  }

  /** No change can be made now: it may not, something else is being done, or there is no connection. */
  get blocked(): boolean {
    return this.readOnly || this.busy || !this.connected;
  }

  /** Root cannot be reached: what needs it is shown as a command for a terminal instead. */
  get rootless(): boolean {
    const { rights } = this;
    return (
      this.readOnly || rights?.state === 'failed' || (rights?.state === 'asks' && rights.method === 'none')
    );
  }

  /** Requests the preview of a change, for the process or for the given target, and shows it at a place. */
  async consider(
    place: Place,
    { pid, startTicks, name }: NamedProcess,
    intent: AdjIntent,
    scope: Scope,
    target: Target = { kind: 'process', id: { pid, startTicks } },
  ): Promise<void> {
    await this.#ask(place, { pid, startTicks, name }, { target, intent, scope });
  }

  /** Asks what each strength of protection would do, and shows the weakest that changes something. */
  async considerProtect(
    place: Place,
    { pid, startTicks, name }: NamedProcess,
    scope: Scope,
    target: Target = { kind: 'process', id: { pid, startTicks } },
  ): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const question = ++this.#question;
    const process = { pid, startTicks, name };
    const requests = STRENGTHS.map((kind) => ({ target, intent: { kind }, scope }) as const);
    this.considered = {
      place,
      process,
      request: requests[0] ?? { target, intent: { kind: 'later' }, scope },
    };
    const results = await Promise.all(
      requests.map((request) => client.request('change.previewAdj', request)),
    );
    if (question !== this.#question) return;
    const strengths = results.flatMap((result) => (result.ok ? [result.value] : []));
    const preview = strengths.find(({ changes }) => changes.length > 0) ?? strengths[0];
    const failure = results.flatMap((result) => (result.ok ? [] : [result.error]))[0];
    if (preview !== undefined)
      this.considered = { place, process, request: preview.request, preview, strengths };
    else if (failure !== undefined) this.considered = { ...this.considered, failure };
  }

  /** Shows another strength of what is looked at. */
  chooseStrength(preview: AdjPreview): void {
    const { considered } = this;
    if (considered === undefined) return;
    const { place, process, strengths = [] } = considered;
    this.considered = { place, process, request: preview.request, preview, strengths };
  }

  /** What a row's buttons and keys ask for. */
  async considerRow(place: Place, process: NamedProcess, action: RowAction, scope: Scope): Promise<void> {
    if (!this.connected) {
      this.notice = { kind: 'not-connected' };
      return;
    }
    await (action === 'protect'
      ? this.considerProtect(place, process, scope)
      : this.consider(place, process, { kind: 'first' }, scope));
  }

  /** The change that is previewed for one process at a place, if there is one. */
  consideredAt(place: Place, process: ProcessId): Considered | undefined {
    const { considered } = this;
    const isIt = considered?.place === place && sameProcess(considered.process, process);
    return isIt ? considered : undefined;
  }

  putAway(): void {
    this.#question += 1;
    this.considered = undefined;
  }

  /** Does what the preview shows. */
  async apply(): Promise<void> {
    const preview = this.considered?.preview;
    if (preview === undefined || preview.changes.length === 0) return;
    const result = await this.run((client) => client.request('change.applyAdj', { id: preview.id }));
    if (result === undefined) return;
    if (!result.ok) {
      if (this.considered !== undefined) this.considered = { ...this.considered, failure: result.error };
      return;
    }
    this.putAway();
    this.notice = { kind: 'applied', applied: result.value, lasting: preview.lasting };
  }

  /** Protects Lifeboat's own processes as their standing showed. */
  async protectItself(id: string): Promise<void> {
    const result = await this.run((client) => client.request('change.protectOwn', { id }));
    if (result === undefined) return;
    this.notice = result.ok
      ? { kind: 'applied', applied: result.value }
      : { kind: 'failed', failure: result.error };
  }

  /** Says what was done. */
  tell(notice: Notice): void {
    this.notice = notice;
  }

  async unlock(): Promise<void> {
    const result = await this.run((client) => client.request('change.unlock', {}));
    if (result === undefined) return;
    if (result.ok) this.rights = result.value;
    else this.notice = { kind: 'failed', failure: result.error };
  }

  /** A key asked for a change while no process is marked. */
  sayChooseFirst(): void {
    this.notice = { kind: 'choose-first' };
  }

  /** A key asked for a change of a process whose value decides nothing. */
  sayUnchangeable(name: string, reason: IneligibleReason): void {
    this.notice = { kind: 'unchangeable', about: { name, reason } };
  }

  dismiss(): void {
    this.notice = undefined;
  }

  async #ask(place: Place, process: NamedProcess, request: AdjRequest): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const question = ++this.#question;
    this.considered = { place, process, request };
    const result = await client.request('change.previewAdj', request);
    if (question !== this.#question) return;
    this.considered = {
      place,
      process,
      request,
      ...(result.ok ? { preview: result.value } : { failure: result.error }),
    };
  }

  /** One after the other: undefined while something else is being done, or where there is no line. */
  async run<T>(work: (client: Client) => Promise<Result<T>>): Promise<Result<T> | undefined> {
    const client = this.#client;
    if (client === undefined || this.busy) return undefined;
    this.busy = true;
    const result = await work(client);
    this.busy = false;
    return result;
  }
}
