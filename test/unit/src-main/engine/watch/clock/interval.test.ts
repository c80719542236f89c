import { describe, expect, it } from 'vitest';
import { type MemoryState } from '#shared/model/memory.ts';
import {
  INTERVALS,
  intervalsFor,
  nextInterval,
} from '../../../../../../src-main/engine/watch/clock/interval.ts';

const GIB = 2 ** 30;

function state(more: Partial<MemoryState> = {}): MemoryState {
  return {
    totalBytes: 16 * GIB,
    freeBytes: GIB,
    availableBytes: 8 * GIB,
    anonBytes: GIB,
    shmemBytes: 0,
    cacheBytes: GIB,
    commit: { chargeBytes: GIB, limitBytes: 8 * GIB, mode: 0 },
    ...more,
  };
}

const pressure = (some10: number) => ({ some10, some60: 0, full10: 0, full60: 0 });

describe('nextInterval', () => {
  it.for([
    { why: 'no client is connected', memory: state(), watched: false, interval: INTERVALS.idleMs },
    { why: 'a client is connected', memory: state(), watched: true, interval: INTERVALS.watchedMs },
    {
      why: 'tasks wait for memory',
      memory: state({ pressure: pressure(10) }),
      watched: false,
      interval: INTERVALS.pressureMs,
    },
    {
      why: 'they wait but a little',
      memory: state({ pressure: pressure(9.99) }),
      watched: false,
      interval: INTERVALS.idleMs,
    },
    {
      why: 'little is left, and there is no swap',
      memory: state({ availableBytes: GIB }),
      watched: true,
      interval: INTERVALS.pressureMs,
    },
    {
      why: 'little is left, but swap is',
      memory: state({ availableBytes: GIB, swap: { totalBytes: 8 * GIB, freeBytes: 4 * GIB } }),
      watched: true,
      interval: INTERVALS.watchedMs,
    },
    {
      why: 'little is left of both',
      memory: state({ availableBytes: GIB, swap: { totalBytes: 8 * GIB, freeBytes: GIB / 2 } }),
      watched: false,
      interval: INTERVALS.pressureMs,
    },
    {
      why: 'swap is full and memory is not',
      memory: state({ swap: { totalBytes: 8 * GIB, freeBytes: 0 } }),
      watched: false,
      interval: INTERVALS.idleMs,
    },
  ])('is $interval ms when $why', ({ memory, watched, interval }) => {
    expect(nextInterval(memory, watched)).toBe(interval);
  });

  it('takes other intervals', () => {
    expect(nextInterval(state(), true, { idleMs: 9, watchedMs: 5, pressureMs: 1 })).toBe(5);
  });
});

describe('intervalsFor', () => {
  it('is as it comes for a second', () => {
    expect(intervalsFor(1000)).toEqual(INTERVALS);
  });

  it('never waits longer than the chosen interval when memory is short', () => {
    expect(intervalsFor(200)).toEqual({ idleMs: 400, watchedMs: 200, pressureMs: 200 });
    expect(intervalsFor(10_000)).toEqual({ idleMs: 20_000, watchedMs: 10_000, pressureMs: 250 });
  });
});
