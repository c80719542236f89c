import { describe, expect, it } from 'vitest';
import { inTurns, SUITES } from '../../../run/suite.ts';

describe('inTurns', () => {
  it('has every suite once and in order, and the scenes beside the helper', () => {
    const turns = inTurns(SUITES);
    expect(turns.flat()).toEqual(SUITES);
    expect(turns.filter((turn) => turn.length > 1)).toEqual([['scenes', 'helper']]);
  });

  it('pairs nothing else', () => {
    expect(inTurns(['e2e', 'helper'])).toEqual([['e2e'], ['helper']]);
    expect(inTurns(['helper'])).toEqual([['helper']]);
    expect(inTurns([])).toEqual([]);
  });
});
