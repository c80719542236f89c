/** How the bytes of a settings file are written. `utf-16-bare`: UTF-16 without a byte order mark, or a file that is no text. */
export type WslEncoding = 'utf-8' | 'utf-8-mark' | 'utf-16le-mark' | 'utf-16be-mark' | 'utf-16-bare';

/** The characters of a settings file as the parser of WSL gets them. */
export interface WslText {
  /** One UTF-16 unit a character for .wslconfig, one byte a character for wsl.conf. */
  readonly text: string;
  readonly encoding: WslEncoding;
  /** Where byte 1A ended the reading: the number of characters that are used. Undefined where there is none. */
  readonly endMark: number | undefined;
}

const END_MARK = 0x1a;

/**
 * Reads .wslconfig as `_wfopen(path, "rt,ccs=UTF-8")` of Microsoft's C runtime does: a byte order mark of UTF-8 or of UTF-16 LE is honoured, that
 * of UTF-16 BE makes the open fail, CR LF becomes LF, and byte 1A ends the file.
 */
export function wslconfigText(bytes: Uint8Array): WslText {
  const [first, second, third] = bytes;
  if (first === 0xfe && second === 0xff) return { text: '', encoding: 'utf-16be-mark', endMark: undefined };
  if (first === 0xff && second === 0xfe) return inTextMode(utf16(bytes.subarray(2)), 'utf-16le-mark');
  const isMarked = first === 0xef && second === 0xbb && third === 0xbf;
  const text = decodeUtf8(isMarked ? bytes.subarray(3) : bytes);
  return inTextMode(text, isMarked ? 'utf-8-mark' : bareEncoding(bytes));
}

/** Reads wsl.conf as the init of WSL does: byte for byte, no mark is skipped and no line end translated. */
export function wslConfText(bytes: Uint8Array): WslText {
  const [first, second, third] = bytes;
  const marked =
    first === 0xff && second === 0xfe
      ? 'utf-16le-mark'
      : first === 0xfe && second === 0xff
        ? 'utf-16be-mark'
        : first === 0xef && second === 0xbb && third === 0xbf
          ? 'utf-8-mark'
          : bareEncoding(bytes);
  return { text: latin1(bytes), encoding: marked, endMark: undefined };
}

/** The text that these bytes, one a character, are in UTF-8. */
export function fromBytes(oneByteEach: string): string {
  // Most values are ASCII.
  if (!/[\u0080-\u00ff]/.test(oneByteEach)) return oneByteEach;
  return decodeUtf8(Uint8Array.from(oneByteEach, (char) => char.charCodeAt(0)));
}

/** Every other byte of western UTF-16 is 0, and no text has that byte. */
function bareEncoding(bytes: Uint8Array): WslEncoding {
  return bytes.includes(0) ? 'utf-16-bare' : 'utf-8';
}

function inTextMode(all: string, encoding: WslEncoding): WslText {
  const end = all.indexOf(String.fromCharCode(END_MARK));
  const read = end < 0 ? all : all.slice(0, end);
  const text = read.replaceAll('\r\n', '\n');
  // A mark with nothing but blanks after it costs nothing.
  const isCut = end >= 0 && all.slice(end + 1).trim() !== '';
  return { text, encoding, endMark: isCut ? text.length : undefined };
}

/** Code units a chunk: more arguments than this can overflow the stack. */
const CHUNK = 4096;

function latin1(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK)
    parts.push(String.fromCharCode(...bytes.subarray(at, at + CHUNK)));
  return parts.join('');
}

function utf16(bytes: Uint8Array): string {
  const parts: string[] = [];
  let units: number[] = [];
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    units.push((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
    if (units.length < CHUNK) continue;
    parts.push(String.fromCharCode(...units));
    units = [];
  }
  return parts.join('') + String.fromCharCode(...units);
}

/** The first code point that needs so many bytes; fewer is an overlong form. */
const LEAST = [0, 0, 0x80, 0x800, 0x10000];

/** UTF-8 to text; what is none becomes U+FFFD, as in Windows' MultiByteToWideChar. */
function decodeUtf8(bytes: Uint8Array): string {
  const parts: string[] = [];
  let points: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const { point, length } = pointAt(bytes, at);
    points.push(point);
    at += length;
    if (points.length < CHUNK) continue;
    parts.push(String.fromCodePoint(...points));
    points = [];
  }
  return parts.join('') + String.fromCodePoint(...points);
}

function pointAt(bytes: Uint8Array, at: number): { readonly point: number; readonly length: number } {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return { point: lead, length: 1 };
  const length = lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead >= 0xf5) return { point: 0xfffd, length: 1 };
  let point = lead & (0xff >> (length + 1));
  for (let next = 1; next < length; next += 1) {
    const byte = bytes[at + next] ?? 0;
    if ((byte & 0xc0) !== 0x80) return { point: 0xfffd, length: next };
    point = (point << 6) | (byte & 0x3f);
  }
  const isNone = point < (LEAST[length] ?? 0) || point > 0x10ffff || (point >= 0xd800 && point < 0xe000);
  return { point: isNone ? 0xfffd : point, length };
}
