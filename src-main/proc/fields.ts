/** The rest of the first line that starts with `key`, trimmed; undefined where no line does. */
export function fieldAfter(text: string, key: string): string | undefined {
  let start = text.startsWith(key) ? 0 : text.indexOf(`\n${key}`) + 1;
  if (start === 0 && !text.startsWith(key)) return undefined;
  start += key.length;
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end).trim();
}

/** A number that the kernel writes in decimal digits; NaN for anything else. */
export function decimal(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : NaN;
}

/** As `decimal`, with an optional minus sign. */
export function signedDecimal(text: string): number {
  return /^-?\d+$/.test(text) ? Number(text) : NaN;
}

/** Bytes of a figure such as `1234 kB`; NaN for anything else. */
export function kilobytes(text: string): number {
  return text.endsWith(' kB') ? decimal(text.slice(0, -3).trimEnd()) * 1024 : NaN;
}

/** `{ [name]: value }`, or `{}` where there is no value: an absent property stands for a missing figure. */
export function optional<K extends string, T>(name: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in K]?: T });
}

/** True when a figure that must be there is, and is a number. */
export function isFigure(value: number | undefined): value is number {
  return value !== undefined && !Number.isNaN(value);
}
