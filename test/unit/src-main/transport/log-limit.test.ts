import { expect, it } from 'vitest';
import { limitLog } from '../../../../src-main/transport/log-limit.ts';

it('passes on `most` lines a minute, and counts the rest', () => {
  const lines: string[] = [];
  let nowMs = 0;
  const log = limitLog(
    (line) => lines.push(line),
    2,
    () => nowMs,
  );
  for (const line of ['a', 'b', 'c', 'd']) log(line);
  expect(lines).toEqual(['a', 'b']);
  nowMs = 59_999;
  log('e');
  nowMs = 60_000;
  log('f');
  expect(lines).toEqual(['a', 'b', '3 lines like these were left out', 'f']);
  nowMs = 120_000;
  log('g');
  expect(lines.at(-1)).toBe('g');
  expect(lines).toHaveLength(5);
});
