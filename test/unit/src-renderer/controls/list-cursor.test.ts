import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveCursor } from '../../../../src-renderer/controls/list-cursor.ts';

const BOUNDS = { first: 0, last: 99, page: 10 };

describe('moveCursor', () => {
  it.each([
    ['ArrowDown', 5, 6],
    ['j', 5, 6],
    ['ArrowUp', 5, 4],
    ['k', 5, 4],
    ['PageDown', 5, 15],
    ['PageUp', 5, 0],
    ['Home', 5, 0],
    ['End', 5, 99],
    ['ArrowUp', 0, 0],
    ['ArrowDown', 99, 99],
  ])('%s goes from %d to %d', (key, at, to) => {
    expect(moveCursor(key, at, BOUNDS)).toBe(to);
  });

  it.each(['a', 'Enter', 'constructor', '__proto__', 'toString'])('leaves %s alone', (key) => {
    expect(moveCursor(key, 5, BOUNDS)).toBeUndefined();
  });

  it('never leaves the list', () => {
    const keys = fc.constantFrom('ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End');
    fc.assert(
      fc.property(fc.array(keys), fc.nat(500), fc.integer({ min: 1, max: 60 }), (pressed, last, page) => {
        const bounds = { first: -1, last, page };
        const end = pressed.reduce((at, key) => moveCursor(key, at, bounds) ?? at, 0);
        expect(end).toBeGreaterThanOrEqual(-1);
        expect(end).toBeLessThanOrEqual(last);
      }),
    );
  });
});
