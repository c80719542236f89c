import { describe, expect, it } from 'vitest';
import { type Outcome, type Verdict } from '../../../kernel/judge.ts';
import { killCount, spread, Tally } from '../../../kernel/tally.ts';

function verdict(outcome: Outcome, isTie = false, rowDifferences: number[] = []): Verdict {
  return { outcome, isTie, problems: [], rowDifferences };
}

describe('Tally', () => {
  const tally = new Tally();
  tally.add('here', 'adjusted', [
    verdict('certain', false, [0, 3]),
    verdict('close'),
    verdict('close', true),
  ]);
  tally.add('here', 'ties', [verdict('close', true, [7])]);
  tally.add('guest', 'adjusted', [verdict('followed'), verdict('wrong', false, [1])]);

  it('counts by machine and kind', () => {
    expect(tally.counts('here')).toMatchObject({ certain: 1, close: 3, ties: 2, followed: 0, wrong: 0 });
    expect(tally.counts(undefined, 'adjusted')).toMatchObject({
      certain: 1,
      close: 2,
      followed: 1,
      wrong: 1,
    });
    expect(killCount(tally.counts())).toBe(6);
  });

  it('"A or B" counts against the program where no sizes were made near and none are equal', () => {
    expect(tally.closeShare()).toBeCloseTo(1 / 4);
  });

  it('median and largest', () => {
    expect(spread(tally.counts().differences)).toEqual({ median: 3, largest: 7 });
    expect(spread([])).toBeUndefined();
  });
});
