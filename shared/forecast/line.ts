/** A straight line through some points by least squares, as far as a forecast asks of it. */
export interface Line {
  readonly slope: number;
  /** What is left of the points' squares beside the line. */
  readonly squaredError: number;
}

/** The line through the points from one index on; at least two of them. */
export function lineThrough(x: readonly number[], y: readonly number[], from = 0): Line {
  const count = x.length - from;
  let meanX = 0;
  let meanY = 0;
  for (let i = from; i < x.length; i++) {
    meanX += (x[i] ?? 0) / count;
    meanY += (y[i] ?? 0) / count;
  }
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let i = from; i < x.length; i++) {
    const dx = (x[i] ?? 0) - meanX;
    const dy = (y[i] ?? 0) - meanY;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  const slope = xx === 0 ? 0 : xy / xx;
  return { slope, squaredError: Math.max(0, yy - slope * xy) };
}

/** What is left of the squares of the first points beside their mean. */
export function squaresAroundMean(y: readonly number[], to: number): number {
  let mean = 0;
  for (let i = 0; i < to; i++) mean += (y[i] ?? 0) / to;
  let squares = 0;
  for (let i = 0; i < to; i++) squares += ((y[i] ?? 0) - mean) ** 2;
  return squares;
}

/**
 * How much better a parabola describes the points than a line: the share of the line's squared error that it removes, positive where it
 * falls faster and faster, negative where it levels off.
 */
export function downwardBend(x: readonly number[], y: readonly number[]): number {
  const count = x.length;
  const middle = ((x[0] ?? 0) + (x[count - 1] ?? 0)) / 2;
  const square = x.map((value) => (value - middle) ** 2);
  const { slope: squareSlope, squaredError: squareError } = lineThrough(x, square);
  const { slope, squaredError } = lineThrough(x, y);
  if (squareError === 0 || squaredError === 0) return 0;
  const meanX = mean(x);
  const meanSquare = mean(square);
  const meanY = mean(y);
  let both = 0;
  for (let i = 0; i < count; i++) {
    const dx = (x[i] ?? 0) - meanX;
    both += ((square[i] ?? 0) - meanSquare - squareSlope * dx) * ((y[i] ?? 0) - meanY - slope * dx);
  }
  return (-Math.sign(both) * both * both) / squareError / squaredError;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
