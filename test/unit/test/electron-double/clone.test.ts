import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeClone } from '../../../electron-double/clone.ts';

const clone = makeClone();

describe('messages as text', () => {
  it('give back what the structured clone gives', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: false,
    });
    fc.assert(
      fc.property(anything, (value) => {
        expect(clone.decode(clone.encode(value))).toEqual(structuredClone(value));
      }),
    );
  });

  it('keep what points to itself, and to the same thing twice', () => {
    const shared = { deep: [1] };
    const value: Record<string, unknown> = { one: shared, two: shared };
    value['self'] = value;
    const got = clone.decode(clone.encode(value)) as Record<string, unknown>;
    expect(got['self']).toBe(got);
    expect(got['one']).toBe(got['two']);
  });

  it('refuse functions, symbols and proxies in Electron’s words', () => {
    for (const value of [() => 1, Symbol('s'), new Proxy({}, {}), { deep: [() => 1] }])
      expect(() => clone.encode(value)).toThrow('An object could not be cloned.');
  });
});
