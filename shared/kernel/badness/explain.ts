import { adjustmentPages, badness, type BadnessInput, type Formula } from './badness.ts';

/** What a term of the badness stands for. `rounding` is what clamping and discounts of older formulas add or take. */
export type TermKind = 'rss' | 'swap' | 'page-tables' | 'adjustment' | 'rounding';

/** One term of a badness. */
export interface BadnessTerm {
  readonly kind: TermKind;
  readonly pages: number;
  readonly bytes: number;
  /** Of the memory and swap of the scope. */
  readonly share: number;
}

/**
 * The badness as a sum: the terms add up to it to the page. `rounding` is there only where a formula before 5.9 clamps or discounts.
 * Formulas before 3.5 count in permille, not pages, and have no such sum: they are refused as a bug.
 */
export function badnessTerms(
  formula: Formula,
  input: BadnessInput,
  totalPages: number,
  pageSizeBytes: number,
): { readonly badnessPages: number; readonly terms: readonly BadnessTerm[] } {
  if (formula === '2.6.36' || formula === '2.6.39')
    throw new Error(`formula ${formula} has no terms in pages`);
  const badnessPages = badness(formula, input, totalPages);
  const term = (kind: TermKind, pages: number): BadnessTerm => ({
    kind,
    pages,
    bytes: pages * pageSizeBytes,
    share: totalPages === 0 ? 0 : pages / totalPages,
  });
  const terms = [
    term('rss', input.rssPages),
    term('swap', input.swapPages),
    term('page-tables', input.pageTablePages),
    term('adjustment', adjustmentPages(input.oomScoreAdj, totalPages)),
  ];
  const rest = badnessPages - terms.reduce((sum, { pages }) => sum + pages, 0);
  return { badnessPages, terms: rest === 0 ? terms : [...terms, term('rounding', rest)] };
}
