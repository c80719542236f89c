import { describe, expect, it } from 'vitest';
import { type ObservedProcess } from '../../../../../src-main/collect/processes/observed-process.ts';
import { ProcessHistories } from '../../../../../src-main/engine/forecast/process-histories.ts';

const START = 1_700_000_000_000;
const HOUR = 3_600_000;
const PAGE = 4096;

function process(
  pid: number,
  pages: number,
  startTicks = 1,
): { -readonly [K in keyof ObservedProcess]: ObservedProcess[K] } {
  return {
    pid,
    startTicks,
    parentPid: 1,
    name: 'x',
    command: 'x',
    user: 'root',
    euid: 0,
    threads: 1,
    oomScore: 666,
    oomScoreAdj: 0,
    kernelThread: false,
    globalInit: false,
    cgroup: '/',
    statusRssPages: pages,
    majorFaults: 0,
    memory: {
      rssPages: pages - 3,
      rssAnonPages: pages - 3,
      rssFilePages: 0,
      rssShmemPages: 0,
      swapPages: 2,
      pageTablePages: 1,
    },
  };
}

/** A reading every 15 s for `seconds`. */
function follow(seconds: number, pages: (second: number) => number): ProcessHistories {
  const histories = new ProcessHistories(4096);
  for (let second = 0; second <= seconds; second += 15)
    histories.add(START + second * 1000, second, [process(5, pages(second))]);
  return histories;
}

describe('ProcessHistories', () => {
  it('keeps what a process used, at most every fifteen seconds', () => {
    const histories = new ProcessHistories(4096);
    for (const ms of [0, 1000, 14_999, 15_000, 29_000, 31_000])
      histories.add(START + ms, ms / 1000, [process(5, 100 + ms)]);
    expect(histories.of({ pid: 5, startTicks: 1 })).toEqual([
      { timeMs: START, pages: 100 },
      { timeMs: START + 15_000, pages: 15_100 },
      { timeMs: START + 31_000, pages: 31_100 },
    ]);
  });

  it('does not mix up processes that have the same pid one after the other', () => {
    const histories = new ProcessHistories(4096);
    histories.add(START, 0, [process(5, 100, 1)]);
    histories.add(START + 15_000, 15, [process(5, 200, 2)]);
    expect(histories.of({ pid: 5, startTicks: 2 })).toEqual([{ timeMs: START + 15_000, pages: 200 }]);
  });

  it('is empty for a process that was never read, or has no memory', () => {
    const histories = new ProcessHistories(4096);
    const zombie = { ...process(5, 100) };
    delete zombie.memory;
    histories.add(START, 0, [zombie]);
    expect(histories.of({ pid: 5, startTicks: 1 })).toEqual([]);
    expect(histories.of({ pid: 6, startTicks: 1 })).toEqual([]);
    expect(histories.growthBytesPerMinute({ pid: 6, startTicks: 1 })).toBeUndefined();
  });

  it('keeps an hour', () => {
    const points = follow(2 * 3600, () => 100).of({ pid: 5, startTicks: 1 });
    expect(points[0]?.timeMs).toBe(START + HOUR);
    expect(points).toHaveLength(241);
  });

  it('holds nothing of before a long sleep', () => {
    const histories = follow(600, () => 100);
    histories.add(START + 9 * HOUR, 9 * 3600, [process(5, 50)]);
    expect(histories.of({ pid: 5, startTicks: 1 })).toEqual([{ timeMs: START + 9 * HOUR, pages: 50 }]);
  });

  it('holds nothing of the future when the clock was set back', () => {
    const histories = follow(60, () => 100);
    histories.add(START + 20_000, 75, [process(5, 50)]);
    expect(histories.of({ pid: 5, startTicks: 1 }).map(({ timeMs }) => timeMs - START)).toEqual([
      0, 15_000, 20_000,
    ]);
  });

  it('forgets those that have not mattered for longest', () => {
    const histories = new ProcessHistories(4096);
    for (let pid = 1; pid <= 128; pid++) histories.add(START, 0, [process(pid, 10)]);
    histories.add(START + 15_000, 15, [process(1, 11)]);
    histories.add(START + 15_000, 15, [process(200, 10)]);
    expect(histories.of({ pid: 2, startTicks: 1 })).toEqual([]);
    expect(histories.of({ pid: 1, startTicks: 1 })).toHaveLength(2);
    expect(histories.of({ pid: 200, startTicks: 1 })).toHaveLength(1);
  });

  it('tells the growth in bytes a minute', () => {
    const grown = follow(300, (second) => 1000 + 2 * second);
    expect(grown.growthBytesPerMinute({ pid: 5, startTicks: 1 })).toBeCloseTo(120 * PAGE, 3);
    const shrunk = follow(300, (second) => 10_000 - second);
    expect(shrunk.growthBytesPerMinute({ pid: 5, startTicks: 1 })).toBeCloseTo(-60 * PAGE, 3);
  });

  it.for([
    { what: 'less than a minute', seconds: 45, pages: (second: number) => 1000 + second },
    { what: 'noise', seconds: 600, pages: (second: number) => 1000 + ((second * 7919) % 113) },
  ])('tells no growth from $what', ({ seconds, pages }) => {
    expect(follow(seconds, pages).growthBytesPerMinute({ pid: 5, startTicks: 1 })).toBeUndefined();
  });
});
