/**
 * The text of a /dev/kmsg record as it was printed: there bytes below 0x20, above 0x7e and backslashes stand as `\xNN`.
 * What follows the first line of a record are its ` KEY=value` lines, which are left out.
 */
export function kmsgText(record: string): string {
  const end = record.search(/\n(?: [A-Z0-9_]{1,64}=|$)/);
  const line = end < 0 ? record : record.slice(0, end);
  return line.replace(/(?:\\x[0-9a-f]{2})+/g, unescaped);
}

function unescaped(run: string): string {
  try {
    return decodeURIComponent(run.replaceAll('\\x', '%'));
  } catch {
    /* Not UTF-8: what is ASCII stays, every other byte is one replacement character. */
    return run.replace(/\\x(..)/g, (_, hex: string) => {
      const byte = Number.parseInt(hex, 16);
      return byte < 0x80 ? String.fromCharCode(byte) : '\ufffd';
    });
  }
}

/** Bytes as text, where they are no UTF-8 with one replacement character a byte. */
export function textOfBytes(bytes: readonly number[]): string {
  const hex = (byte: number) => `\\x${byte.toString(16).padStart(2, '0')}`;
  const isPlain = (byte: number) => byte < 0x80 && byte !== 0x5c;
  return bytes
    .map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : hex(byte & 0xff)))
    .join('')
    .replace(/(?:\\x[0-9a-f]{2})+/g, unescaped);
}
