import { type Client } from '#shared/contract/client.ts';
import { type GroupFrame, type GroupRange, type GroupSort, type GroupView } from '#shared/contract/groups.ts';
import { type Failure } from '#shared/result.ts';
import { type GroupDetail, type GroupKind } from '#shared/model/owners/group.ts';
import { storedKeys, storeKeys } from './folded.ts';

/** Lines asked for above and below what is visible, and the part of them that may be used up before lines are asked for again. */
const OVERSCAN = 30;
const SLACK = 18;
/** A query longer than the contract allows would be refused. */
const LONGEST_QUERY = 200;
/** Figures begin with the largest. */
const DESCENDING: ReadonlySet<GroupSort> = new Set(['used', 'growth', 'kills']);

/** The groups that the page looks at, and the newest frame of them. One request is under way at a time; the newest one waits. */
export class Groups {
  all = $state(false);
  kinds = $state.raw<readonly GroupKind[]>([]);
  query = $state('');
  sort = $state<GroupSort>('closeness');
  descending = $state(false);
  folded = $state.raw<readonly string[]>(storedKeys());
  /** The key of the group whose detail is open. */
  chosen = $state<string>();
  frame = $state.raw<GroupFrame>();
  failure = $state.raw<Failure>();
  /** The last detail of the chosen group; kept when it has ended. */
  lastDetail = $state.raw<GroupDetail>();

  #visible = { from: 0, count: 30 };
  #asked: GroupRange | undefined;
  #client: Client | undefined;
  #open = false;
  #busy = false;
  #dirty = false;

  /** The detail of the chosen group; `gone` when it has ended, undefined until it is there. */
  get detail(): GroupDetail | 'gone' | undefined {
    const { chosen } = this.frame ?? {};
    if (chosen === undefined || chosen === 'gone') return this.chosen === undefined ? undefined : chosen;
    return chosen.group.key === this.chosen ? chosen : undefined;
  }

  /** Takes a new line: says what is looked at, if anything is. */
  attach(client: Client): void {
    this.#client = client;
    this.#busy = false;
    client.on('groups.frame', (frame) => {
      if (this.#open && !this.#busy) this.#accept(frame);
    });
    if (this.#open) this.#send();
  }

  /** The view is there: frames are asked for. */
  open(): void {
    this.#open = true;
    this.#send();
  }

  /** The view is left. */
  close(): void {
    this.#open = false;
    this.chosen = undefined;
    void this.#client?.request('groups.unsubscribe', {});
  }

  again(): void {
    this.#send();
  }

  choose(key: string | undefined): void {
    this.chosen = key;
    this.#send();
  }

  search(query: string): void {
    this.query = query.slice(0, LONGEST_QUERY);
    this.#restart();
  }

  showAll(all: boolean): void {
    this.all = all;
    this.#restart();
  }

  toggleKind(kind: GroupKind): void {
    this.kinds = this.kinds.includes(kind)
      ? this.kinds.filter((each) => each !== kind)
      : [...this.kinds, kind];
    this.#restart();
  }

  /** Sorts by a column, or turns its order round. */
  sortBy(sort: GroupSort): void {
    this.descending = this.sort === sort ? !this.descending : DESCENDING.has(sort);
    this.sort = sort;
    this.#restart();
  }

  /** Folds a section, or unfolds it; remembered in this browser. */
  fold(key: string, folded: boolean): void {
    this.folded = storeKeys([...this.folded.filter((each) => each !== key), ...(folded ? [key] : [])]);
    this.#send();
  }

  /** Says which lines are visible; asks only when the loaded ones run out. */
  showLines(from: number, count: number): void {
    this.#visible = { from, count };
    const asked = this.#asked;
    const total = this.frame?.page.total;
    if (asked === undefined || total === undefined) return;
    const first = Math.max(0, from - (OVERSCAN - SLACK));
    const last = Math.min(total, from + count + OVERSCAN - SLACK);
    if (first < asked.from || last > asked.from + asked.count) this.#send();
  }

  #restart(): void {
    this.#visible = { ...this.#visible, from: 0 };
    this.#send();
  }

  #view(): GroupView {
    const from = Math.max(0, this.#visible.from - OVERSCAN);
    const count = Math.min(500, this.#visible.from - from + this.#visible.count + OVERSCAN);
    const { all, kinds, query, sort, descending, folded, chosen } = this;
    return {
      range: { all, kinds, query, sort, descending, folded, from, count },
      ...(chosen === undefined ? {} : { chosen }),
    };
  }

  #send(): void {
    const client = this.#client;
    if (client === undefined || !this.#open) return;
    if (this.#busy) {
      this.#dirty = true;
      return;
    }
    this.#busy = true;
    this.#dirty = false;
    const view = this.#view();
    this.#asked = view.range;
    void client.request('groups.subscribe', view).then((result) => {
      if (this.#client !== client) return;
      this.#busy = false;
      if (!this.#open) return;
      if (result.ok) this.#accept(result.value);
      // The connection itself says that it was lost, and asks again when it is back.
      else if (result.error.code !== 'disconnected') this.failure = result.error;
      if (this.#dirty) this.#send();
    });
  }

  #accept(frame: GroupFrame): void {
    this.failure = undefined;
    this.frame = frame;
    if (typeof frame.chosen === 'object') this.lastDetail = frame.chosen;
  }
}
