import { numerals } from './numerals.ts';

/** A whole number with its thousands set apart: `1 625 292` on a screen, `1625292` in a terminal. */
export function formatCount(value: number): string {
  const { minus, gap } = numerals();
  const digits = Math.abs(Math.trunc(value))
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, gap);
  return value < 0 ? `${minus}${digits}` : digits;
}

/** A signed adjustment as the kernel's documents write it: `+300`, `0`, `-500`. */
export function formatAdj(oomScoreAdj: number): string {
  return oomScoreAdj > 0 ? `+${oomScoreAdj}` : oomScoreAdj.toString();
}

/** A share in percent with one decimal: `12.4%`; `<0.1%` for what would round to nothing. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.05) return '<0.1%';
  return `${percent.toFixed(percent >= 99.95 ? 0 : 1)}%`;
}
