import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { ownerOrder } from '../../../../../src-main/engine/owners/owner-order.ts';
import { entriesAt, orderOfScope } from '../../../../../src-main/engine/watch/order-view.ts';
import { EVERYTHING, snapshotOf } from '../../../../helpers/processes/process-sampler.ts';

interface Seed {
  readonly owner: string;
  readonly pages: number;
}

/** Processes of these owners, the largest first in the order. */
function ordered(seeds: readonly Seed[], open: readonly string[] = [], count = 60) {
  const processes = seeds.map(({ owner, pages }, index) => ({
    pid: 100 + index,
    name: owner,
    rssAnonPages: pages,
    rssFilePages: 0,
    pageTablePages: 0,
    swapPages: 0,
  }));
  const order = orderOfScope(snapshotOf({ processes }, EVERYTHING), GLOBAL_SCOPE);
  if (!order.ok) throw new Error(order.error.code);
  return ownerOrder(
    order.value,
    { count, open },
    {
      ownerOf: ({ name }) => ({ key: name, kind: 'program', name }),
      growth: { growthBytesPerMinute: ({ pid }) => (pid % 2 === 0 ? 1000 : undefined) },
      entriesAt: (indexes) => entriesAt(order.value, indexes),
    },
  );
}

describe('the order by owner', () => {
  const seeds = [
    { owner: 'chrome', pages: 9000 },
    { owner: 'chrome', pages: 8000 },
    { owner: 'java', pages: 7000 },
    { owner: 'chrome', pages: 10 },
  ];

  it('has each owner where its first process stands, and counts on to the first of another', () => {
    const { total, places } = ordered(seeds);
    expect(total).toBe(2);
    expect(places).toMatchObject([
      { owner: { name: 'chrome' }, rank: 1, lastRank: 2, processCount: 3, freesPages: 17_010 },
      { owner: { name: 'java' }, rank: 3, lastRank: 3, processCount: 1, freesPages: 7000 },
    ]);
    expect(places.map(({ first }) => [first.name, first.freesPages])).toEqual([
      ['chrome', 9000],
      ['java', 7000],
    ]);
    expect(places.every(({ members }) => members === undefined)).toBe(true);
  });

  it('has the processes of those that are unfolded, in their order', () => {
    const [chrome] = ordered(seeds, ['chrome']).places;
    expect(chrome?.members?.map(({ rank, freesPages }) => [rank, freesPages])).toEqual([
      [1, 9000],
      [2, 8000],
      [4, 10],
    ]);
  });

  it('adds up what is known of growth, and says nothing where nothing is', () => {
    const { places } = ordered([...seeds, { owner: 'odd', pages: 1 }]);
    expect(places[0]?.growthBytesPerMinute).toBe(1000);
    expect(
      ordered([
        { owner: 'a', pages: 5 },
        { owner: 'odd', pages: 1 },
      ]).places[1],
    ).not.toHaveProperty('growthBytesPerMinute');
  });

  it('counts those that are not shown', () => {
    const many = Array.from({ length: 30 }, (_, index) => ({ owner: `p${index}`, pages: 100 - index }));
    expect(ordered(many, [], 7)).toMatchObject({ total: 30, places: { length: 7 } });
  });

  it('property: every process belongs to one owner, the first places go up, nothing is lost', () => {
    const seed = fc.record({
      owner: fc.constantFrom('a', 'b', 'c', 'd'),
      pages: fc.integer({ min: 1, max: 9999 }),
    });
    fc.assert(
      fc.property(fc.array(seed, { minLength: 1, maxLength: 25, size: 'max' }), (some) => {
        const { places, total } = ordered(some, ['a', 'b', 'c', 'd']);
        expect(total).toBe(new Set(some.map(({ owner }) => owner)).size);
        expect(places.reduce((sum, { processCount }) => sum + processCount, 0)).toBe(some.length);
        expect(places.reduce((sum, { freesPages }) => sum + freesPages, 0)).toBe(
          some.reduce((sum, { pages }) => sum + pages, 0),
        );
        expect(places[0]?.rank).toBe(1);
        const ranks = places.map(({ rank }) => rank);
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
        expect(
          places.flatMap(({ members = [] }) => members.map(({ rank }) => rank)).sort((a, b) => a - b),
        ).toEqual(some.map((_, index) => index + 1));
      }),
      { numRuns: 40 },
    );
  });
});
