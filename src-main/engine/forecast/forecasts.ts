import { killerForecast } from '#shared/forecast/killer-forecast.ts';
import { machineHeadroom } from '#shared/kernel/cgroup/headroom.ts';
import { type Forecast } from '#shared/model/forecast.ts';
import { type Killer } from '#shared/model/killer.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { compact } from '#shared/optional.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Interest } from '../../collect/sampler.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { machineMemory } from '../watch/headroom.ts';
import { hasKilledSince } from '../watch/kills-since.ts';
import { asForecast } from './as-forecast.ts';
import { GroupForecasts, type SpokenGroup } from './group-forecasts.ts';
import { largest } from './largest.ts';
import { LeftSeries } from './left-series.ts';
import { ProcessHistories } from './process-histories.ts';
import { ShownForecast } from './shown-forecast.ts';
import { takerOf } from './takers.ts';

/** The wall clock went on by so much more than the monotonic one: the machine slept, or its clock was set. */
const SLEPT_MS = 10_000;
/** The largest processes are followed with a point every so many seconds. */
const LARGEST_SECONDS = 15;
/** The same while memory is forecast to run out: who takes it is to be known before that. */
const LARGEST_FALLING_SECONDS = 2;

/** Processes, and paths of cgroups, whose figures are read in the next tick. */
type Closely = Required<Pick<Interest, 'watched' | 'groups'>>;

/** What is forecast: of the machine, and of the cgroups for which something is. */
export interface Spoken {
  readonly machine: Forecast | undefined;
  readonly groups: readonly SpokenGroup[];
}

/** The forecasts of the machine and of every cgroup with a limit, from one snapshot after another. */
export class Forecasts {
  readonly groups = new GroupForecasts();
  readonly histories: ProcessHistories;
  readonly #shown = new ShownForecast();
  #series: LeftSeries | undefined;
  #machine: Forecast | undefined;
  #last: Snapshot | undefined;
  #large: readonly ProcessId[] = [];
  #largeSeconds = -Infinity;

  constructor(pageSizeBytes: number) {
    this.histories = new ProcessHistories(pageSizeBytes);
  }

  /** When the machine's memory is used up; undefined where nothing can be said. */
  get machine(): Forecast | undefined {
    return this.#machine;
  }

  /** What the next snapshot is to read closely: who takes memory need not be among the first to be killed, nor its cgroup be looked at. */
  get closely(): Closely {
    const lastSeconds = (this.#last?.monotonicMs ?? 0) / 1000;
    const isDue = lastSeconds - this.#largeSeconds >= this.#largestEvery - 1;
    return { watched: isDue ? this.#large : [], groups: this.groups.close };
  }

  /** All that is forecast now. */
  get spoken(): Spoken {
    return { machine: this.#machine, groups: this.groups.spoken };
  }

  /** Takes a snapshot, those of its processes that matter in it, and the killers that run. */
  take(snapshot: Snapshot, matter: readonly ObservedProcess[], killers: readonly Killer[] = []): void {
    const seconds = snapshot.monotonicMs / 1000;
    this.histories.add(snapshot.timeMs, seconds, [...this.#largest(snapshot, seconds), ...matter]);
    const { state } = snapshot.memory;
    if (this.#series === undefined || hasOtherMemory(this.#last, snapshot)) {
      this.#series = new LeftSeries(state.totalBytes + (state.swap?.totalBytes ?? 0));
      this.#forget();
    } else if (hasSlept(this.#last, snapshot)) {
      this.#series.cut();
      this.#forget();
      this.groups.cut();
    } else if (hasKilledSince(this.#last, state.oomKills)) {
      this.#series.killed();
      this.#forget();
    }
    this.#last = snapshot;
    const leftBytes = machineHeadroom(machineMemory(snapshot)).headroomBytes;
    if (this.#series.add(seconds, leftBytes)) {
      const found = this.#shown.take(seconds, this.#series.estimate());
      const killer = found && killerForecast(found, leftBytes, killers, state.swap);
      const taker =
        found && takerOf(found.fall, this.histories.living(snapshot.processes), '/', snapshot.namesOf);
      this.#machine = found && asForecast(found, compact({ taker, killer }));
    }
    this.groups.take(snapshot, seconds, this.histories);
  }

  /** What was said is over. */
  #forget(): void {
    this.#shown.clear();
    this.#machine = undefined;
  }

  get #largestEvery(): number {
    return this.#machine === undefined ? LARGEST_SECONDS : LARGEST_FALLING_SECONDS;
  }

  /** The largest processes, now and then. */
  #largest(snapshot: Snapshot, seconds: number): readonly ObservedProcess[] {
    if (seconds - this.#largeSeconds < this.#largestEvery) return [];
    this.#largeSeconds = seconds;
    const found = largest(snapshot);
    this.#large = found.map(({ pid, startTicks }) => ({ pid, startTicks }));
    return found;
  }
}

/** Memory or swap were added or taken away: another scope. */
function hasOtherMemory(before: Snapshot | undefined, { memory: { state } }: Snapshot): boolean {
  const known = before?.memory.state;
  if (known === undefined) return true;
  return known.totalBytes !== state.totalBytes || known.swap?.totalBytes !== state.swap?.totalBytes;
}

function hasSlept(before: Snapshot | undefined, { timeMs, monotonicMs }: Snapshot): boolean {
  if (before === undefined) return false;
  return timeMs - before.timeMs - (monotonicMs - before.monotonicMs) > SLEPT_MS;
}
