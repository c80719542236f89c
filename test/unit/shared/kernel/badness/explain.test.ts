import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { badness, FORMULAS } from '#shared/kernel/badness/badness.ts';
import { badnessTerms } from '#shared/kernel/badness/explain.ts';

const IN_PAGES = FORMULAS.filter((formula) => !formula.startsWith('2.'));

describe('badnessTerms', () => {
  it('adds up to the badness, to the page and to the byte', () => {
    const pages = fc.nat(2 ** 30);
    const input = fc.record({
      rssPages: pages,
      swapPages: pages,
      pageTablePages: pages,
      oomScoreAdj: fc.integer({ min: -999, max: 1000 }),
      capSysAdmin: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...IN_PAGES),
        input,
        fc.integer({ min: 1, max: 2 ** 32 }),
        fc.constantFrom(4096, 16_384, 65_536),
        (formula, figures, totalPages, pageSizeBytes) => {
          const { badnessPages, terms } = badnessTerms(formula, figures, totalPages, pageSizeBytes);
          const sum = (of: 'pages' | 'bytes') => terms.reduce((total, term) => total + term[of], 0);
          expect(badnessPages).toBe(badness(formula, figures, totalPages));
          expect(sum('pages')).toBe(badnessPages);
          expect(sum('bytes')).toBe(badnessPages * pageSizeBytes);
        },
      ),
    );
  });

  it('names each term and its share of memory and swap', () => {
    const input = { rssPages: 5000, swapPages: 2500, pageTablePages: 100, oomScoreAdj: -3 };
    expect(badnessTerms('5.9', input, 10_000, 4096)).toEqual({
      badnessPages: 7570,
      terms: [
        { kind: 'rss', pages: 5000, bytes: 20_480_000, share: 0.5 },
        { kind: 'swap', pages: 2500, bytes: 10_240_000, share: 0.25 },
        { kind: 'page-tables', pages: 100, bytes: 409_600, share: 0.01 },
        { kind: 'adjustment', pages: -30, bytes: -122_880, share: -0.003 },
      ],
    });
  });

  it.for([
    { formula: '3.14', what: "the administrator's discount", oomScoreAdj: 0, rounding: -3 },
    { formula: '3.5', what: "the administrator's discount", oomScoreAdj: 0, rounding: -300 },
    { formula: '4.17', what: 'the rise to one of what comes out below', oomScoreAdj: -900, rounding: 8901 },
  ] as const)('$formula: $what is a term of its own', ({ formula, oomScoreAdj, rounding }) => {
    const input = { rssPages: 100, swapPages: 0, pageTablePages: 0, oomScoreAdj, capSysAdmin: true };
    const { terms } = badnessTerms(
      formula,
      { ...input, rssPages: formula === '3.5' ? 5000 : 100 },
      10_000,
      4096,
    );
    expect(terms.filter(({ kind }) => kind === 'rounding').map(({ pages }) => pages)).toEqual([rounding]);
  });

  it('has no term of nothing where nothing is rounded', () => {
    const input = { rssPages: 100, swapPages: 0, pageTablePages: 0, oomScoreAdj: 0 };
    expect(badnessTerms('4.17', input, 10_000, 4096).terms.map(({ kind }) => kind)).toEqual([
      'rss',
      'swap',
      'page-tables',
      'adjustment',
    ]);
  });

  it('has no shares of nothing', () => {
    const input = { rssPages: 100, swapPages: 0, pageTablePages: 0, oomScoreAdj: 0 };
    expect(badnessTerms('5.9', input, 0, 4096).terms.map(({ share }) => share)).toEqual([0, 0, 0, 0]);
  });

  it.for(['2.6.36', '2.6.39'] as const)('refuses the formula of %s, which counts no pages', (formula) => {
    const input = { rssPages: 100, swapPages: 0, pageTablePages: 0, oomScoreAdj: 0 };
    expect(() => badnessTerms(formula, input, 10_000, 4096)).toThrow(formula);
  });
});
