/** One measured value. */
export interface Sample {
  readonly timeMs: number;
  readonly value: number;
}

/** A straight line through samples, by least squares. */
export interface Trend {
  /** Change of the value per millisecond. */
  readonly slope: number;
  /** Standard error of the slope. */
  readonly slopeError: number;
}

/** Fits a line; undefined with fewer than three samples or no time between them. */
export function linearTrend(samples: readonly Sample[]): Trend | undefined {
  const count = samples.length;
  const first = samples[0];
  if (count < 3 || first === undefined) return undefined;
  let sumTime = 0;
  let sumValue = 0;
  for (const { timeMs, value } of samples) {
    sumTime += timeMs - first.timeMs;
    sumValue += value;
  }
  const meanTime = sumTime / count;
  const meanValue = sumValue / count;
  let timeSquares = 0;
  let products = 0;
  for (const { timeMs, value } of samples) {
    const offset = timeMs - first.timeMs - meanTime;
    timeSquares += offset * offset;
    products += offset * (value - meanValue);
  }
  if (timeSquares === 0) return undefined;
  const slope = products / timeSquares;
  let residuals = 0;
  for (const { timeMs, value } of samples) {
    const expected = meanValue + slope * (timeMs - first.timeMs - meanTime);
    residuals += (value - expected) ** 2;
  }
  return { slope, slopeError: Math.sqrt(residuals / (count - 2) / timeSquares) };
}
