import { EntrySource, END } from './entry-source.ts';

/** Why WSL skips a line of .wslconfig, and stops reading at one of wsl.conf. */
export type BadLine =
  'key-name' | 'section-name' | 'section-end' | 'after-section' | 'no-equals' | 'open-quote' | 'escape';

/** What one line is to WSL. Lines count from 1; `from` is where the line begins in the text. */
export type Entry =
  | { readonly type: 'section'; readonly name: string; readonly line: number; readonly from: number }
  | {
      readonly type: 'key';
      /** What WSL looks the key up by: `section.key`, or `key` before any section. */
      readonly name: string;
      readonly section: string;
      readonly key: string;
      /** One byte a character. */
      readonly value: string;
      readonly line: number;
      readonly from: number;
      /** A value with characters that were cut to 8 bits. */
      readonly isCut: boolean;
      /** Where the line goes on after a backslash at its end: the first place behind each. */
      readonly joins: readonly number[];
      /** A backslash before CR: older releases drop it, newer ones refuse the line. */
      readonly hasBackslashReturn: boolean;
    }
  | {
      readonly type: 'bad';
      readonly why: BadLine;
      /** The character after the backslash; empty at the end of the file. */
      readonly escaped?: string;
      /** The section that keys after this line belong to; empty for none. */
      readonly section: string;
      readonly line: number;
      readonly from: number;
    };

const isAlpha = (ch: number) => (ch >= 0x41 && ch <= 0x5a) || (ch >= 0x61 && ch <= 0x7a);
const isAlnum = (ch: number) => isAlpha(ch) || (ch >= 0x30 && ch <= 0x39);
const isBlank = (ch: number) => ch === 0x20 || ch === 0x09;
const LF = 0x0a;
const CR = 0x0d;
const HASH = 0x23;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const EQUALS = 0x3d;
/** `\b`, `\n`, `\t`, `\\`, `\"`. */
const ESCAPES: Readonly<Record<number, string>> = {
  0x62: '\b',
  0x6e: '\n',
  0x74: '\t',
  0x5c: '\\',
  0x22: '"',
};

/** A C string ends at its first NUL. */
const cString = (text: string) => text.split('\0', 1)[0] ?? '';

/**
 * The lines of a settings file as WSL reads them: ParseConfigFile() of src/shared/configfile/configfile.cpp, state for state. Reading stops at the
 * first bad line where `stopsAtBad` is set (wsl.conf). Line numbers are those of the file: WSL's own messages count some lines of a CRLF wsl.conf
 * twice.
 */
export function readEntries(text: string, stopsAtBad: boolean): readonly Entry[] {
  const entries: Entry[] = [];
  const source = new EntrySource(text);
  // The last name that was read, and how much of it is the section: a section line that fails half-way leaves its own name here.
  let name = '';
  let sectionLength = 0;
  let ch = 0;

  const sectionNow = () => cString(name.slice(0, sectionLength).padEnd(sectionLength, '\0'));
  /** Skips the rest of a bad line; true where reading ends. */
  const bad = (why: BadLine, escaped?: string): boolean => {
    const entry = {
      type: 'bad',
      why,
      section: sectionNow(),
      line: source.line,
      from: source.lineStart,
    } as const;
    entries.push(escaped === undefined ? entry : { ...entry, escaped });
    if (stopsAtBad) return true;
    while (ch !== END && ch !== LF) ch = source.next();
    return false;
  };

  for (;;) {
    if (ch === HASH)
      do ch = source.next();
      while (ch !== LF && ch !== END);
    if (source.isAtEnd) return entries;
    do ch = source.next();
    while (isBlank(ch));
    if (ch === END || ch === LF || ch === HASH) continue;
    if (ch === CR) {
      source.endLineAtReturn();
      continue;
    }
    if (ch === OPEN) {
      ch = source.next();
      if (!isAlpha(ch)) {
        if (bad('section-name')) return entries;
        continue;
      }
      name = '';
      do {
        name += String.fromCharCode(ch);
        ch = source.next();
      } while (isAlnum(ch));
      if (ch !== CLOSE) {
        if (bad('section-end')) return entries;
        continue;
      }
      do ch = source.next();
      while (isBlank(ch));
      if (ch !== END && ch !== LF && ch !== CR && ch !== HASH) {
        if (bad('after-section')) return entries;
        continue;
      }
      sectionLength = name.length;
      entries.push({ type: 'section', name, line: source.line, from: source.lineStart });
      if (ch === CR) source.endLineAtReturn();
      continue;
    }
    if (!isAlpha(ch)) {
      if (bad('key-name')) return entries;
      continue;
    }
    const { line, lineStart: from } = source;
    const section = sectionNow();
    const before = name.slice(0, sectionLength).padEnd(sectionLength, '\0');
    let key = '';
    do {
      key += String.fromCharCode(ch);
      ch = source.next();
    } while (isAlnum(ch));
    name = before === '' ? key : `${before}.${key}`;
    while (isBlank(ch)) ch = source.next();
    if (ch !== EQUALS) {
      if (bad('no-equals')) return entries;
      continue;
    }
    do ch = source.next();
    while (isBlank(ch));
    const read = readValue(source, ch);
    ch = read.ch;
    if (read.fault !== undefined) {
      if (bad(read.fault, read.escaped)) return entries;
      continue;
    }
    entries.push({
      type: 'key',
      name: cString(name),
      section,
      key,
      value: cString(read.value),
      line,
      from,
      isCut: read.isCut,
      joins: read.joins,
      hasBackslashReturn: read.hasBackslashReturn,
    });
    if (ch === CR) source.endLineAtReturn();
  }
}

interface ReadValue {
  readonly value: string;
  /** The character that ended it. */
  readonly ch: number;
  readonly fault: 'open-quote' | 'escape' | undefined;
  readonly escaped?: string;
  readonly isCut: boolean;
  readonly joins: readonly number[];
  readonly hasBackslashReturn: boolean;
}

/** Reads a value from its first character `first` on, to the end of the line, of the file, or to a comment. */
function readValue(source: EntrySource, first: number): ReadValue {
  const chars: string[] = [];
  const joins: number[] = [];
  let ch = first;
  let trimmedLength = 0;
  let isQuoted = false;
  let isCut = false;
  let hasBackslashReturn = false;
  const ended = (fault?: 'open-quote' | 'escape', escaped?: string): ReadValue => {
    const value = chars.slice(0, trimmedLength).join('');
    const common = { value, ch, fault, isCut, joins, hasBackslashReturn };
    return escaped === undefined ? common : { ...common, escaped };
  };
  while (ch !== END && ch !== LF && ch !== CR) {
    if (ch === QUOTE) isQuoted = !isQuoted;
    else if (ch === BACKSLASH) {
      const escaped = source.next();
      const stands = ESCAPES[escaped];
      if (stands !== undefined) chars.push(stands);
      else if (escaped === CR) {
        hasBackslashReturn = true;
        // A lone CR is swallowed and the value goes on; of CR LF the LF ends it.
        if (source.peek() !== LF) joins.push(source.position);
      } else if (escaped === LF) joins.push(source.position);
      else return ended('escape', escaped === END ? '' : String.fromCharCode(escaped));
    } else if (ch === HASH && !isQuoted) break;
    else {
      if (ch > 0xff) isCut = true;
      // static_cast<char>: the low byte of a character is all that is kept.
      chars.push(String.fromCharCode(ch & 0xff));
    }
    // Of blanks at the end, only those in quotes or behind an escape stay.
    if (!isBlank(ch)) trimmedLength = chars.length;
    ch = source.next();
  }
  return isQuoted ? ended('open-quote') : ended();
}
