/** Graphemes that a name has at most. */
export const MOST_GRAPHEMES = 40;
/** UTF-16 units that a name has at most: one grapheme may hold thousands of combining marks. */
const MOST_UNITS = 160;

/** Controls (C0, DEL, C1), marks that hide or reorder text, tags, and halves of characters. */
const HARMFUL =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffd\u{e0000}-\u{e007f}\p{Surrogate}]+/gu;
const PLAIN = /^[\x21-\x7e](?:[\x20-\x7e]{0,38}[\x21-\x7e])?$/;

let segmenter: Intl.Segmenter | undefined;

/**
 * Text from outside as a name: what is harmful becomes U+FFFD, a run of it one; no blanks around it; NFC; at most 40 graphemes with the
 * ellipsis of a cut. `fallback` is cleaned instead where nothing is left.
 */
export function clean(raw: string, fallback = ''): string {
  if (PLAIN.test(raw)) return raw;
  // What is cut off anyway need not be looked at.
  const text = raw.slice(0, 4096).replace(HARMFUL, '\ufffd').trim().normalize('NFC');
  if (text === '') return fallback === '' ? '' : clean(fallback);
  return cut(text);
}

/** At most `most` graphemes of a clean text. */
export function cut(text: string, most = MOST_GRAPHEMES): string {
  if (text.length <= most) return text;
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  const starts: number[] = [];
  for (const { index } of segmenter.segment(text.slice(0, MOST_UNITS * 4))) {
    starts.push(index);
    if (starts.length > most) break;
  }
  const isLong = starts.length > most;
  if (!isLong && text.length <= MOST_UNITS) return text;
  const end = isLong ? (starts[most - 1] ?? 0) : text.length;
  const kept = text.slice(0, Math.min(end, MOST_UNITS)).replace(/\p{Surrogate}$/u, '');
  return `${kept}…`;
}

/** The part behind the last slash, without slashes at the end. */
export function basename(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

/** The folder that a path is in; empty where it names none. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
