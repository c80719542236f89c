import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oomScorePath, parseOomScore } from '../../../../../src-main/proc/pid/oom-score.ts';
import { CAPTURED, CAPTURED_PIDS } from '../../../../helpers/captured.ts';

function parse(text: string): number | undefined {
  const bytes = Buffer.concat([Buffer.from(text, 'latin1'), Buffer.from('99')]);
  return parseOomScore(bytes, text.length);
}

describe('parseOomScore', () => {
  it('reads captured ones', () => {
    const scores = Object.values(CAPTURED_PIDS).map((pid) => {
      const bytes = readFileSync(oomScorePath(CAPTURED, pid));
      return parseOomScore(bytes, bytes.length);
    });
    expect(scores).toEqual([0, 0, 666, 0, 666, 666, 666, 868]);
  });

  it('reads every score, also the unbounded ones of old kernels', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 45 }), (score) => {
        expect(parse(`${score}\n`)).toBe(score);
      }),
    );
  });

  it.each(['', '\n', '12', '12 \n', '-1\n', '1.5\n', 'x\n', '12\n\n', '9'.repeat(17) + '\n', '/\n', ':\n'])(
    'refuses %j',
    (text) => {
      expect(parse(text)).toBeUndefined();
    },
  );

  it('parses no more than the given number of bytes', () => {
    expect(parseOomScore(Buffer.from('666\n777\n'), 4)).toBe(666);
    expect(parseOomScore(Buffer.from('1'), 3)).toBeUndefined();
  });
});
