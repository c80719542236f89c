/** A letter in place of an icon, and the hue of what it stands on. */
export interface LetterTile {
  readonly letter: string;
  /** In degrees. White text on hsl(hue 40% 30%) has a contrast of at least 4.5 at every hue (WCAG 2.1, 1.4.3). */
  readonly hue: number;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The tile of an application or a program: the first letter of its name; the same hue for the same id. */
export function letterTile(name: string, id: string): LetterTile {
  const [first] = segmenter.segment(name.replace(/^[^\p{L}\p{N}]+/u, ''));
  let hash = 0;
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return { letter: (first?.segment ?? '·').toUpperCase(), hue: hash };
}
