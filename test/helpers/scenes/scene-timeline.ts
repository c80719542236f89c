import { type TimelinePoint } from '#shared/contract/watch.ts';
import { type MemoryState } from '#shared/model/memory.ts';
import { SCENE_START_MS } from './scene-reports.ts';

const HOUR_MS = 3_600_000;

/** An hour in which memory fills, one is killed, and it fills again. */
export function timelineOf(memory: MemoryState, hasPressure: boolean): TimelinePoint[] {
  const memoryBytes = memory.totalBytes;
  const swapBytes = memory.swap?.totalBytes;
  const now = memory.availableBytes / memoryBytes;
  const swapNow = swapBytes === undefined ? 0 : 1 - (memory.swap?.freeBytes ?? 0) / swapBytes;
  const count = 720;
  const killed = 310;
  return Array.from({ length: count }, (_, index) => {
    const since = index < killed ? index / killed : (index - killed) / (count - killed);
    const wave = 0.012 * Math.sin(index / 9) + 0.006 * Math.sin(index / 2.3);
    const available = index < killed ? 0.42 - 0.36 * since ** 1.4 : now + (1 - since) * (1 - now) * 0.3;
    return {
      timeMs: SCENE_START_MS - HOUR_MS + Math.round(((index + 0.5) * HOUR_MS) / count),
      availableBytes: Math.round(memoryBytes * Math.max(0.01, available + wave)),
      swapUsedBytes: Math.round(
        (swapBytes ?? 0) * Math.max(0, swapNow * (0.4 + 0.6 * (index / count)) + wave / 2),
      ),
      ...(hasPressure && {
        pressure: Math.max(0, (index < killed ? 38 : 14) * since ** 6 + 60 * wave),
      }),
      kills: index === killed ? 1 : 0,
    };
  });
}
