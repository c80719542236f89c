import { describe, expect, it } from 'vitest';
import { LeftSeries } from '../../../../../src-main/engine/forecast/left-series.ts';

const MIB = 1024 * 1024;
const SCOPE_MIB = 700;

/** A machine that falls for a while after a calm, by so much a second. */
function falling(seconds: number, mibPerSecond: number) {
  const series = new LeftSeries(SCOPE_MIB * MIB);
  const end = 100 + seconds;
  for (let at = 0; at <= end; at++) series.add(at, (480 - mibPerSecond * Math.max(0, at - 100)) * MIB);
  return { series, end };
}

describe('LeftSeries', () => {
  it('estimates from what falls now', () => {
    const { series } = falling(60, 5);
    const { lowSeconds = 0, highSeconds = 0 } = series.estimate() ?? {};
    expect(lowSeconds).toBeLessThan(36);
    expect(highSeconds).toBeGreaterThan(36);
  });

  it.for([
    { what: 'the kernel killed and its memory came back', kills: true },
    { what: 'the memory was given back', kills: false },
  ])('says nothing of a fall after $what, though its coarser points do not know that yet', ({ kills }) => {
    const { series, end } = falling(90, 5);
    if (kills) series.killed();
    for (let at = end + 1; at <= end + 40; at++) {
      series.add(at, 475 * MIB);
      expect(series.estimate(), `${at - end} s later`).toBeUndefined();
    }
  });

  it('does not take the minutes before a kill for those after it', () => {
    const series = new LeftSeries(SCOPE_MIB * MIB);
    const lows = (minute: number) => (480 - 5 * minute) * MIB;
    for (let at = 0; at < 80 * 60; at += 2) series.add(at, lows(at / 60));
    expect(series.estimate()).toBeDefined();
    series.killed();
    for (let at = 80 * 60; at < 95 * 60; at += 2) {
      series.add(at, 470 * MIB);
      expect(series.estimate(), `${at / 60 - 80} minutes later`).toBeUndefined();
    }
  });
});
