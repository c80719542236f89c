import { describe, expect, it } from 'vitest';
import { formatAdj, formatCount, formatPercent } from '#shared/format/count.ts';

/** The space that sets thousands apart, written out since no eye tells it from others. */
const GAP = formatCount(1000).slice(1, -3);

describe('formatCount', () => {
  it('sets thousands apart by one narrow space that does not break the line', () => {
    expect(GAP).toBe('\u202f');
  });

  it.for([
    { value: 0, text: '0' },
    { value: 999, text: '999' },
    { value: 1_625_292, text: `1${GAP}625${GAP}292` },
    { value: -4096, text: `−4${GAP}096` },
  ])('writes $value as $text', ({ value, text }) => {
    expect(formatCount(value)).toBe(text);
  });
});

describe('formatAdj', () => {
  it.for([
    { adj: 300, text: '+300' },
    { adj: 0, text: '0' },
    { adj: -500, text: '-500' },
  ])('writes $adj as $text', ({ adj, text }) => {
    expect(formatAdj(adj)).toBe(text);
  });
});

describe('formatPercent', () => {
  it.for([
    { share: 0, text: '0.0%' },
    { share: 0.000_4, text: '<0.1%' },
    { share: 0.000_5, text: '0.1%' },
    { share: 0.124, text: '12.4%' },
    { share: 0.9994, text: '99.9%' },
    { share: 0.9995, text: '100%' },
    { share: 1.5, text: '150%' },
  ])('writes $share as $text', ({ share, text }) => {
    expect(formatPercent(share)).toBe(text);
  });
});
