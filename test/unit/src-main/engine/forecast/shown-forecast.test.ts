import { describe, expect, it } from 'vitest';
import { type FallingEstimate } from '../../../../../src-main/engine/forecast/left-series.ts';
import { ShownForecast } from '../../../../../src-main/engine/forecast/shown-forecast.ts';

const fall = { sinceSeconds: 0 } as FallingEstimate['fall'];
const estimate = (seconds: number): FallingEstimate => ({
  lowSeconds: seconds * 0.8,
  seconds,
  highSeconds: seconds * 1.2,
  fall,
});

describe('ShownForecast', () => {
  it('keeps the same end while the estimates tremble', () => {
    const shown = new ShownForecast();
    shown.take(0, estimate(100));
    expect(shown.take(10, estimate(93))?.seconds).toBe(90);
    expect(shown.take(11, estimate(50))?.seconds).toBe(50);
  });

  it('says of now how far it fell, also where the end stays', () => {
    const shown = new ShownForecast();
    shown.take(0, estimate(100));
    const fresh = { ...estimate(93), fall: { ...fall, lastedSeconds: 70, dropBytes: 500 } };
    expect(shown.take(10, fresh)).toMatchObject({ seconds: 90, fall: { lastedSeconds: 70, dropBytes: 500 } });
  });

  it('holds for a while when nothing can be said', () => {
    const shown = new ShownForecast();
    shown.take(0, estimate(100));
    expect(shown.take(10, undefined)?.seconds).toBe(90);
    expect(shown.take(11, undefined)).toBeUndefined();
  });

  it('does not count down to an end of some seconds that no estimate confirms any more', () => {
    const shown = new ShownForecast();
    shown.take(0, estimate(6));
    expect(shown.take(1, undefined)?.seconds).toBe(5);
    expect(shown.take(2, undefined)).toBeUndefined();
  });
});
