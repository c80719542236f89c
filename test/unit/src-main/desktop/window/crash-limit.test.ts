import { describe, expect, it } from 'vitest';
import { CrashLimit } from '../../../../../src-main/desktop/window/crash-limit.ts';

describe('CrashLimit', () => {
  it('waits longer before each further page, and gives up at the fourth end within a minute', () => {
    const limit = new CrashLimit();
    expect([0, 10_000, 20_000, 30_000].map((nowMs) => limit.next(nowMs))).toEqual([
      100,
      500,
      2_000,
      undefined,
    ]);
  });

  it('counts ends of the last minute only, so that a page may end every half minute for ever', () => {
    const limit = new CrashLimit();
    const waits = Array.from({ length: 100 }, (_, index) => limit.next(index * 30_000));
    expect(waits).not.toContain(undefined);
    expect(waits.slice(2).every((wait) => wait === 500)).toBe(true);
  });

  it('starts over when the user tries again', () => {
    const limit = new CrashLimit();
    for (const nowMs of [0, 1, 2, 3]) limit.next(nowMs);
    limit.forget();
    expect(limit.next(4)).toBe(100);
  });
});
