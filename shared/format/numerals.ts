/** How numbers are written. */
interface Numerals {
  readonly minus: string;
  /** Between groups of three digits. */
  readonly gap: string;
}

/** For a screen: a true minus sign (U+2212), and a narrow space that does not break (U+202F): `−1 625 292`. */
const TYPOGRAPHIC: Numerals = { minus: '\u2212', gap: '\u202f' };
/** For text that is pasted and parsed: `-1625292`. */
const PLAIN: Numerals = { minus: '-', gap: '' };

let current = TYPOGRAPHIC;

/** How numbers are written in this program. */
export function numerals(): Numerals {
  return current;
}

/**
 * Writes numbers in ASCII from now on. A program that prints to a terminal calls this before anything else, as it would set a locale. Returns what
 * sets it back.
 */
export function usePlainNumerals(): () => void {
  const before = current;
  current = PLAIN;
  return () => {
    current = before;
  };
}
