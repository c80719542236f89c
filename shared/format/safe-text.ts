const HARMFUL =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/**
 * Text from outside made harmless for a terminal and for one line: control characters (C0, DEL, C1), line and paragraph separators
 * and the marks that reorder or hide text are shown as `\xNN` / `\uNNNN`. Names of processes may hold any of them.
 */
export function safeText(text: string): string {
  return text.replace(HARMFUL, (character) => {
    const code = character.charCodeAt(0);
    return code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/**
 * A value as one line of JSON that is harmless for a terminal. JSON.stringify() escapes C0 only: DEL, C1 (U+009B begins an escape sequence)
 * and the marks that reorder text would pass. Parsing the line gives the same value.
 */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    HARMFUL,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Shortens to at most `most` characters (code points), with an ellipsis where something was cut. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const points = Array.from(text);
  return points.length <= most ? text : `${points.slice(0, most - 1).join('')}…`;
}
