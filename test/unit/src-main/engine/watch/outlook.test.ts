import { describe, expect, it } from 'vitest';
import { type TimelinePoint } from '#shared/contract/watch.ts';
import { type MemoryState } from '#shared/model/memory.ts';
import { outlookOf } from '../../../../../src-main/engine/watch/outlook.ts';

const MIB = 2 ** 20;
const NOW = 1_700_000_000_000;

function memory(availableBytes: number, swapFreeBytes?: number): MemoryState {
  return {
    totalBytes: 16_384 * MIB,
    freeBytes: 0,
    availableBytes,
    anonBytes: 0,
    shmemBytes: 0,
    cacheBytes: 0,
    commit: { chargeBytes: 0, limitBytes: 0, mode: 0 },
    ...(swapFreeBytes === undefined ? {} : { swap: { totalBytes: 4096 * MIB, freeBytes: swapFreeBytes } }),
  };
}

/** A point every three seconds for `seconds` until now. */
function timeline(seconds: number, point: (secondsAgo: number) => Partial<TimelinePoint>): TimelinePoint[] {
  return Array.from({ length: Math.floor(seconds / 3) + 1 }, (_, index) => {
    const secondsAgo = seconds - index * 3;
    return {
      timeMs: NOW - secondsAgo * 1000,
      availableBytes: 1000 * MIB,
      swapUsedBytes: 0,
      kills: 0,
      ...point(secondsAgo),
    };
  });
}

describe('outlookOf', () => {
  it('says when memory will be gone if it goes on like this', () => {
    const shrinking = timeline(300, (ago) => ({ availableBytes: (1000 + 2 * ago) * MIB }));
    const outlook = outlookOf(shrinking, memory(1000 * MIB), NOW);
    expect(outlook?.seconds).toBeCloseTo(500, 0);
    expect(outlook?.lowSeconds).toBeCloseTo(500, 0);
    expect(outlook?.highSeconds).toBeCloseTo(500, 0);
  });

  it('counts free swap as what is left', () => {
    const shrinking = timeline(300, (ago) => ({
      availableBytes: (500 + ago) * MIB,
      swapUsedBytes: (1000 - ago) * MIB,
    }));
    const outlook = outlookOf(shrinking, memory(500 * MIB, 3096 * MIB), NOW);
    expect(outlook?.seconds).toBeCloseTo(3596 / 2, 0);
  });

  it('widens with the noise', () => {
    const noisy = timeline(300, (ago) => ({
      availableBytes: (1000 + 2 * ago + ((ago / 3) % 2 === 0 ? 20 : -20)) * MIB,
    }));
    const outlook = outlookOf(noisy, memory(1000 * MIB), NOW);
    expect(outlook).toBeDefined();
    expect(outlook?.lowSeconds).toBeLessThan(outlook?.seconds ?? 0);
    expect(outlook?.highSeconds).toBeGreaterThan(outlook?.seconds ?? Infinity);
  });

  it.for([
    { what: 'memory grows', change: (ago: number) => ({ availableBytes: (5000 - ago) * MIB }) },
    { what: 'nothing changes', change: () => ({}) },
    {
      what: 'the change is noise',
      change: (ago: number) => ({ availableBytes: (1000 + 0.01 * ago + (ago % 2) * 500) * MIB }),
    },
    {
      what: 'it would take more than a day',
      change: (ago: number) => ({ availableBytes: (8000 + ago * 0.01) * MIB }),
    },
  ])('says nothing when $what', ({ change }) => {
    expect(outlookOf(timeline(600, change), memory(8000 * MIB), NOW)).toBeUndefined();
  });

  it('says nothing from less than a minute, or from nothing', () => {
    const shrinking = timeline(57, (ago) => ({ availableBytes: (1000 + 2 * ago) * MIB }));
    expect(outlookOf(shrinking, memory(1000 * MIB), NOW)).toBeUndefined();
    expect(outlookOf([], memory(1000 * MIB), NOW)).toBeUndefined();
  });

  it('starts over after a kill, which gives memory back at once', () => {
    const killed = timeline(600, (ago) => ({
      availableBytes: (ago > 120 ? 9000 - ago : 1000 + 2 * ago) * MIB,
      kills: ago === 123 ? 1 : 0,
    }));
    expect(outlookOf(killed, memory(1000 * MIB), NOW)?.seconds).toBeCloseTo(500, 0);
    const justKilled = timeline(600, (ago) => ({
      availableBytes: (1000 + ago) * MIB,
      kills: ago === 30 ? 1 : 0,
    }));
    expect(outlookOf(justKilled, memory(1000 * MIB), NOW)).toBeUndefined();
  });

  it('looks back ten minutes, not further', () => {
    const points = timeline(3000, (ago) => ({ availableBytes: (ago > 600 ? 1 : 1000 + 2 * ago) * MIB }));
    expect(outlookOf(points, memory(1000 * MIB), NOW)?.seconds).toBeCloseTo(500, 0);
  });
});
