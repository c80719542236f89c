import { type Forecast } from '#shared/model/forecast.ts';
import { type FallingEstimate } from './left-series.ts';

/** What is said of an estimate at a moment, with who takes it and who acts first. */
export function asForecast(
  estimate: FallingEstimate,
  nowSeconds: number,
  who: Pick<Forecast, 'taker' | 'killer'>,
): Forecast {
  const { lowSeconds, seconds, highSeconds, fall } = estimate;
  return {
    lowSeconds,
    middleSeconds: seconds,
    highSeconds,
    fallingSeconds: Math.max(0, nowSeconds - fall.sinceSeconds),
    fellBytes: fall.dropBytes,
    ...who,
  };
}
