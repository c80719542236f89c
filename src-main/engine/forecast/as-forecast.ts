import { type Forecast } from '#shared/model/forecast.ts';
import { type FallingEstimate } from './left-series.ts';

/** What is said of an estimate, with who takes it and who acts first. */
export function asForecast(estimate: FallingEstimate, who: Pick<Forecast, 'taker' | 'killer'>): Forecast {
  const { lowSeconds, seconds, highSeconds, fall } = estimate;
  return {
    lowSeconds,
    middleSeconds: seconds,
    highSeconds,
    fallingSeconds: fall.lastedSeconds,
    fellBytes: fall.dropBytes,
    ...who,
  };
}
