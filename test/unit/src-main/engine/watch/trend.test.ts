import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearTrend } from '../../../../../src-main/engine/watch/trend.ts';

describe('linearTrend', () => {
  it('finds the line that samples lie on, wherever it begins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1000, max: 1000 }),
        fc.integer({ min: 0, max: 1e12 }),
        fc.integer({ min: 0, max: 2e12 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 3_600_000 }), { minLength: 3, maxLength: 50, size: 'max' }),
        (slope, offset, start, times) => {
          const trend = linearTrend(
            times.map((time) => ({ timeMs: start + time, value: offset + slope * time })),
          );
          expect(trend?.slope).toBeCloseTo(slope, 2);
          expect(trend?.slopeError).toBeLessThan(1);
        },
      ),
    );
  });

  it('knows how sure it is: the textbook example', () => {
    // Residuals 1, -1, -1, 1 around a slope of 2; their squares sum to 4, times spread by 20.
    const values = [1, 1, 3, 7];
    const trend = linearTrend(values.map((value, index) => ({ timeMs: index * 2, value })));
    expect(trend?.slope).toBeCloseTo(1, 12);
    expect(trend?.slopeError).toBeCloseTo(Math.sqrt(4 / 2 / 20), 12);
  });

  it.for([
    { what: 'nothing', samples: [] },
    {
      what: 'two samples',
      samples: [
        { timeMs: 0, value: 1 },
        { timeMs: 1, value: 2 },
      ],
    },
    { what: 'no time between them', samples: [1, 2, 3].map((value) => ({ timeMs: 5, value })) },
  ])('says nothing from $what', ({ samples }) => {
    expect(linearTrend(samples)).toBeUndefined();
  });
});
