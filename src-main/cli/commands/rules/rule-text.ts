import { safeText, shorten } from '#shared/format/safe-text.ts';

/** A rule's conditions, harmless and short enough for a line. */
export function ruleText(text: string): string {
  return shorten(safeText(text), 80);
}
