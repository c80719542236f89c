/** A whole number with its thousands set apart by a narrow space that does not break (U+202F): `1 625 292`. */
export function formatCount(value: number): string {
  const digits = Math.abs(Math.trunc(value))
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return value < 0 ? `−${digits}` : digits;
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
