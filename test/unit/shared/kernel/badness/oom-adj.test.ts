import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oomAdjFromOomScoreAdj, oomScoreAdjFromOomAdj } from '#shared/kernel/badness/oom-adj.ts';

/** Written to oom_adj, then read from oom_score_adj, then read from oom_adj again. */
const ROUND_TRIPS = [
  [-17, -1000, -17],
  [-16, -941, -15],
  [-15, -882, -14],
  [-14, -823, -13],
  [-13, -764, -12],
  [-12, -705, -11],
  [-11, -647, -10],
  [-10, -588, -9],
  [-9, -529, -8],
  [-8, -470, -7],
  [-7, -411, -6],
  [-6, -352, -5],
  [-5, -294, -4],
  [-4, -235, -3],
  [-3, -176, -2],
  [-2, -117, -1],
  [-1, -58, 0],
  [0, 0, 0],
  [1, 58, 0],
  [2, 117, 1],
  [3, 176, 2],
  [4, 235, 3],
  [5, 294, 4],
  [6, 352, 5],
  [7, 411, 6],
  [8, 470, 7],
  [9, 529, 8],
  [10, 588, 9],
  [11, 647, 10],
  [12, 705, 11],
  [13, 764, 12],
  [14, 823, 13],
  [15, 1000, 15],
] as const;

describe('oom_adj and oom_score_adj', () => {
  it.for(ROUND_TRIPS)('%i is written as %i and read back as %i', ([written, oomScoreAdj, readBack]) => {
    expect(oomScoreAdjFromOomAdj(written)).toBe(oomScoreAdj);
    expect(oomAdjFromOomScoreAdj(oomScoreAdj)).toBe(readBack);
  });

  it('knows every value of the old scale', () => {
    expect(ROUND_TRIPS.map(([written]) => written)).toEqual(Array.from({ length: 33 }, (_, at) => at - 17));
  });
});

describe('oomScoreAdjFromOomAdj', () => {
  it.for([-18, 16, 0.5, NaN, Infinity])('refuses %d', (oomAdj) => {
    expect(oomScoreAdjFromOomAdj(oomAdj)).toBeUndefined();
  });
});

describe('oomAdjFromOomScoreAdj', () => {
  it.for([-1001, 1001, 0.5, NaN])('refuses %d', (oomScoreAdj) => {
    expect(oomAdjFromOomScoreAdj(oomScoreAdj)).toBeUndefined();
  });

  it.for([
    { oomScoreAdj: 999, oomAdj: 15 },
    { oomScoreAdj: 942, oomAdj: 15 },
    { oomScoreAdj: 882, oomAdj: 14 },
    { oomScoreAdj: -999, oomAdj: -16 },
    { oomScoreAdj: -58, oomAdj: 0 },
  ])('$oomScoreAdj reads as $oomAdj', ({ oomScoreAdj, oomAdj }) => {
    expect(oomAdjFromOomScoreAdj(oomScoreAdj)).toBe(oomAdj);
  });

  it('never loses more than one step of the old scale, and keeps the order', () => {
    const adj = fc.integer({ min: -1000, max: 999 });
    fc.assert(
      fc.property(adj, (oomScoreAdj) => {
        const here = oomAdjFromOomScoreAdj(oomScoreAdj) ?? NaN;
        expect(oomAdjFromOomScoreAdj(oomScoreAdj + 1)).toBeGreaterThanOrEqual(here);
        const back = oomScoreAdjFromOomAdj(here) ?? NaN;
        expect(Math.abs(back - oomScoreAdj)).toBeLessThanOrEqual(here === 15 ? 118 : 59);
      }),
    );
  });
});
