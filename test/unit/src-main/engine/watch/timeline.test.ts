import { describe, expect, it } from 'vitest';
import { type MemoryState } from '#shared/model/memory.ts';
import { Timeline } from '../../../../../src-main/engine/watch/timeline.ts';

const START = 1_700_000_000_000;
const HOUR = 3_600_000;

function memory(more: Partial<MemoryState> = {}): MemoryState {
  return {
    totalBytes: 100,
    freeBytes: 10,
    availableBytes: 50,
    anonBytes: 0,
    shmemBytes: 0,
    cacheBytes: 0,
    commit: { chargeBytes: 0, limitBytes: 0, mode: 0 },
    ...more,
  };
}

const times = (timeline: Timeline) => timeline.since(0).map(({ timeMs }) => timeMs - START);

describe('Timeline', () => {
  it('keeps a point every three seconds', () => {
    const timeline = new Timeline();
    for (let ms = 0; ms <= 10_000; ms += 250) timeline.add(START + ms, memory());
    expect(times(timeline)).toEqual([0, 3000, 6000, 9000]);
  });

  it('has what a chart shows, and leaves out what the kernel does not measure', () => {
    const timeline = new Timeline();
    timeline.add(START, memory());
    timeline.add(
      START + 3000,
      memory({
        swap: { totalBytes: 70, freeBytes: 30 },
        pressure: { some10: 1.5, some60: 1, full10: 0, full60: 0 },
      }),
    );
    expect(timeline.since(0)).toEqual([
      { timeMs: START, availableBytes: 50, swapUsedBytes: 0, kills: 0 },
      { timeMs: START + 3000, availableBytes: 50, swapUsedBytes: 40, pressure: 1.5, kills: 0 },
    ]);
  });

  it('marks kills at once, and each only once', () => {
    const timeline = new Timeline();
    timeline.add(START, memory({ oomKills: 7 }));
    timeline.add(START + 250, memory({ oomKills: 9 }));
    timeline.add(START + 500, memory({ oomKills: 9 }));
    timeline.add(START + 3250, memory({ oomKills: 9 }));
    expect(timeline.since(0).map(({ timeMs, kills }) => [timeMs - START, kills])).toEqual([
      [0, 0],
      [250, 2],
      [3250, 0],
    ]);
  });

  it('does not take kills before its time, or a counter that went back, for kills', () => {
    const timeline = new Timeline();
    timeline.add(START, memory({ oomKills: 1000 }));
    timeline.add(START + 3000, memory({ oomKills: 3 }));
    timeline.add(START + 6000, memory());
    timeline.add(START + 9000, memory({ oomKills: 4 }));
    expect(timeline.since(0).map(({ kills }) => kills)).toEqual([0, 0, 0, 1]);
  });

  it('keeps an hour, and gives no more points than the contract promises', () => {
    const timeline = new Timeline();
    for (let ms = 0; ms <= 3 * HOUR; ms += 3000) timeline.add(START + ms, memory());
    const points = timeline.since(0);
    expect(points).toHaveLength(1200);
    expect(points.at(-1)?.timeMs).toBe(START + 3 * HOUR);
  });

  it('gives no more than that when every point is a kill', () => {
    const timeline = new Timeline();
    for (let kill = 0; kill < 3000; kill++) timeline.add(START + kill * 250, memory({ oomKills: kill }));
    expect(timeline.since(0)).toHaveLength(1200);
    expect(timeline.since(0).at(-1)?.timeMs).toBe(START + 2999 * 250);
  });

  it('answers from a moment on, oldest first', () => {
    const timeline = new Timeline();
    for (const ms of [0, 3000, 6000]) timeline.add(START + ms, memory());
    expect(timeline.since(START + 3000).map(({ timeMs }) => timeMs - START)).toEqual([3000, 6000]);
    expect(timeline.since(START + 6001)).toEqual([]);
  });

  it('goes on when the clock is set back, without points of the future', () => {
    const timeline = new Timeline();
    for (const ms of [0, 3000, HOUR]) timeline.add(START + ms, memory());
    timeline.add(START + 4000, memory());
    timeline.add(START + 7000, memory());
    expect(times(timeline)).toEqual([0, 3000, 4000, 7000]);
  });

  it('goes on after a long sleep, without what was before', () => {
    const timeline = new Timeline();
    timeline.add(START, memory());
    timeline.add(START + 8 * HOUR, memory());
    expect(times(timeline)).toEqual([8 * HOUR]);
  });
});
