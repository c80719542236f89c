import { describe, expect, it } from 'vitest';
import { PastFalls } from '#shared/forecast/past-falls.ts';

/** A scope of 10,000 bytes: a hundred of them are a fall. */
function after(readings: readonly (readonly [seconds: number, bytes: number])[]) {
  const past = new PastFalls(10_000);
  for (const [seconds, bytes] of readings) past.add(seconds, bytes);
  return past;
}

describe('PastFalls', () => {
  it('remembers a fall that was given back', () => {
    const { falls } = after([
      [0, 5000],
      [60, 4000],
      [120, 3000],
      [180, 5000],
    ]);
    expect(falls).toEqual([{ endedSeconds: 120, dropBytes: 2000, lastedSeconds: 120 }]);
  });

  it('remembers a fall that went no further', () => {
    const { falls } = after([
      [0, 5000],
      [60, 4000],
      [150, 4010],
      [181, 4005],
    ]);
    expect(falls).toEqual([{ endedSeconds: 60, dropBytes: 1000, lastedSeconds: 60 }]);
  });

  it('does not take noise for a fall', () => {
    expect(after(Array.from({ length: 500 }, (_, i) => [i, 5000 + (i % 7) * 10])).falls).toEqual([]);
  });

  it('does not take for a fall that stopped what a kill has ended', () => {
    const past = after([
      [0, 5000],
      [60, 3000],
    ]);
    past.cut();
    past.add(61, 5000);
    past.add(120, 5000);
    expect(past.falls).toEqual([]);
  });

  it('forgets after a day, and keeps the newest hundred', () => {
    const past = after(Array.from({ length: 500 }, (_, i) => [i * 60, i % 2 === 0 ? 5000 : 4000] as const));
    expect(past.falls).toHaveLength(100);
    past.add(200_000, 5000);
    past.add(200_060, 4000);
    past.add(200_120, 5000);
    expect(past.falls).toHaveLength(1);
  });
});
