const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/**
 * A size for people: binary units, three significant digits, never a bare `1000 MiB`.
 * `formatBytes(3_221_225_472)` is `3.0 GiB`; 0 is `0`.
 */
export function formatBytes(bytes: number): string {
  if (bytes === 0) return '0';
  const sign = bytes < 0 ? '−' : '';
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

const FACTORS: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Reads a size as people write it: `512M`, `1.5 GiB`, `4096`; units are binary. Undefined when it is none, or no safe number of bytes. */
export function parseBytes(text: string): number | undefined {
  const [, digits, unit = ''] =
    /^(\d{1,16}(?:\.\d{1,6})?)\s*(?:([kmgt])(?:i?b)?|b|bytes)?$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const bytes = Math.round(Number(digits) * (FACTORS[unit.toLowerCase()] ?? 1));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
