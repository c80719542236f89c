import { describe, expect, it } from 'vitest';
import { killerForecast } from '#shared/forecast/killer-forecast.ts';
import { type ActsAt, type Killer } from '#shared/model/killer.ts';

const GIB = 1024 ** 3;
const estimate = { lowSeconds: 400, seconds: 500, highSeconds: 600 };

function earlyoom(actsAt?: ActsAt): Killer {
  return { name: 'earlyoom', pid: 1, triggers: [], unknown: [], ...(actsAt && { actsAt }) };
}

describe('killerForecast', () => {
  it('says when its line is reached on a machine without swap', () => {
    const killer = earlyoom({ kind: 'when', availableBytes: 1 * GIB, missing: [] });
    expect(killerForecast(estimate, 4 * GIB, [killer], undefined)).toEqual({
      name: 'earlyoom',
      lowSeconds: 300,
      highSeconds: 450,
    });
  });

  it('waits for its line of swap', () => {
    const swap = { totalBytes: 4 * GIB, freeBytes: 4 * GIB };
    const missing = [{ figure: 'free-swap', nowPercent: 100, linePercent: 10, holding: 'may' } as const];
    const killer = earlyoom({ kind: 'also', availableBytes: 1 * GIB, missing });
    const found = killerForecast(estimate, 8 * GIB, [killer], swap);
    // Swap is free up to 0.4 GiB when it acts, memory up to 1 GiB.
    expect(found?.lowSeconds).toBeCloseTo(400 * (1 - 1.4 / 8), 5);
    expect(found?.highSeconds).toBeCloseTo(600 * (1 - 0.4 / 8), 5);
  });

  it.for<{ what: string; killer: Killer }>([
    { what: 'has no line of memory', killer: earlyoom() },
    { what: 'acts now', killer: earlyoom({ kind: 'now', availableBytes: GIB, missing: [] }) },
    {
      what: 'waits for pressure as well',
      killer: earlyoom({
        kind: 'also',
        availableBytes: GIB,
        missing: [{ figure: 'pressure', metric: 'full10', linePercent: 60, seconds: 30, holding: 'may' }],
      }),
    },
  ])('says nothing of one that $what', ({ killer }) => {
    expect(killerForecast(estimate, 4 * GIB, [killer], undefined)).toBeUndefined();
  });
});
