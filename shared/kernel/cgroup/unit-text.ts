/**
 * The text of a part of a unit's name: systemd writes every byte but letters, digits and `:_.` as `\xNN` (unit_name_escape(),
 * src/basic/unit-name.c). The bytes are UTF-8; undefined where they are not.
 */
export function unescapeUnitText(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  try {
    // Each escape is one byte, and a character may have several.
    return decodeURIComponent(
      text.replace(/%/g, '%25').replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => `%${hex}`),
    );
  } catch {
    return undefined;
  }
}
