import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fallIn } from '#shared/forecast/fall.ts';

const MIB = 1024 * 1024;
const TOLERANCE = 10 * MIB;
const LEAST = 50 * MIB;

/** A point a second. */
function points(mib: readonly number[]) {
  return { seconds: mib.map((_, second) => second), bytes: mib.map((value) => value * MIB) };
}

const range = (count: number, at: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => at(index));

describe('fallIn', () => {
  it('begins with the last high', () => {
    const rising = range(50, (i) => 1000 + 10 * i);
    const falling = range(61, (i) => 1500 - 10 * i);
    const fall = fallIn(points([...rising, ...falling]), TOLERANCE, LEAST);
    expect(fall?.sinceSeconds).toBeCloseTo(50, -1);
    expect(fall?.rate).toBeCloseTo(10 * MIB, -5);
    expect(fall?.steadiness).toBe(1);
    expect(fall?.cutOff).toBe(false);
  });

  it('begins at the knee where it was level before', () => {
    const fall = fallIn(
      points([...range(100, () => 1000), ...range(100, (i) => 1000 - 5 * i)]),
      TOLERANCE,
      LEAST,
    );
    expect(fall?.lastedSeconds).toBeGreaterThan(85);
    expect(fall?.lastedSeconds).toBeLessThan(125);
  });

  it('knows that it may have begun before the first point', () => {
    expect(fallIn(points(range(100, (i) => 1000 - 5 * i)), TOLERANCE, LEAST)?.cutOff).toBe(true);
  });

  it('tells a fall that gains speed from one that loses it', () => {
    const faster = fallIn(points(range(120, (i) => 1000 - (i * i) / 20)), TOLERANCE, LEAST);
    const slower = fallIn(points(range(120, (i) => 1000 - 60 * Math.sqrt(i))), TOLERANCE, LEAST);
    expect(faster?.bend).toBeGreaterThan(0.7);
    expect(slower?.bend).toBeLessThan(-0.7);
  });

  it.for([
    { what: 'nothing', mib: [] },
    { what: 'three points', mib: [1000, 900, 800] },
    { what: 'a level', mib: range(100, () => 1000) },
    { what: 'a rise', mib: range(100, (i) => 1000 + i) },
    { what: 'less than it must be deep', mib: range(100, (i) => 1000 - i / 3) },
  ])('sees none in $what', ({ mib }) => {
    expect(fallIn(points(mib), TOLERANCE, LEAST)).toBeUndefined();
  });

  it('has the same rates wherever the curve lies, and scales with it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 4, maxLength: 300, size: 'max' }),
        fc.integer({ min: 0, max: 5000 }),
        (mib, shift) => {
          const one = fallIn(points(mib), TOLERANCE, LEAST);
          const higher = fallIn(points(mib.map((value) => value + shift)), TOLERANCE, LEAST);
          expect(higher?.sinceSeconds).toBe(one?.sinceSeconds);
          expect(higher?.dropBytes).toBe(one?.dropBytes);
          if (one !== undefined) expect(higher?.rate).toBeCloseTo(one.rate, -1);
        },
      ),
      { numRuns: 100 },
    );
  });
});
