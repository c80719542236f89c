import { type Frame, type TimelinePoint, type View } from '#shared/contract/watch.ts';
import { compact } from '#shared/optional.ts';
import { ok, type Result } from '#shared/result.ts';
import { type Killer } from '#shared/model/killer.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { GLOBAL_SCOPE, type ScopeSummary } from '#shared/model/scope.ts';
import { type Trouble } from '#shared/model/trouble.ts';
import { type Sampler } from '../../collect/sampler.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { Forecasts } from '../forecast/forecasts.ts';
import { type Client, type Closely, FOLLOWED_PLACES, interestOf, NOTHING_CLOSELY } from './client.ts';
import { hasKilledSince } from './kills-since.ts';
import { INTERVALS, nextInterval, type Intervals } from './clock/interval.ts';
import { type MonitorOptions } from './monitor-options.ts';
import { type OrderOfScope } from './order-view.ts';
import { type FrameSources, processOf, SnapshotFrames } from './snapshot-frames.ts';
import { TickTimer } from './clock/tick-timer.ts';
import { Timeline } from './timeline.ts';

/** Killers come and go rarely: looked for every this many ticks. */
const KILLERS_TICKS = 30;

/** Time between two looks whether the kernel has killed, while a client is connected. A look takes 21 us of CPU. */
const KILL_CHECK_MS = 100;
/** Time after a kill in which the process may still be dying: the first places are looked at as often. */
const AFTER_KILL_MS = 2_000;

/** Samples by the clock and sends every client the frames of its view. Knows no transport. */
export class Monitor {
  readonly #sampler: Sampler;
  #intervals: Intervals;
  readonly #timer: TickTimer;
  readonly #killerWatch: MonitorOptions['killers'];
  readonly #onSnapshot: (snapshot: Snapshot) => void;
  readonly #closely: () => Closely;
  readonly #level: MonitorOptions['level'];
  readonly #clients = new Set<Client>();
  readonly #timeline = new Timeline();
  readonly forecasts: Forecasts;
  readonly #sources: FrameSources;
  #frames: SnapshotFrames | undefined;
  /** The snapshot of the last tick: the one that every client has seen. */
  #shown: Snapshot | undefined;
  #ticks = 0;
  /** The last snapshot was taken while no client looked: some of its figures may be a few ticks old. */
  #isGlance = false;
  #killers: readonly Killer[] = [];
  #intervalMs: number;
  #killSeenMs = -Infinity;
  #running = false;

  constructor({
    sampler,
    intervals = INTERVALS,
    killers,
    onSnapshot = () => undefined,
    closely = () => NOTHING_CLOSELY,
    level,
    unitFacts,
    commands,
    ...timers
  }: MonitorOptions) {
    this.forecasts = new Forecasts(sampler.host.pageSizeBytes);
    this.#sources = {
      forecasts: this.forecasts,
      unitFacts,
      commands,
      views: () => [...this.#clients].map(({ view }) => view),
    };
    this.#sampler = sampler;
    this.#intervals = intervals;
    this.#timer = new TickTimer(timers);
    this.#killerWatch = killers;
    this.#onSnapshot = onSnapshot;
    this.#closely = closely;
    this.#level = level;
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
    return this.forecasts.histories.growthBytesPerMinute(process);
  }

  /** From now on it samples as often as this says. */
  setIntervals(intervals: Intervals): void {
    this.#intervals = intervals;
    this.#plan();
  }

  stop(): void {
    this.#running = false;
    this.#timer.stop();
    this.#clients.clear();
    this.#sampler.close();
  }

  /** One tick of the clock: sample, remember, send frames. A failure leaves the last snapshot in place; its message is in the frames. */
  tick(): Result<Snapshot> {
    return snapshotOf(this.#tick());
  }

  /**
   * A snapshot with the figures of every process: what a preview is made from. Thousands of processes take some tenths of a second. Frames are sent
   * by the clock alone: a client that asks for previews in a loop causes none for the others.
   */
  readEverything(): Result<Snapshot> {
    return snapshotOf(this.#sample(true));
  }

  #tick(): Result<SnapshotFrames> {
    const sampled = this.#sample();
    if (!sampled.ok) {
      if (this.#frames !== undefined)
        this.#sendAll(this.#frames, [{ kind: 'failed', failure: sampled.error }]);
      return sampled;
    }
    const { snapshot } = sampled.value;
    this.#ticks += 1;
    if (hasKilledSince(this.#shown, snapshot.memory.state.oomKills)) this.#killSeenMs = snapshot.monotonicMs;
    this.#shown = snapshot;
    this.#remember(sampled.value);
    this.#onSnapshot(snapshot);
    this.#sendAll(sampled.value);
    this.#sampler.lookAround();
    if (this.#ticks % KILLERS_TICKS === 1) this.#lookForKillers(snapshot);
    return sampled;
  }

  #sample(everything = false): Result<SnapshotFrames> {
    const ahead = { ...NOTHING_CLOSELY, scopes: this.#frames?.aheadPaths ?? [] };
    const closely = [this.forecasts.closely, this.#closely(), ahead];
    const interest = interestOf([...this.#clients], this.#frames?.snapshot, closely);
    const sampled = this.#sampler.sample({ ...interest, everything });
    if (!sampled.ok) return sampled;
    // The first one reads every process.
    this.#isGlance = interest.glance && !everything && sampled.value.seq > 1;
    this.#frames = new SnapshotFrames(sampled.value, this.#sources);
    return ok(this.#frames);
  }

  /**
   * Sends the frames of a view to a client until `unwatch`; one that is known changes its view. The answer is the present frame. Fails when the
   * scope does not exist: a client that is known keeps the view that it had.
   */
  watch(client: Client, view: View): Result<Frame> {
    const first = this.#clients.size === 0;
    const before = this.#clients.has(client) ? client.view : undefined;
    client.view = view;
    this.#clients.add(client);
    const frame = this.#firstFrame(client);
    if (frame.ok) {
      if (first) this.#plan();
    } else if (before === undefined) this.#clients.delete(client);
    else client.view = before;
    return frame;
  }

  unwatch(client: Client): void {
    this.#clients.delete(client);
    if (this.#clients.size === 0) this.#timer.stopChecks();
  }

  timelineSince(sinceMs: number): readonly TimelinePoint[] {
    return this.#timeline.since(sinceMs);
  }

  /** The last snapshot; a new one when there is none yet. */
  snapshot(): Result<Snapshot> {
    return snapshotOf(this.#lastFrames());
  }

  /** The machine's order in the last snapshot, as far as it is followed. */
  front(): Result<OrderOfScope> {
    const frames = this.#lastFrames();
    return frames.ok ? frames.value.order(GLOBAL_SCOPE, FOLLOWED_PLACES) : frames;
  }

  /** All cgroups with a limit in the last snapshot, the fullest first. */
  scopes(): Result<readonly ScopeSummary[]> {
    const frames = this.#lastFrames();
    return frames.ok ? ok(frames.value.scopes()) : frames;
  }

  get killers(): readonly Killer[] {
    return this.#killers;
  }

  /** What cannot be read at once is there in a later tick. */
  #lookForKillers(snapshot: Snapshot): void {
    void this.#killerWatch?.look(snapshot);
    this.#killers = this.#killerWatch?.in(snapshot) ?? [];
  }

  #plan(): void {
    if (!this.#running) return;
    const watched = this.#clients.size > 0;
    this.#intervalMs = this.#nextInterval(watched);
    const tick = () => {
      this.tick();
      this.#plan();
    };
    this.#timer.plan(tick, this.#intervalMs);
    if (!watched || this.#intervalMs <= KILL_CHECK_MS) return;
    this.#timer.check(() => {
      const hasKilled = hasKilledSince(this.#shown, this.#sampler.oomKills());
      if (hasKilled || (this.#hasJustKilled() && this.#sampler.hasLostFront())) tick();
    }, KILL_CHECK_MS);
  }

  #nextInterval(watched: boolean): number {
    const { watchedMs, pressureMs } = this.#intervals;
    if (this.#frames === undefined) return watchedMs;
    const next = nextInterval(this.#frames.snapshot.memory.state, watched, this.#intervals);
    return watched && this.#hasJustKilled() ? Math.min(next, pressureMs) : next;
  }

  #hasJustKilled(): boolean {
    const snapshot = this.#frames?.snapshot;
    return snapshot !== undefined && snapshot.monotonicMs - this.#killSeenMs < AFTER_KILL_MS;
  }

  #lastFrames(): Result<SnapshotFrames> {
    return this.#frames === undefined ? this.#tick() : ok(this.#frames);
  }

  /** Takes a snapshot where the last one was a glance, or did not read the members of the scope. */
  #firstFrame(client: Client): Result<Frame> {
    const { scope } = client.view;
    const known = this.#frames;
    const isKnown =
      known !== undefined &&
      !this.#isGlance &&
      (scope.kind === 'global' || known.snapshot.scopeMembers.has(scope.path));
    const frames = isKnown ? ok(known) : this.#sample();
    return frames.ok ? this.#frameFor(frames.value, client) : frames;
  }

  #sendAll(frames: SnapshotFrames, troubles: readonly Trouble[] = []): void {
    for (const client of this.#clients) this.#send(frames, client, troubles);
  }

  /**
   * Sends a client its frame, with what went wrong. A cgroup that is shown may vanish with its container: the whole machine is shown
   * then, with the reason, until it is back or the client changes its view.
   */
  #send(frames: SnapshotFrames, client: Client, troubles: readonly Trouble[]): void {
    const found = this.#frameFor(frames, client);
    if (found.ok) {
      client.onFrame({ ...found.value, troubles: [...found.value.troubles, ...troubles] });
      return;
    }
    const instead = this.#frameFor(frames, client, GLOBAL_SCOPE);
    if (!instead.ok) return;
    const all = [...instead.value.troubles, ...troubles, { kind: 'failed', failure: found.error } as const];
    client.onFrame({ ...instead.value, troubles: all });
  }

  #frameFor(frames: SnapshotFrames, client: Client, scope = client.view.scope): Result<Frame> {
    const frame = frames.frame(client.view, scope);
    if (!frame.ok) return frame;
    client.rows = frame.value.table?.rows.map(({ pid, startTicks }) => ({ pid, startTicks })) ?? [];
    const { machine: forecast } = this.forecasts;
    const killers = this.#killers;
    const ahead = scope.kind === 'global' ? frames.ahead({ forecast, killers }) : undefined;
    return ok({
      ...frame.value,
      intervalMs: this.#intervalMs,
      killers,
      ...compact({ forecast, ahead, level: this.#level?.() }),
    });
  }

  /** What the timeline, the forecasts and the histories keep of a tick. */
  #remember(frames: SnapshotFrames): void {
    const { timeMs, memory } = frames.snapshot;
    this.#killers = this.#killerWatch?.in(frames.snapshot) ?? [];
    this.#timeline.add(timeMs, memory.state);
    const order = frames.order(GLOBAL_SCOPE, FOLLOWED_PLACES);
    const front = order.ok ? order.value.order.places.slice(0, FOLLOWED_PLACES).map(({ task }) => task) : [];
    const chosen = [...this.#clients].flatMap(
      ({ view }) => (view.chosen === undefined ? undefined : processOf(frames.snapshot, view.chosen)) ?? [],
    );
    this.forecasts.take(frames.snapshot, [...front, ...chosen], this.#killers);
  }
}

function snapshotOf(frames: Result<SnapshotFrames>): Result<Snapshot> {
  return frames.ok ? ok(frames.value.snapshot) : frames;
}
