import { describe, expect, it } from 'vitest';
import { holdOrder } from '../../../../src-renderer/controls/held-order.ts';

const row = (key: string, figure: number) => ({ key, figure });
const keyOf = ({ key }: { key: string }) => key;

describe('holdOrder', () => {
  it('keeps the places, takes the new figures, and counts what would move', () => {
    const held = [row('a', 1), row('b', 2), row('c', 3)];
    const now = [row('b', 20), row('a', 10), row('c', 30)];
    expect(holdOrder(held, now, keyOf)).toEqual({
      rows: [row('a', 10), row('b', 20), row('c', 30)],
      moved: 2,
    });
  });

  it('keeps the last figures of a row that is gone, and lets new ones wait', () => {
    expect(holdOrder([row('a', 1)], [row('b', 2), row('c', 3)], keyOf)).toEqual({
      rows: [row('a', 1)],
      moved: 2,
    });
  });

  it('counts nothing while all stand where they stood', () => {
    const rows = [row('a', 1), row('b', 2)];
    expect(holdOrder(rows, rows, keyOf).moved).toBe(0);
  });
});
