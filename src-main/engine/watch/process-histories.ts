import { type ProcessPoint } from '#shared/contract/watch.ts';
import { usagePages } from '#shared/kernel/badness/badness.ts';
import { processKey, type ProcessId } from '#shared/model/process.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { linearTrend } from './trend.ts';

/** One hour, one point every fifteen seconds, of as many processes as are ever in front or looked at. */
const KEEP_MS = 60 * 60 * 1000;
const EVERY_MS = 15_000;
const MOST_PROCESSES = 128;
/** Length of a history from which growth is stated, in milliseconds. */
const SHORTEST_TREND_MS = 60_000;
/** And what was before that says nothing about now: a program that has loaded its data stops growing. */
const TREND_MS = 5 * 60_000;
const SIGNIFICANT = 4;

interface History {
  points: ProcessPoint[];
  lastMs: number;
}

/** What the processes at the front used over the last hour. */
export class ProcessHistories {
  readonly #histories = new Map<string, History>();

  /** Takes a reading of those that matter now; forgets the ones that have not mattered for longest when there are too many. */
  add(timeMs: number, processes: readonly ObservedProcess[]): void {
    for (const process of processes) {
      if (process.memory === undefined) continue;
      const key = processKey(process);
      const history = this.#histories.get(key) ?? { points: [], lastMs: -Infinity };
      if (timeMs - history.lastMs < EVERY_MS && timeMs >= history.lastMs) continue;
      history.lastMs = timeMs;
      // The clock may have been set back, or the machine have slept for longer than an hour.
      const lasting = history.points.filter(
        (point) => point.timeMs < timeMs && point.timeMs >= timeMs - KEEP_MS,
      );
      history.points = [...lasting, { timeMs, pages: usagePages(process.memory) }];
      this.#histories.delete(key);
      this.#histories.set(key, history);
    }
    while (this.#histories.size > MOST_PROCESSES) {
      const oldest = this.#histories.keys().next();
      if (oldest.done === true) break;
      this.#histories.delete(oldest.value);
    }
  }

  /** Oldest first; empty for who was never looked at. */
  of(process: ProcessId): readonly ProcessPoint[] {
    return this.#histories.get(processKey(process))?.points ?? [];
  }

  /** Its growth in bytes a minute over the last five; undefined while there is too little of it, or it is noise. */
  growthBytesPerMinute(process: ProcessId, pageSizeBytes: number): number | undefined {
    const all = this.of(process);
    const last = all.at(-1);
    const points = all.filter(({ timeMs }) => last !== undefined && timeMs >= last.timeMs - TREND_MS);
    const first = points[0];
    if (first === undefined || last === undefined || last.timeMs - first.timeMs < SHORTEST_TREND_MS)
      return undefined;
    const trend = linearTrend(points.map(({ timeMs, pages }) => ({ timeMs, value: pages * pageSizeBytes })));
    if (trend === undefined || Math.abs(trend.slope) < SIGNIFICANT * trend.slopeError) return undefined;
    return trend.slope * 60_000;
  }
}
