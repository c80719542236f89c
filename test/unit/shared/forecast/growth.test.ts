import { describe, expect, it } from 'vitest';
import { growthRate, steadyGrowth } from '#shared/forecast/growth.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

const points = (count: number, everySeconds: number, mib: (index: number) => number) => ({
  seconds: Array.from({ length: count }, (_, i) => i * everySeconds),
  bytes: Array.from({ length: count }, (_, i) => mib(i) * MIB),
});

describe('growthRate', () => {
  it('is the slope of the last five minutes', () => {
    expect(growthRate(points(40, 15, (i) => (i < 20 ? 100 : 100 + 15 * (i - 20))))).toBeCloseTo(MIB, 0);
  });

  it.for([
    { what: 'too short a time', series: points(4, 10, (i) => i) },
    { what: 'too few points', series: points(3, 60, (i) => i) },
    { what: 'noise', series: points(40, 15, (i) => (i * 7919) % 113) },
  ])('is not known of $what', ({ series }) => {
    expect(growthRate(series)).toBeUndefined();
  });
});

describe('steadyGrowth', () => {
  /** Lows of five minutes. */
  const lows = (hours: number, mib: (hour: number) => number) => points(hours * 12, 300, (i) => mib(i / 12));

  it('is told of what has grown for hours and gave nothing back', () => {
    const found = steadyGrowth(
      lows(6, (hour) => 500 + 200 * hour),
      -3600,
      16 * GIB,
    );
    expect(found?.lastedSeconds).toBeCloseTo(6 * 3600, -3);
    expect((found?.gainedBytes ?? 0) / MIB).toBeCloseTo(1183, 0);
  });

  it.for([
    { what: 'an hour and a half', series: lows(1.5, (hour) => 500 + 2000 * hour) },
    { what: 'a level', series: lows(6, () => 500) },
    { what: 'what has loaded and stays', series: lows(6, (hour) => 500 + 1500 * Math.min(1, hour)) },
    { what: 'little', series: lows(6, (hour) => 5000 + 10 * hour) },
    { what: 'what was given back', series: lows(6, (hour) => 500 + 200 * (hour % 1.5)) },
  ])('is not told of $what', ({ series }) => {
    expect(steadyGrowth(series, -3600, 16 * GIB)).toBeUndefined();
  });

  it('does not count the first quarter of an hour of a program', () => {
    const series = lows(2.2, (hour) => 500 + 2000 * hour);
    expect(steadyGrowth(series, -3600, 16 * GIB)).toBeDefined();
    expect(steadyGrowth(series, 0, 16 * GIB)).toBeUndefined();
  });
});
