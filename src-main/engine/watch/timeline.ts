import { type TimelinePoint } from '#shared/contract/watch.ts';
import { type MemoryState } from '#shared/model/memory.ts';

/** One hour, one point every three seconds: more than any screen has columns. */
const KEEP_MS = 60 * 60 * 1000;
const EVERY_MS = 3_000;
/** What the contract promises at most. */
const MOST_POINTS = 1_200;

/** The machine's last hour, in memory. */
export class Timeline {
  #points: TimelinePoint[] = [];
  #oomKills: number | undefined;
  #killsSince = 0;

  /** Takes one reading. Kills are never lost: they are added to the next point that is kept. */
  add(timeMs: number, { availableBytes, swap, pressure, oomKills }: MemoryState): void {
    if (oomKills !== undefined) {
      this.#killsSince += Math.max(0, oomKills - (this.#oomKills ?? oomKills));
      this.#oomKills = oomKills;
    }
    const last = this.#points.at(-1);
    // A clock that was set back must not stop the timeline, nor leave points of the future in it.
    if (last !== undefined && timeMs < last.timeMs)
      this.#points = this.#points.filter((point) => point.timeMs < timeMs);
    const due = last === undefined || timeMs < last.timeMs || timeMs - last.timeMs >= EVERY_MS;
    if (!due && this.#killsSince === 0) return;
    this.#points.push({
      timeMs,
      availableBytes,
      swapUsedBytes: swap === undefined ? 0 : swap.totalBytes - swap.freeBytes,
      ...(pressure === undefined ? {} : { pressure: pressure.some10 }),
      kills: this.#killsSince,
    });
    this.#killsSince = 0;
    if ((this.#points[0]?.timeMs ?? timeMs) < timeMs - KEEP_MS - 60_000) {
      this.#points = this.#points.filter((point) => point.timeMs >= timeMs - KEEP_MS);
    }
  }

  /** Oldest first; when there are more than the contract promises, the newest. */
  since(sinceMs: number): readonly TimelinePoint[] {
    return this.#points.filter((point) => point.timeMs >= sinceMs).slice(-MOST_POINTS);
  }
}
