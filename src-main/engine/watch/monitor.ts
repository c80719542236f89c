import { type Frame, type ProcessDetail, type TimelinePoint, type View } from '#shared/contract/watch.ts';
import { ok, type Result } from '#shared/result.ts';
import { failureLine } from '#shared/words/index.ts';
import { type KillerMark, type Outlook } from '#shared/model/memory.ts';
import { sameProcess, type ProcessId } from '#shared/model/process.ts';
import { GLOBAL_SCOPE, type Scope, type ScopeSummary } from '#shared/model/scope.ts';
import { type Interest, type Sampler } from '../../collect/sampler.ts';
import { findKillers } from '../../collect/killers.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type UnitFactsCache } from '../../collect/units/unit-facts.ts';
import { INTERVALS, isShort, nextInterval, type Intervals } from './interval.ts';
import {
  hasPlace,
  orderOfScope,
  orderView,
  troublesOf,
  unitsOfPlaces,
  type Ends,
  type OrderOfScope,
} from './order-view.ts';
import { unitsAround } from './ends-with.ts';
import { processDetail } from './process-detail.ts';
import { ProcessHistories } from './process-histories.ts';
import { outlookOf } from './outlook.ts';
import { frameScopes, scopesOf } from './scope-summaries.ts';
import { showsFront, tableRows } from './table-rows.ts';
import { Timeline } from './timeline.ts';

/** How many places are followed when nobody asks for more: enough to know who is next and behind whom. */
const FOLLOWED_PLACES = 10;
/** Killers come and go rarely: looked for after so many ticks. */
const KILLERS_TICKS = 30;

/** While somebody looks, the kernel is asked so often whether it has killed. Reading that takes 21 us of CPU. */
const KILL_CHECK_MS = 100;
/** And for so long after it did every moment counts: whoever is killed takes a while to die, and is looked for as often. */
const AFTER_KILL_MS = 2_000;

/** Somebody who looks. */
export interface Viewer {
  view: View;
  /** What its screen shows since the last frame. */
  rows: readonly ProcessId[];
  readonly onFrame: (frame: Frame) => void;
}

/** What the monitor needs from outside. */
export interface MonitorOptions {
  readonly sampler: Sampler;
  readonly killersIn?: typeof findKillers;
  readonly intervals?: Intervals;
  /** What systemd ends after a kill; without it nothing is said of that. */
  readonly unitFacts?: Pick<UnitFactsCache, 'of' | 'ensure'>;
  /** Hears of every snapshot, before the viewers do. */
  readonly onSnapshot?: (snapshot: Snapshot) => void;
  /** Sets a timer and returns what stops it; tests bring their own. */
  readonly schedule?: (callback: () => void, delayMs: number) => () => void;
  /** The same for what is done again and again. */
  readonly repeat?: (callback: () => void, everyMs: number) => () => void;
}

const onTimer = (callback: () => void, delayMs: number) => {
  const timer = setTimeout(callback, delayMs);
  return () => {
    clearTimeout(timer);
  };
};

const onInterval = (callback: () => void, everyMs: number) => {
  const timer = setInterval(callback, everyMs);
  return () => {
    clearInterval(timer);
  };
};

/** Samples again and again, and tells every viewer what it looks at. Knows no transport. */
export class Monitor {
  readonly #sampler: Sampler;
  #intervals: Intervals;
  readonly #schedule: NonNullable<MonitorOptions['schedule']>;
  readonly #repeat: NonNullable<MonitorOptions['repeat']>;
  readonly #killersIn: typeof findKillers;
  readonly #unitFacts: MonitorOptions['unitFacts'];
  readonly #onSnapshot: (snapshot: Snapshot) => void;
  readonly #viewers = new Set<Viewer>();
  readonly #timeline = new Timeline();
  readonly #histories = new ProcessHistories();
  /** By path of the cgroup, empty for the machine: so many places are known of it. */
  #orders = new Map<string, { readonly most: number; readonly order: Result<OrderOfScope> }>();
  /** What else a frame shows of this snapshot: asked for again and again while somebody scrolls. */
  #details = new Map<string, ProcessDetail>();
  #scopes: readonly ScopeSummary[] | undefined;
  #snapshot: Snapshot | undefined;
  /** The snapshot of the last tick: the one that every viewer has seen. */
  #shown: Snapshot | undefined;
  #ticks = 0;
  /** The last snapshot was for nobody's eyes: some of its figures may be a few ticks old. */
  #isGlance = false;
  #killers: readonly KillerMark[] = [];
  #outlook: Outlook | undefined;
  #intervalMs: number;
  #stopTimer: (() => void) | undefined;
  #stopChecks: (() => void) | undefined;
  #killSeenMs = -Infinity;
  #running = false;

  constructor({
    sampler,
    intervals = INTERVALS,
    schedule = onTimer,
    repeat = onInterval,
    killersIn = findKillers,
    onSnapshot = () => undefined,
    unitFacts,
  }: MonitorOptions) {
    this.#unitFacts = unitFacts;
    this.#sampler = sampler;
    this.#intervals = intervals;
    this.#schedule = schedule;
    this.#repeat = repeat;
    this.#killersIn = killersIn;
    this.#onSnapshot = onSnapshot;
    this.#intervalMs = intervals.idleMs;
  }

  /** Takes the first reading and goes on until `stop`. */
  start(): Result<Snapshot> {
    this.#running = true;
    const first = this.tick();
    this.#plan();
    return first;
  }

  /** How fast a process that was followed grows, in bytes a minute; undefined while that is not known. */
  growthBytesPerMinute(process: ProcessId): number | undefined {
    return this.#histories.growthBytesPerMinute(process, this.#sampler.host.pageSizeBytes);
  }

  /** From now on it samples as often as this says. */
  setIntervals(intervals: Intervals): void {
    this.#intervals = intervals;
    this.#plan();
  }

  stop(): void {
    this.#running = false;
    this.#stopTimer?.();
    this.#stopChecks?.();
    this.#viewers.clear();
    this.#sampler.close();
  }

  /** One tick of the clock: sample, remember, send frames. A failure leaves the last snapshot in place; its message is in the frames. */
  tick(): Result<Snapshot> {
    const sampled = this.#sample();
    if (!sampled.ok) {
      this.#tellTrouble(failureLine(sampled.error));
      return sampled;
    }
    const snapshot = sampled.value;
    this.#ticks += 1;
    if (hasKilledSince(this.#shown, snapshot.memory.state.oomKills)) this.#killSeenMs = snapshot.monotonicMs;
    this.#shown = snapshot;
    this.#remember(snapshot);
    this.#onSnapshot(snapshot);
    for (const viewer of this.#viewers) this.#tell(snapshot, viewer);
    this.#sampler.lookAround();
    if (this.#ticks % KILLERS_TICKS === 1) this.#killers = this.#killersIn(snapshot);
    return sampled;
  }

  /**
   * A snapshot with the figures of every process: what a preview is made from. Thousands of processes take some tenths of a second. Frames are sent
   * by the clock alone: one client that asks for previews in a loop causes none for the others.
   */
  readEverything(): Result<Snapshot> {
    return this.#sample(true);
  }

  #sample(everything = false): Result<Snapshot> {
    const interest = this.#interest();
    const sampled = this.#sampler.sample({ ...interest, everything });
    if (!sampled.ok) return sampled;
    const snapshot = sampled.value;
    this.#snapshot = snapshot;
    // The first one has read everybody.
    this.#isGlance = interest.glance && !everything && snapshot.seq > 1;
    this.#orders = new Map();
    this.#details = new Map();
    this.#scopes = undefined;
    return sampled;
  }

  /**
   * Lets somebody look, or look elsewhere. The answer is the present frame; the viewer hears of the following ones. Fails when the
   * scope is none: then the viewer goes on looking at what it saw before, if anything.
   */
  watch(viewer: Viewer, view: View): Result<Frame> {
    const first = this.#viewers.size === 0;
    const before = this.#viewers.has(viewer) ? viewer.view : undefined;
    viewer.view = view;
    this.#viewers.add(viewer);
    const frame = this.#firstFrame(viewer);
    if (frame.ok) {
      if (first) this.#plan();
    } else if (before === undefined) this.#viewers.delete(viewer);
    else viewer.view = before;
    return frame;
  }

  unwatch(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    if (this.#viewers.size === 0) this.#stopChecks?.();
  }

  timelineSince(sinceMs: number): readonly TimelinePoint[] {
    return this.#timeline.since(sinceMs);
  }

  /** The last snapshot; a new one when there is none yet. */
  snapshot(): Result<Snapshot> {
    return this.#snapshot === undefined ? this.tick() : ok(this.#snapshot);
  }

  /** The machine's order in the last snapshot, as far as it is followed. */
  front(): Result<OrderOfScope> {
    const snapshot = this.snapshot();
    return snapshot.ok ? this.#orderOf(snapshot.value, GLOBAL_SCOPE, FOLLOWED_PLACES) : snapshot;
  }

  /** All cgroups with a limit in the last snapshot, the fullest first. */
  scopes(): Result<readonly ScopeSummary[]> {
    const snapshot = this.snapshot();
    return snapshot.ok ? ok(this.#scopesIn(snapshot.value)) : snapshot;
  }

  get killers(): readonly KillerMark[] {
    return this.#killers;
  }

  #plan(): void {
    this.#stopTimer?.();
    this.#stopChecks?.();
    if (!this.#running) return;
    const watched = this.#viewers.size > 0;
    this.#intervalMs = this.#nextInterval(watched);
    const tick = () => {
      this.tick();
      this.#plan();
    };
    this.#stopTimer = this.#schedule(tick, this.#intervalMs);
    if (!watched || this.#intervalMs <= KILL_CHECK_MS) return;
    this.#stopChecks = this.#repeat(() => {
      const hasKilled = hasKilledSince(this.#shown, this.#sampler.oomKills());
      if (hasKilled || (this.#hasJustKilled() && this.#sampler.hasLostFront())) tick();
    }, KILL_CHECK_MS);
  }

  #nextInterval(watched: boolean): number {
    const { watchedMs, pressureMs } = this.#intervals;
    if (this.#snapshot === undefined) return watchedMs;
    const next = nextInterval(this.#snapshot.memory.state, watched, this.#intervals);
    return watched && this.#hasJustKilled() ? Math.min(next, pressureMs) : next;
  }

  #hasJustKilled(): boolean {
    return this.#snapshot !== undefined && this.#snapshot.monotonicMs - this.#killSeenMs < AFTER_KILL_MS;
  }

  #interest(): Interest {
    const views = [...this.#viewers];
    const scopes = views.flatMap(({ view }) => (view.scope.kind === 'cgroup' ? [view.scope.path] : []));
    return {
      orderCount: views.reduce((most, { view }) => Math.max(most, view.orderCount), FOLLOWED_PLACES),
      watched: views.flatMap(({ view, rows }) => [
        ...rows,
        ...(view.chosen === undefined ? [] : [view.chosen]),
      ]),
      scopes: [...new Set(scopes)],
      everything: false,
      glance: views.length === 0 && (this.#snapshot === undefined || !isShort(this.#snapshot.memory.state)),
    };
  }

  /** What nobody looked at until now, and the members of a scope that was not watched yet, are read at once. */
  #firstFrame(viewer: Viewer): Result<Frame> {
    const { scope } = viewer.view;
    const known = this.#snapshot;
    const isKnown =
      known !== undefined &&
      !this.#isGlance &&
      (scope.kind === 'global' || known.scopeMembers.has(scope.path));
    const snapshot = isKnown ? ok(known) : this.#sample();
    return snapshot.ok ? this.#frameFor(snapshot.value, viewer) : snapshot;
  }

  /**
   * Sends the frame of a tick, `troubles` with it. A cgroup that was looked at may vanish with its container: the whole machine is shown
   * then, with the reason, until it is back or the viewer looks elsewhere.
   */
  #tell(snapshot: Snapshot, viewer: Viewer, troubles: readonly string[] = []): void {
    const found = this.#frameFor(snapshot, viewer);
    if (found.ok) {
      viewer.onFrame({ ...found.value, troubles: [...found.value.troubles, ...troubles] });
      return;
    }
    const instead = this.#frameFor(snapshot, viewer, GLOBAL_SCOPE);
    if (!instead.ok) return;
    const all = [...instead.value.troubles, ...troubles, failureLine(found.error)];
    viewer.onFrame({ ...instead.value, troubles: all });
  }

  #remember(snapshot: Snapshot): void {
    const { timeMs, memory } = snapshot;
    this.#timeline.add(timeMs, memory.state);
    if (this.#ticks % 5 === 0) {
      this.#outlook = outlookOf(this.#timeline.since(timeMs - 15 * 60_000), memory.state, timeMs);
    }
    const order = this.#orderOf(snapshot, GLOBAL_SCOPE, FOLLOWED_PLACES);
    const front = order.ok ? order.value.order.places.slice(0, FOLLOWED_PLACES).map(({ task }) => task) : [];
    const chosen = [...this.#viewers].flatMap(({ view }) => {
      const found = view.chosen === undefined ? undefined : processOf(snapshot, view.chosen);
      return found ?? [];
    });
    this.#histories.add(timeMs, [...front, ...chosen]);
  }

  /** Computed once a tick and scope, as far as anybody looks; anew when more places are asked for. */
  #orderOf(snapshot: Snapshot, scope: Scope, places: number): Result<OrderOfScope> {
    const key = pathOf(scope);
    const known = this.#orders.get(key);
    if (known !== undefined && known.most >= places) return known.order;
    const views = [...this.#viewers].map(({ view }) => view).filter((view) => pathOf(view.scope) === key);
    const most = views.reduce((most, view) => Math.max(most, placesFor(view)), places);
    const order = orderOfScope(snapshot, scope, most);
    this.#orders.set(key, { most, order });
    return order;
  }

  /** As far as the view shows, and to its end where the chosen one has no place so far. */
  #orderFor(snapshot: Snapshot, view: View, scope: Scope): Result<OrderOfScope> {
    const order = this.#orderOf(snapshot, scope, placesFor(view));
    if (!order.ok || view.chosen === undefined) return order;
    const chosen = processOf(snapshot, view.chosen);
    return chosen === undefined || hasPlace(order.value, chosen)
      ? order
      : this.#orderOf(snapshot, scope, Infinity);
  }

  #frameFor(snapshot: Snapshot, viewer: Viewer, scope = viewer.view.scope): Result<Frame> {
    const { view } = viewer;
    const found = this.#orderFor(snapshot, view, scope);
    if (!found.ok) return found;
    const ofScope = found.value;
    const table = view.table === undefined ? undefined : tableRows(ofScope, view.table);
    viewer.rows = table?.rows.map(({ pid, startTicks }) => ({ pid, startTicks })) ?? [];
    const chosen = view.chosen === undefined ? undefined : processOf(snapshot, view.chosen);
    const scopes = this.#scopesIn(snapshot);
    return ok({
      seq: snapshot.seq,
      timeMs: snapshot.timeMs,
      intervalMs: this.#intervalMs,
      memory: snapshot.memory.state,
      killers: this.#killers,
      ...(this.#outlook === undefined ? {} : { outlook: this.#outlook }),
      order: orderView(ofScope, view.orderCount, this.#endsIn(snapshot, ofScope, view.orderCount)),
      scopes: frameScopes(scopes, scope),
      scopeCount: scopes.length,
      processCount: snapshot.processes.length,
      ...(table === undefined ? {} : { table }),
      ...(view.chosen === undefined
        ? {}
        : {
            chosen: chosen === undefined ? 'gone' : this.#detailOf(snapshot, ofScope, scope, chosen),
          }),
      troubles: troublesOf(snapshot, scope),
    });
  }

  /** Computed once a snapshot, when it is asked for. */
  #scopesIn(snapshot: Snapshot): readonly ScopeSummary[] {
    return (this.#scopes ??= scopesOf(snapshot));
  }

  /** Asks about the units of what is shown, outside of the tick: what is known by then counts in the next frame. */
  #endsIn(snapshot: Snapshot, ofScope: OrderOfScope, count: number): Ends | undefined {
    const facts = this.#unitFacts;
    if (facts === undefined) return undefined;
    void facts.ensure(unitsOfPlaces(ofScope, count));
    return { snapshot, facts };
  }

  /** Computed once a tick, scope and process. */
  #detailOf(snapshot: Snapshot, ofScope: OrderOfScope, scope: Scope, chosen: ObservedProcess): ProcessDetail {
    const key = `${chosen.pid} ${pathOf(scope)}`;
    const known = this.#details.get(key);
    if (known !== undefined) return known;
    void this.#unitFacts?.ensure(unitsAround(chosen));
    const detail = processDetail(snapshot, ofScope, chosen, this.#histories, this.#unitFacts);
    this.#details.set(key, detail);
    return detail;
  }

  /** The last frame again, with what went wrong. */
  #tellTrouble(message: string): void {
    const snapshot = this.#snapshot;
    if (snapshot === undefined) return;
    for (const viewer of this.#viewers) this.#tell(snapshot, viewer, [message]);
  }
}

/** How many places of the order a view shows: all of them where anybody may have to be placed. */
function placesFor({ orderCount, table, chosen }: View): number {
  // Who is next when the chosen one is saved.
  const few = chosen === undefined ? orderCount : Math.max(orderCount, 2);
  if (table === undefined) return few;
  return showsFront(table) ? Math.max(few, table.from + table.count) : Infinity;
}

function pathOf(scope: Scope): string {
  return scope.kind === 'global' ? '' : scope.path;
}

/** True when the kernel has killed since a snapshot was taken. */
function hasKilledSince(snapshot: Snapshot | undefined, oomKills: number | undefined): boolean {
  const before = snapshot?.memory.state.oomKills;
  return before !== undefined && oomKills !== undefined && oomKills > before;
}

/** The very process, if it lives. */
export function processOf({ processes }: Snapshot, id: ProcessId) {
  return processes.find((process) => sameProcess(process, id));
}
