import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMULAS } from '#shared/kernel/badness/badness.ts';
import {
  badnessRangeOfScore,
  isPassedOver,
  oomScore,
  oomScoreOfBadness,
} from '#shared/kernel/badness/oom-score.ts';

const NOTHING = { rssPages: 0, swapPages: 0, pageTablePages: 0, oomScoreAdj: 0 };

/** Anything from a toy to 64 TiB of 4 KiB pages. */
const totalPages = fc.integer({ min: 1000, max: 2 ** 34 });

describe('oomScore', () => {
  it.for([
    { adj: -999, score: 0 },
    { adj: -998, score: 1 },
    { adj: -500, score: 333 },
    { adj: -1, score: 666 },
    { adj: 0, score: 666 },
    { adj: 1, score: 667 },
    { adj: 100, score: 733 },
    { adj: 500, score: 1000 },
    { adj: 1000, score: 1333 },
  ])('since 5.9 nothing at all with adj $adj prints as $score', ({ adj, score }) => {
    expect(oomScore('5.9', { ...NOTHING, oomScoreAdj: adj }, 4_000_000)).toBe(score);
  });

  it.for([
    { formula: '5.9', half: 1000, all: 1333, most: 2000 },
    { formula: '4.17', half: 500, all: 1000, most: 2000 },
    { formula: '3.14', half: 500, all: 1000, most: 2000 },
    { formula: '3.5', half: 500, all: 1000, most: 2000 },
    { formula: '2.6.39', half: 500, all: 1000, most: 1000 },
    { formula: '2.6.36', half: 500, all: 1000, most: 1000 },
  ] as const)('$formula: half of memory $half, all of it $all, with adj 1000 $most', (row) => {
    const { formula, half, all, most } = row;
    const score = (rssPages: number, oomScoreAdj = 0) =>
      oomScore(formula, { ...NOTHING, rssPages, oomScoreAdj }, 4_000_000);
    expect([score(2_000_000), score(4_000_000), score(4_000_000, 1000)]).toEqual([half, all, most]);
  });

  it('before 5.9 a killable task that comes out below zero prints as 0', () => {
    expect(oomScore('4.17', { ...NOTHING, rssPages: 5000, oomScoreAdj: -998 }, 4_000_000)).toBe(0);
  });

  it.for([
    // Read on a running 6.18: field 24 of /proc/PID/stat, VmPTE, oom_score_adj, and the oom_score beside them.
    { rssPages: 18_985, pageTablePages: 164, oomScoreAdj: 0, score: 668 },
    { rssPages: 55_260, pageTablePages: 890, oomScoreAdj: 0, score: 672 },
    { rssPages: 210_997, pageTablePages: 5265, oomScoreAdj: 0, score: 690 },
    { rssPages: 24_379, pageTablePages: 191, oomScoreAdj: 200, score: 802 },
    { rssPages: 46_569, pageTablePages: 264, oomScoreAdj: 300, score: 871 },
    { rssPages: 181_088, pageTablePages: 447, oomScoreAdj: 300, score: 886 },
  ])(
    '$rssPages resident pages of 6,171,023 with adj $oomScoreAdj print as $score',
    ({ score, ...figures }) => {
      expect(oomScore('5.9', { ...NOTHING, ...figures }, 6_171_023)).toBe(score);
    },
  );
});

describe('oomScoreOfBadness', () => {
  it('is monotone, whatever the formula', () => {
    const points = fc.integer({ min: 1, max: 2 ** 35 });
    fc.assert(
      fc.property(fc.constantFrom(...FORMULAS), points, points, totalPages, (formula, a, b, total) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(oomScoreOfBadness(formula, low, total)).toBeLessThanOrEqual(
          oomScoreOfBadness(formula, high, total),
        );
      }),
    );
  });

  it('since 5.9 is monotone below zero too, and stays within 0 and 2000', () => {
    fc.assert(
      fc.property(
        totalPages,
        fc.double({ min: -0.999, max: 2, noNaN: true }),
        fc.nat(5000),
        (total, share, more) => {
          const low = Math.trunc(share * total);
          const high = Math.min(low + more, 2 * total);
          const scores = [oomScoreOfBadness('5.9', low, total), oomScoreOfBadness('5.9', high, total)];
          expect(scores[0]).toBeLessThanOrEqual(scores[1] ?? NaN);
          for (const score of scores) {
            expect(score).toBeGreaterThanOrEqual(0);
            expect(score).toBeLessThanOrEqual(2000);
          }
        },
      ),
    );
  });
});

describe('badnessRangeOfScore', () => {
  const score = fc.integer({ min: 1, max: 2000 });

  it('holds exactly the figures that print as the score', () => {
    fc.assert(
      fc.property(score, totalPages, (printed, total) => {
        const range = badnessRangeOfScore('5.9', printed, total);
        expect(range).toBeDefined();
        const { low, high } = range ?? { low: NaN, high: NaN };
        expect(low).toBeLessThanOrEqual(high);
        const around = [low - 1, low, high, high + 1];
        expect(around.map((points) => oomScoreOfBadness('5.9', points, total) === printed)).toEqual([
          false,
          true,
          true,
          false,
        ]);
      }),
      { numRuns: 2000 },
    );
  });

  it('joins the range of one score to that of the next', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1999 }), totalPages, (printed, total) => {
        const lower = badnessRangeOfScore('5.9', printed, total);
        const upper = badnessRangeOfScore('5.9', printed + 1, total);
        expect(upper?.low).toBe((lower?.high ?? NaN) + 1);
      }),
    );
  });

  it.for([
    // 100 permille of 40,880 pages are 4088 exactly, and 4088.0000000000005 when divided first.
    { printed: 734, total: 40_880, low: 4129, high: 4210 },
    { printed: 733, total: 40_880, low: 4088, high: 4128 },
    { printed: 666, total: 4_000_000, low: -7999, high: 3999 },
  ])('$printed of $total pages: $low to $high', ({ printed, total, low, high }) => {
    expect(badnessRangeOfScore('5.9', printed, total)).toEqual({ low, high });
  });

  it.for([0, -1])('says nothing for %i, which also stands for never', (printed) => {
    expect(badnessRangeOfScore('5.9', printed, 4_000_000)).toBeUndefined();
  });

  it.for(FORMULAS.filter((formula) => formula !== '5.9'))(
    'says nothing with the formula of %s',
    (formula) => {
      expect(badnessRangeOfScore(formula, 500, 4_000_000)).toBeUndefined();
    },
  );
});

describe('isPassedOver', () => {
  it.for([
    { what: 'a 0 where the figures give 666', oomScoreAdj: 0, printed: 0, answer: true },
    { what: 'a 0 where the figures give 2', oomScoreAdj: -997, printed: 0, answer: true },
    { what: 'a 0 where the figures give 1, which may be time', oomScoreAdj: -998, printed: 0, answer: false },
    { what: 'any other score', oomScoreAdj: 0, printed: 1, answer: false },
  ])('$what: $answer', ({ oomScoreAdj, printed, answer }) => {
    expect(isPassedOver('5.9', { ...NOTHING, oomScoreAdj }, printed, 4_000_000)).toBe(answer);
  });

  it('cannot be known before 5.9, where killable ones print 0 as well', () => {
    expect(isPassedOver('4.17', { ...NOTHING, rssPages: 2_000_000 }, 0, 4_000_000)).toBe(false);
  });
});
