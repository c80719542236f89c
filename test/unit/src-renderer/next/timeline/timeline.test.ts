import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Frame, type TimelinePoint } from '#shared/contract/watch.ts';
import { HOUR_MS, Timeline } from '../../../../../src-renderer/next/timeline/timeline.svelte.ts';
import { emptyFrame } from '../../../../helpers/fake-handlers.ts';
import { createPair } from '../../pair.ts';

const START_MS = 1_800_000_000_000;

function frameAt(timeMs: number, oomKills?: number): Frame {
  const frame = emptyFrame(0);
  return { ...frame, timeMs, memory: { ...frame.memory, ...(oomKills !== undefined && { oomKills }) } };
}

function pointAt(timeMs: number, kills = 0): TimelinePoint {
  return { timeMs, availableBytes: 1, swapUsedBytes: 0, kills };
}

describe('Timeline', () => {
  it('appends what frames say, as often as can be seen', () => {
    const timeline = new Timeline();
    for (let second = 0; second < 10; second += 1) timeline.add(frameAt(START_MS + second * 1000));
    expect(timeline.points.map(({ timeMs }) => timeMs - START_MS)).toEqual([0, 3000, 6000, 9000]);
  });

  it('never leaves out a kill, and counts it once', () => {
    const timeline = new Timeline();
    timeline.add(frameAt(START_MS, 7));
    timeline.add(frameAt(START_MS + 1000, 9));
    timeline.add(frameAt(START_MS + 2000, 9));
    timeline.add(frameAt(START_MS + 6000, 9));
    expect(timeline.points.map(({ kills }) => kills)).toEqual([0, 2, 0]);
  });

  it('takes the kills before it looked for no news', () => {
    const timeline = new Timeline();
    timeline.add(frameAt(START_MS, 40));
    expect(timeline.points[0]?.kills).toBe(0);
  });

  it('says that there is no pressure where none is measured', () => {
    const timeline = new Timeline();
    timeline.add(frameAt(START_MS));
    expect(timeline.points[0]).not.toHaveProperty('pressure');
  });

  it('asks for all at first, and on a new line for what it does not know', async () => {
    const timeline = new Timeline();
    const first = createPair();
    const loading = timeline.load(first.client);
    expect(first.asked[0]?.input).toEqual({ sinceMs: 0 });
    await first.answer([pointAt(START_MS), pointAt(START_MS + 5000, 1)]);
    await loading;
    const second = createPair();
    void timeline.load(second.client);
    expect(second.asked[0]?.input).toEqual({ sinceMs: START_MS + 5001 });
    await second.answer([pointAt(START_MS + 9000)]);
    expect(timeline.points.map(({ timeMs, kills }) => [timeMs - START_MS, kills])).toEqual([
      [0, 0],
      [5000, 1],
      [9000, 0],
    ]);
  });

  it('keeps what it has when the line breaks', async () => {
    const timeline = new Timeline();
    timeline.add(frameAt(START_MS));
    const pair = createPair();
    const loading = timeline.load(pair.client);
    pair.breakLine();
    await loading;
    expect(timeline.points.length).toBe(1);
    expect(timeline.loaded).toBe(false);
  });

  it('always is in order, without repeats, and no longer than an hour', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 3 * HOUR_MS }), { maxLength: 60, size: 'max' });
    await fc.assert(
      fc.asyncProperty(times, times, async (loaded, added) => {
        const timeline = new Timeline();
        const pair = createPair();
        const loading = timeline.load(pair.client);
        for (const time of added) timeline.add(frameAt(START_MS + time));
        await pair.answer(loaded.toSorted((a, b) => a - b).map((time) => pointAt(START_MS + time)));
        await loading;
        const shown = timeline.points.map(({ timeMs }) => timeMs);
        expect(shown).toEqual([...new Set(shown)].sort((a, b) => a - b));
        expect((shown.at(-1) ?? 0) - (shown[0] ?? 0)).toBeLessThan(HOUR_MS);
      }),
    );
  });
});
