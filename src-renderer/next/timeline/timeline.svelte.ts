import { type Client } from '#shared/contract/client.ts';
import { type Frame, type TimelinePoint } from '#shared/contract/watch.ts';

/** What the timeline holds. */
export const HOUR_MS = 3_600_000;
/** Points closer than this would be less than a pixel apart. */
const SPACING_MS = 3000;

/** The last hour of the machine: what the other side remembers, and what came since. */
export class Timeline {
  points = $state.raw<readonly TimelinePoint[]>([]);
  loaded = $state(false);
  #oomKills: number | undefined;

  /** Asks for what is not known yet. */
  async load(client: Client): Promise<void> {
    const last = this.points.at(-1);
    const sinceMs = last === undefined ? 0 : last.timeMs + 1;
    const result = await client.request('watch.timeline', { sinceMs });
    if (!result.ok) return;
    this.points = merge(this.points, result.value);
    this.loaded = true;
  }

  /** Appends the moment of a frame. A kill is never left out, other moments only as often as they can be seen. */
  add({ timeMs, memory }: Frame): void {
    const kills = Math.max(0, (memory.oomKills ?? 0) - (this.#oomKills ?? memory.oomKills ?? 0));
    const last = this.points.at(-1);
    if (last !== undefined && timeMs <= last.timeMs) return;
    if (last !== undefined && timeMs - last.timeMs < SPACING_MS && kills === 0) return;
    this.#oomKills = memory.oomKills;
    const point: TimelinePoint = {
      timeMs,
      availableBytes: memory.availableBytes,
      swapUsedBytes: memory.swap === undefined ? 0 : memory.swap.totalBytes - memory.swap.freeBytes,
      ...(memory.pressure !== undefined && { pressure: memory.pressure.some10 }),
      kills,
    };
    this.points = merge(this.points, [point]);
  }
}

function merge(old: readonly TimelinePoint[], more: readonly TimelinePoint[]): readonly TimelinePoint[] {
  const byTime = new Map([...more, ...old].map((point) => [point.timeMs, point]));
  const all = [...byTime.values()].sort((a, b) => a.timeMs - b.timeMs);
  const newest = all.at(-1)?.timeMs ?? 0;
  return all.filter(({ timeMs }) => timeMs > newest - HOUR_MS);
}
