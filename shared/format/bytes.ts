import { numerals } from './numerals.ts';

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/**
 * A size for people: binary units, three significant digits, never a bare `1000 MiB`.
 * `formatBytes(3_221_225_472)` is `3.0 GiB`; 0 is `0`.
 */
export function formatBytes(bytes: number): string {
  if (bytes === 0) return '0';
  const sign = bytes < 0 ? numerals().minus : '';
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${sign}${value.toFixed(digits)} ${UNITS[unit] ?? ''}`;
}

/** The same from pages. */
export function formatPages(pages: number, pageSizeBytes: number): string {
  return formatBytes(pages * pageSizeBytes);
}

const FACTORS: Readonly<Record<string, number>> = {
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
  e: 2 ** 60,
};

/**
 * Reads a size as people write it: `512M`, `1.5 GiB`, `4096`, and as Kubernetes does: `300Mi`, `129e6`. Units are binary. Undefined when it is
 * none, or no safe number of bytes. Kubernetes prints thousandths of bytes with `m`: what cannot be MiB is taken for those.
 */
export function parseBytes(text: string): number | undefined {
  const [, digits, unit = '', exponent] =
    /^(\d{1,16}(?:\.\d{1,6})?)\s*(?:([kmgtpe])(?:i?b|i)?|b|bytes|e\+?(\d{1,2}))?$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const factor = exponent === undefined ? (FACTORS[unit.toLowerCase()] ?? 1) : 10 ** Number(exponent);
  const bytes = Math.round(Number(digits) * factor);
  if (Number.isSafeInteger(bytes)) return bytes;
  return /\dm$/.test(text.trim()) ? Math.ceil(Number(digits) / 1000) : undefined;
}
