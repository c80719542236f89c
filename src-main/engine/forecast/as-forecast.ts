import { type Forecast, type Taker } from '#shared/model/forecast.ts';
import { type FallingEstimate } from './left-series.ts';

/** What is said of an estimate at a moment. */
export function asForecast(
  estimate: FallingEstimate,
  nowSeconds: number,
  taker: Taker | undefined,
): Forecast {
  const { lowSeconds, seconds, highSeconds, fall } = estimate;
  return {
    lowSeconds,
    middleSeconds: seconds,
    highSeconds,
    fallingSeconds: Math.max(0, nowSeconds - fall.sinceSeconds),
    fellBytes: fall.dropBytes,
    ...(taker === undefined ? {} : { taker }),
  };
}
