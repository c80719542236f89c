/** A width that changes by less than this is the same to the eye. */
const STEP = 0.5;

/**
 * A part of a whole as a width. Rounded, so that figures that tremble do not start a movement in every tick: a monitor that is looked at
 * has to stay cheap.
 */
export function percentOf(part: number, whole: number): string {
  if (whole <= 0) return '0%';
  const percent = (part / whole) * 100;
  // What is there at all is seen.
  return `${Math.max(part > 0 ? STEP : 0, Math.round(percent / STEP) * STEP).toFixed(1)}%`;
}
