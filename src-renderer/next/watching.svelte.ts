import { type Client } from '#shared/contract/client.ts';
import { type Failure } from '#shared/result.ts';
import {
  type Frame,
  type ProcessDetail,
  type SortColumn,
  type TableRange,
  type View,
} from '#shared/contract/watch.ts';
import { sameProcess, type ProcessId } from '#shared/model/process.ts';
import { GLOBAL_SCOPE, sameScope, type Scope } from '#shared/model/scope.ts';
import { usedPages } from '#shared/words/en/process.ts';

/** Places of the kill order that the page shows as bars. */
const ORDER_COUNT = 25;
/** Rows asked for above and below what is visible. */
const OVERSCAN_ROWS = 40;
/** The part of the overscan that may be used up before rows are asked for again. */
const SLACK_ROWS = 24;
/** A query longer than the contract allows would be refused. */
const LONGEST_QUERY = 200;

/** A frame together with the view that it answers: what was chosen may have changed since. */
interface Seen {
  readonly frame: Frame;
  readonly view: View;
}

/** Owners that the page shows. */
const OWNER_COUNT = 60;
/** More at once would be asked for in vain. */
const MOST_UNFOLDED = 20;
/** Key in localStorage: whether the order is shown by owner or by process. */
const STORED = 'lifeboat.order';

/** The first order of a column: names from A, figures from the largest. */
const ascending: ReadonlySet<SortColumn> = new Set(['rank', 'name', 'pid', 'user']);

/** What the page looks at, and the newest frame of it. One request is under way at a time; the newest one waits. */
export class Watching {
  scope = $state.raw<Scope>(GLOBAL_SCOPE);
  query = $state('');
  sort = $state<SortColumn>('rank');
  descending = $state(false);
  /** The process in the detail; undefined while none is chosen. */
  picked = $state.raw<ProcessId>();
  tableOpen = $state(false);
  /** The order by owner, and not by process. */
  byOwner = $state(localStorage.getItem(STORED) !== 'process');
  /** Keys of the owners that are unfolded. */
  unfolded = $state.raw<readonly string[]>([]);
  failure = $state.raw<Failure>();
  /** The cgroup that was looked at until it vanished or lost its limit. */
  lostScope = $state.raw<Scope>();
  /** The last figures of the chosen process; kept when it has ended. */
  lastDetail = $state.raw<ProcessDetail>();

  #seen = $state.raw<Seen>();
  #visible = { from: 0, count: 40 };
  #asked: { from: number; count: number } | undefined;
  #client: Client | undefined;
  #busy = false;
  #dirty = false;
  readonly #onFrame: (frame: Frame) => void;

  constructor(onFrame: (frame: Frame) => void = () => undefined) {
    this.#onFrame = onFrame;
  }

  get frame(): Frame | undefined {
    return this.#seen?.frame;
  }

  /** The details of the chosen process; undefined until they are there. */
  get detail(): ProcessDetail | 'gone' | undefined {
    const { picked } = this;
    if (picked === undefined || this.#seen?.view.chosen === undefined) return undefined;
    if (!sameProcess(this.#seen.view.chosen, picked)) return undefined;
    return this.#seen.frame.chosen;
  }

  /** True until the first frame of the scope that was asked for last. */
  get changingScope(): boolean {
    return this.#seen !== undefined && !sameScope(this.#seen.view.scope, this.scope);
  }

  /** Takes a new line: tells it what is looked at. */
  attach(client: Client): void {
    this.#client = client;
    this.#busy = false;
    client.on('watch.frame', (frame) => {
      if (this.#seen === undefined) return;
      const { view } = this.#seen;
      // The cgroup vanished: the server shows the whole machine instead.
      if (!sameScope(frame.order.scope, view.scope) && sameScope(view.scope, this.scope)) {
        this.#lose(view.scope);
        this.#send();
      } else this.#accept({ frame, view });
    });
    this.#send();
  }

  lookAt(scope: Scope): void {
    if (sameScope(scope, this.scope)) return;
    this.scope = scope;
    this.lostScope = undefined;
    this.picked = undefined;
    this.#send();
  }

  pick(process: ProcessId | undefined): void {
    this.picked = process === undefined ? undefined : { pid: process.pid, startTicks: process.startTicks };
    this.#send();
  }

  /** Asks once more, after a failure. */
  again(): void {
    this.#send();
  }

  openTable(open: boolean): void {
    if (this.tableOpen === open) return;
    this.tableOpen = open;
    this.#send();
  }

  /** Shows the order by owner, or by process; the choice is remembered. */
  showOrder(byOwner: boolean): void {
    localStorage.setItem(STORED, byOwner ? 'owner' : 'process');
    if (!this.tableOpen && this.byOwner === byOwner) return;
    this.byOwner = byOwner;
    this.tableOpen = false;
    this.#send();
  }

  /** Shows the processes of an owner in the list, or no longer. */
  fold(key: string, isOpen: boolean): void {
    const others = this.unfolded.filter((each) => each !== key);
    this.unfolded = isOpen ? [...others, key].slice(-MOST_UNFOLDED) : others;
    this.#send();
  }

  search(query: string): void {
    this.query = query.slice(0, LONGEST_QUERY);
    this.tableOpen = true;
    this.#visible = { ...this.#visible, from: 0 };
    this.#send();
  }

  /** Sorts by a column, or turns its order round. */
  sortBy(column: SortColumn): void {
    this.descending = this.sort === column ? !this.descending : !ascending.has(column);
    this.sort = column;
    this.#send();
  }

  /** Says which rows of the table are visible; asks only when the loaded ones run out. */
  showRows(from: number, count: number): void {
    this.#visible = { from, count };
    this.#fill();
  }

  /** Asks for rows when those around the visible ones are not among those asked for. */
  #fill(): void {
    const { table } = this.#seen?.frame ?? {};
    const asked = this.#asked;
    if (table === undefined || asked === undefined) return;
    const { from, count } = this.#visible;
    const first = Math.max(0, from - (OVERSCAN_ROWS - SLACK_ROWS));
    const last = Math.min(table.total, from + count + OVERSCAN_ROWS - SLACK_ROWS);
    if (first >= asked.from && last <= asked.from + asked.count) return;
    const wanted = this.#range();
    if (wanted.from !== asked.from || wanted.count !== asked.count) this.#send();
  }

  #range(): TableRange {
    const from = Math.max(0, this.#visible.from - OVERSCAN_ROWS);
    const count = Math.min(500, this.#visible.from - from + this.#visible.count + OVERSCAN_ROWS);
    return { query: this.query, sort: this.sort, descending: this.descending, from, count };
  }

  #view(): View {
    const { picked } = this;
    return {
      scope: this.scope,
      orderCount: ORDER_COUNT,
      ...(this.tableOpen && { table: this.#range() }),
      ...(!this.tableOpen && this.byOwner && { owners: { count: OWNER_COUNT, open: this.unfolded } }),
      ...(picked !== undefined && { chosen: picked }),
    };
  }

  #send(): void {
    const client = this.#client;
    if (client === undefined) return;
    if (this.#busy) {
      this.#dirty = true;
      return;
    }
    this.#busy = true;
    this.#dirty = false;
    const view = this.#view();
    this.#asked = view.table;
    void client.request('watch.subscribe', view).then((result) => {
      if (this.#client !== client) return;
      this.#busy = false;
      if (result.ok) {
        this.failure = undefined;
        this.#accept({ frame: result.value, view });
      } else this.#refused(result.error, view);
      if (this.#dirty) this.#send();
    });
  }

  #refused(failure: Failure, view: View): void {
    // The connection itself says that it was lost, and asks again when it is back.
    if (failure.code === 'disconnected') return;
    if (
      view.scope.kind === 'cgroup' &&
      (failure.code === 'scope-unknown' || failure.code === 'scope-unlimited')
    ) {
      this.#lose(view.scope);
      this.#dirty = true;
      return;
    }
    this.failure = failure;
  }

  #lose(scope: Scope): void {
    this.lostScope = scope;
    this.scope = GLOBAL_SCOPE;
  }

  #accept(seen: Seen): void {
    this.#seen = seen;
    if (typeof seen.frame.chosen === 'object') this.#remember(seen.frame.chosen);
    this.#onFrame(seen.frame);
    this.#fill();
  }

  /** A process that is exiting has given its memory back already: its last figures are those of before. */
  #remember(detail: ProcessDetail): void {
    const last = this.lastDetail;
    const isExiting = usedPages(detail.process) === 0;
    if (isExiting && last !== undefined && sameProcess(last.process, detail.process)) return;
    this.lastDetail = detail;
  }
}
