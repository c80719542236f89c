import { describe, expect, it } from 'vitest';
import { parseOomScoreAdj, readOomScoreAdj } from '../../../../../src-main/proc/pid/oom-score-adj.ts';
import { CAPTURED, CAPTURED_PIDS } from '../../../../helpers/captured.ts';

describe('readOomScoreAdj', () => {
  it('reads captured ones', () => {
    expect(readOomScoreAdj(CAPTURED, CAPTURED_PIDS.node)).toEqual({ ok: true, value: 300 });
    expect(readOomScoreAdj(CAPTURED, CAPTURED_PIDS.zombie)).toEqual({ ok: true, value: 0 });
  });
});

describe('parseOomScoreAdj', () => {
  it.each([-1000, -1, 0, 1, 1000])('reads %i', (adj) => {
    expect(parseOomScoreAdj(`${adj}\n`)).toBe(adj);
  });

  it.each(['', '\n', '-1001\n', '1001\n', '1.5\n', '- 1\n', '1 2\n', '+1\n'])('refuses %j', (text) => {
    expect(parseOomScoreAdj(text)).toBeUndefined();
  });
});
