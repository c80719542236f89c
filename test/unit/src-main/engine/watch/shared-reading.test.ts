import { expect, it } from 'vitest';
import { ok } from '#shared/result.ts';
import { SharedReading } from '../../../../../src-main/engine/watch/shared-reading.ts';

function readingsThatTake(ms: number) {
  let nowMs = 0;
  let count = 0;
  const shared = new SharedReading(
    () => {
      nowMs += ms;
      count += 1;
      return ok(count);
    },
    () => nowMs,
  );
  return { shared, count: () => count, pass: (passedMs: number) => (nowMs += passedMs), now: () => nowMs };
}

it.for([
  [1, 50],
  [400, 13],
] as const)('a client that asks 10,000 times in 10 s causes few readings, each of %i ms', ([ms, most]) => {
  const { shared, count, pass, now } = readingsThatTake(ms);
  while (now() < 10_000) {
    shared.take();
    pass(1);
  }
  expect(count()).toBeLessThanOrEqual(most);
  expect(count()).toBeGreaterThan(most / 2);
});

it('reads again after something was written', () => {
  const { shared } = readingsThatTake(1);
  expect([shared.take(), shared.take()]).toEqual([ok(1), ok(1)]);
  shared.forget();
  expect(shared.take()).toEqual(ok(2));
});
