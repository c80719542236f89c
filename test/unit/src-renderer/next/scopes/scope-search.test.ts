import { describe, expect, it } from 'vitest';
import { ScopeSearch } from '../../../../../src-renderer/next/scopes/scope-search.svelte.ts';
import { createPair } from '../../pair.ts';

/** A page of cgroups, of which only the number matters here. */
const pageOf = (count: number, total: number) => ({
  total,
  scopes: Array.from({ length: count }, () => ({})),
});

function opened() {
  const pair = createPair();
  const search = new ScopeSearch();
  search.attach(pair.client);
  search.open();
  return {
    asked: pair.asked,
    answer: (value: Parameters<typeof pair.answer>[0]) => pair.answer(value),
    search,
  };
}

describe('ScopeSearch', () => {
  it('asks for the first cgroups, and for more at the end of the list', async () => {
    const { search, asked, answer } = opened();
    expect(asked.at(-1)).toMatchObject({ request: 'watch.scopes', input: { query: '', from: 0, count: 60 } });
    await answer(pageOf(60, 100));
    search.showUpTo(20);
    expect(asked).toHaveLength(1);
    search.showUpTo(60);
    expect(asked.at(-1)).toMatchObject({ input: { count: 120 } });
    await answer(pageOf(100, 100));
    search.showUpTo(100);
    expect(asked).toHaveLength(2);
  });

  it('asks for the newest query when the answer to an older one has come', async () => {
    const { search, asked, answer } = opened();
    for (const query of ['p', 'po', 'pod']) search.find(query);
    expect(asked).toHaveLength(1);
    await answer(pageOf(60, 5000));
    expect(asked).toHaveLength(2);
    expect(asked.at(-1)).toMatchObject({ input: { query: 'pod', count: 60 } });
  });

  it('asks again when the list is to be sorted in another way', async () => {
    const { search, asked, answer } = opened();
    await answer(pageOf(60, 5000));
    search.sortBy('growth');
    expect(asked.at(-1)).toMatchObject({ input: { sort: 'growth', count: 60 } });
  });

  it('never asks for more than the contract allows', async () => {
    const { search, asked, answer } = opened();
    for (let loaded = 60; loaded < 600; loaded += 60) {
      await answer(pageOf(Math.min(500, loaded), 5000));
      search.showUpTo(loaded);
    }
    const counts = asked.map(({ input }) => (input as { count: number }).count);
    expect(Math.max(...counts)).toBe(500);
  });
});
