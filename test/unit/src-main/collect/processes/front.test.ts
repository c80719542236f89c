import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oomScoreOfBadness } from '#shared/kernel/badness/oom-score.ts';
import { frontOf } from '../../../../../src-main/collect/processes/front.ts';

const TOTAL_PAGES = 2 ** 21;

interface Weighed {
  readonly badness: number;
  readonly oomScore: number;
}

/** Badness of processes that share a few scores, and of any process. */
const alike = fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.constantFrom(0, 100, 101));
const anyBadness = fc.integer({ min: -TOTAL_PAGES, max: 2 * TOTAL_PAGES });

/** Processes with the scores that Linux 5.9 and later print for their badness. */
const machineOf = (badness: fc.Arbitrary<number>) =>
  fc.array(
    badness.map((pages): Weighed => ({
      badness: pages,
      oomScore: oomScoreOfBadness('5.9', pages, TOTAL_PAGES),
    })),
    // Many at the edge are more than 24, and no array is that long unless its size is allowed.
    { maxLength: 120, size: 'max' },
  );
const machine = fc.oneof(
  machineOf(fc.oneof({ weight: 2, arbitrary: alike }, { weight: 1, arbitrary: anyBadness })),
  machineOf(fc.oneof({ weight: 60, arbitrary: alike }, { weight: 1, arbitrary: anyBadness })),
);

function scores(...oomScores: number[]): { readonly oomScore: number }[] {
  return oomScores.map((oomScore) => ({ oomScore }));
}

describe('frontOf', () => {
  it('holds the true first places by badness, however many share a score', () => {
    fc.assert(
      fc.property(machine, fc.integer({ min: 0, max: 130 }), (all, count) => {
        const { sure, edge } = frontOf(all, count);
        const front = new Set([...sure, ...edge]);
        const first = all.toSorted((a, b) => b.badness - a.badness).slice(0, count);
        expect(first.filter((one) => !front.has(one))).toEqual([]);
        expect(front.size).toBe(sure.length + edge.length);
      }),
    );
  });

  it('holds processes with the score of the last place, and those one step below it', () => {
    fc.assert(
      fc.property(machine, fc.integer({ min: 1, max: 130 }), (all, count) => {
        const { sure, edge } = frontOf(all, count);
        const front = new Set([...sure, ...edge]);
        const edgeScore = all.map(({ oomScore }) => oomScore).toSorted((a, b) => b - a)[count - 1] ?? 0;
        expect(all.filter((one) => one.oomScore >= edgeScore - 1 && !front.has(one))).toEqual([]);
        expect([...front].filter((one) => one.oomScore < edgeScore - 1)).toEqual([]);
      }),
    );
  });

  it('says when the first place may be among the many at the edge', () => {
    fc.assert(
      fc.property(machine, fc.integer({ min: 1, max: 130 }), (all, count) => {
        const { sure, edge, edgeHoldsFirst } = frontOf(all, count);
        const worst = Math.max(...all.map(({ badness }) => badness));
        if (edge.length > 0 && !edgeHoldsFirst) expect(sure.map(({ badness }) => badness)).toContain(worst);
      }),
    );
  });

  it('has all of them for sure where few share the edge', () => {
    expect(frontOf(scores(700, 666, 666, 800, 3), 2)).toEqual({
      sure: scores(800, 700),
      edge: [],
      edgeHoldsFirst: false,
    });
    expect(frontOf(scores(700, 666, 666, 800, 3), 3).sure).toEqual(scores(700, 800, 666, 666));
  });

  it('leaves the many at the edge to be asked', () => {
    const idle = scores(...Array.from({ length: 25 }, () => 666));
    expect(frontOf([...scores(900), ...idle], 10)).toEqual({
      sure: scores(900),
      edge: idle,
      edgeHoldsFirst: false,
    });
    expect(frontOf([...scores(667), ...idle], 10).edgeHoldsFirst).toBe(true);
  });

  it('takes scores beyond what any kernel prints for the largest', () => {
    expect(frontOf(scores(842_248, 2000, 5), 1).sure).toEqual(scores(842_248, 2000));
  });

  it('is empty without processes', () => {
    expect(frontOf([], 10)).toEqual({ sure: [], edge: [], edgeHoldsFirst: false });
  });
});
