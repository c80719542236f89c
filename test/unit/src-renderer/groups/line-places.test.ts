import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linePlaces } from '../../../../src-renderer/groups/list/line-places.ts';

describe('where the lines of the list of groups stand', () => {
  it('headings are lower than rows', () => {
    const { topOf } = linePlaces(5, [0, 3], 43, 30);
    expect([0, 1, 2, 3, 4, 5].map(topOf)).toEqual([0, 30, 73, 116, 146, 189]);
  });

  it('finds the line at every height', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 60, size: 'max' }),
        fc.nat(3000),
        (headings, top) => {
          const at = headings.flatMap((isHeading, line) => (isHeading ? [line] : []));
          const { topOf, lineAt } = linePlaces(headings.length, at, 43, 30);
          const line = lineAt(top);
          expect(topOf(line)).toBeLessThanOrEqual(top);
          if (line < headings.length - 1) expect(topOf(line + 1)).toBeGreaterThan(top);
        },
      ),
    );
  });

  it('has none of an empty list', () => {
    expect(linePlaces(0, [], 43, 30).lineAt(500)).toBe(0);
  });
});
