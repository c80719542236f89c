import { type ProcessPoint } from '#shared/contract/watch.ts';
import { growthRate, steadyGrowth } from '#shared/forecast/growth.ts';
import { usagePages } from '#shared/kernel/badness/badness.ts';
import { type SteadyGrowth } from '#shared/model/forecast.ts';
import { processKey, type ProcessId } from '#shared/model/process.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { Lows, PointList } from './point-list.ts';

/** One hour, one point every fifteen seconds, of as many processes as are ever in front, large or looked at. */
const KEEP_MS = 60 * 60 * 1000;
const EVERY_SECONDS = 15;
const MOST_POINTS = 240;
const MOST_PROCESSES = 128;
/** Lows of five minutes for a day: for growth that goes on for hours. */
const LOW_SECONDS = 300;
const MOST_LOWS = 288;

/** A process whose memory was followed. */
export interface Followed {
  /** As it was read last. */
  readonly process: ObservedProcess;
  /** When it was seen first, on the monotonic clock. */
  readonly sinceSeconds: number;
  /** Its anonymous memory and swap when it was read last: what only its end gives back. */
  takenBytes: number;
  readonly taken: PointList;
  /** Bytes a second, as of the last point; undefined while there is too little of it, or it is noise. */
  readonly growthRate: number | undefined;
  readonly lows: Lows;
  /** For its chart. */
  points: ProcessPoint[];
  lastSeconds: number;
}

/** What the processes that matter used over the last hour. */
export class ProcessHistories {
  readonly #pageSizeBytes: number;
  readonly #followed = new Map<string, Followed>();
  /** Of the last processes that were asked about: more than one scope is looked at in a tick. */
  #living: { readonly of: readonly ProcessId[]; readonly followed: readonly Followed[] } | undefined;

  constructor(pageSizeBytes: number) {
    this.#pageSizeBytes = pageSizeBytes;
  }

  /** Those that are followed and among these processes: one that has ended takes nothing any more. */
  living(processes: readonly ProcessId[]): readonly Followed[] {
    if (this.#living?.of === processes) return this.#living.followed;
    const byPid = new Map([...this.#followed.values()].map((followed) => [followed.process.pid, followed]));
    const living = processes.flatMap(({ pid, startTicks }) => {
      const followed = byPid.get(pid);
      return followed?.process.startTicks === startTicks ? [followed] : [];
    });
    this.#living = { of: processes, followed: living };
    return living;
  }

  /** Takes a reading of those that matter now; forgets the ones that have not mattered for longest when there are too many. */
  add(timeMs: number, seconds: number, processes: readonly ObservedProcess[]): void {
    this.#living = undefined;
    for (const process of processes) this.#addOne(timeMs, seconds, process);
    while (this.#followed.size > MOST_PROCESSES) {
      const oldest = this.#followed.keys().next();
      if (oldest.done === true) break;
      this.#followed.delete(oldest.value);
    }
  }

  /** Oldest first; empty for who was never looked at. */
  of(process: ProcessId): readonly ProcessPoint[] {
    return this.#followed.get(processKey(process))?.points ?? [];
  }

  /** Its growth in bytes a minute over the last five; undefined while there is too little of it, or it is noise. */
  growthBytesPerMinute(process: ProcessId): number | undefined {
    const rate = this.#followed.get(processKey(process))?.growthRate;
    return rate === undefined ? undefined : rate * 60;
  }

  /** How it has grown for hours, with `memoryBytes` in the machine; undefined where it has not, or was not seen for so long. */
  steadyGrowth(process: ProcessId, memoryBytes: number): SteadyGrowth | undefined {
    const followed = this.#followed.get(processKey(process));
    return followed && steadyGrowth(followed.lows.points, followed.sinceSeconds, memoryBytes);
  }

  #addOne(timeMs: number, seconds: number, process: ObservedProcess): void {
    const { memory } = process;
    if (memory === undefined) return;
    const key = processKey(process);
    const known = this.#followed.get(key);
    const takenBytes = (memory.rssAnonPages + memory.swapPages) * this.#pageSizeBytes;
    if (known !== undefined) known.takenBytes = takenBytes;
    if (known !== undefined && seconds - known.lastSeconds < EVERY_SECONDS) return;
    const taken = known?.taken ?? new PointList(MOST_POINTS);
    const lows = known?.lows ?? new Lows(LOW_SECONDS, MOST_LOWS);
    taken.push(seconds, takenBytes);
    lows.add(seconds, takenBytes);
    // The clock may have been set back, or the machine have slept for longer than an hour.
    const lasting = (known?.points ?? []).filter(
      (point) => point.timeMs < timeMs && point.timeMs >= timeMs - KEEP_MS,
    );
    const points = [...lasting, { timeMs, pages: usagePages(memory) }];
    this.#followed.delete(key);
    this.#followed.set(key, {
      process,
      sinceSeconds: known?.sinceSeconds ?? seconds,
      takenBytes,
      taken,
      growthRate: growthRate(taken),
      lows,
      points,
      lastSeconds: seconds,
    });
  }
}
