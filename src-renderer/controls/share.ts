/** A width that changes by less than this is the same to the eye. */
const STEP = 0.5;

/**
 * A part of a whole as a width. Rounded, so that small changes of figures do not repaint a bar in every tick: a visible monitor has to
 * stay cheap.
 */
export function percentOf(part: number, whole: number): string {
  if (whole <= 0) return '0%';
  const percent = (part / whole) * 100;
  // Any part above 0 is visible.
  return `${Math.max(part > 0 ? STEP : 0, Math.round(percent / STEP) * STEP).toFixed(1)}%`;
}
