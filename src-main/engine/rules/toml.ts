import { type RuleFault } from '#shared/failure/rule-faults.ts';

/** Where something is in a file: line and column from 1, the column in characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something that is wrong in a file. */
export interface Problem extends Position {
  readonly fault: RuleFault;
}

/** `key = value`, with the place of the value in its line (offsets of UTF-16 units) so that it can be replaced. */
export interface Entry extends Position {
  readonly key: string;
  readonly value: string | number | boolean;
  readonly valueAt: Position;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** A `[[name]]` with its entries. */
export interface Table extends Position {
  readonly name: string;
  readonly entries: readonly Entry[];
}

export interface Document {
  readonly tables: readonly Table[];
  readonly problems: readonly Problem[];
}

interface OpenTable extends Table {
  readonly entries: Entry[];
}

/** Thrown while a line is parsed, and reported as a problem of that line. */
class LineError extends Error {
  readonly fault: RuleFault;
  readonly at: number;
  constructor(kind: RuleFault['kind'], at: number, of?: string) {
    super(kind);
    this.fault = { kind, ...(of === undefined ? {} : { of }) };
    this.at = at;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  '"': '"',
  '\\': '\\',
};

/**
 * Reads the part of TOML (toml.io, version 1.0) that a list of flat tables needs: comments, `[[table]]`, `key = value` with strings on one line,
 * whole numbers, true and false. Everything that it accepts is TOML, and means the same there; the rest is a problem with its place.
 */
export function parseToml(text: string): Document {
  const tables: OpenTable[] = [];
  const problems: Problem[] = [];
  text
    .replace(/^\ufeff/, '')
    .split('\n')
    .forEach((raw, index) => {
      const content = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      try {
        readLine(content, index + 1, tables);
      } catch (error) {
        if (!(error instanceof LineError)) throw error;
        problems.push({ ...positionIn(content, index + 1, error.at), fault: error.fault });
      }
    });
  return { tables, problems };
}

function positionIn(content: string, line: number, offset: number): Position {
  return { line, column: Array.from(content.slice(0, offset)).length + 1 };
}

function readLine(content: string, line: number, tables: OpenTable[]): void {
  const start = blanks(content, 0);
  if (isEnd(content, start)) {
    checkComment(content, start);
    return;
  }
  if (content[start] === '[') {
    const [whole, name = ''] = /^\[\[[ \t]*([A-Za-z0-9_-]+)[ \t]*\]\]/.exec(content.slice(start)) ?? [];
    if (whole === undefined) throw new LineError('heading', start);
    end(content, start + whole.length);
    tables.push({ name, ...positionIn(content, line, start), entries: [] });
    return;
  }
  const [key] = /^[A-Za-z0-9_-]+/.exec(content.slice(start)) ?? [];
  if (key === undefined) throw new LineError('line', start);
  const equals = blanks(content, start + key.length);
  if (content[equals] !== '=') throw new LineError('no-equals', equals, key);
  const valueStart = blanks(content, equals + 1);
  const { value, length } = readValue(content, valueStart);
  end(content, valueStart + length);
  const table = tables.at(-1);
  if (table === undefined) throw new LineError('before-first-rule', start, key);
  if (table.entries.some((entry) => entry.key === key)) {
    throw new LineError('key-twice', start, key);
  }
  table.entries.push({
    key,
    value,
    ...positionIn(content, line, start),
    valueAt: positionIn(content, line, valueStart),
    valueStart,
    valueEnd: valueStart + length,
  });
}

function blanks(content: string, from: number): number {
  let at = from;
  while (content[at] === ' ' || content[at] === '\t') at += 1;
  return at;
}

function isEnd(content: string, at: number): boolean {
  return at >= content.length || content[at] === '#';
}

/** Only blanks and a comment may follow. */
function end(content: string, from: number): void {
  const at = blanks(content, from);
  if (!isEnd(content, at)) throw new LineError('after-value', at);
  checkComment(content, at);
}

function checkComment(content: string, from: number): void {
  const at = controlCharacter(content, from, content.length);
  if (at !== undefined) throw new LineError('control-character', at);
}

/** TOML forbids them everywhere, but for the tab. */
function controlCharacter(content: string, from: number, to: number): number | undefined {
  for (let at = from; at < to; at += 1) {
    const code = content.charCodeAt(at);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return at;
  }
  return undefined;
}

function readValue(content: string, at: number): { readonly value: Entry['value']; readonly length: number } {
  const quote = content[at];
  if (quote === '"' || quote === "'") return readString(content, at, quote);
  const [word = ''] = /^[^\s#]*/.exec(content.slice(at)) ?? [];
  if (word === 'true' || word === 'false') return { value: word === 'true', length: word.length };
  if (/^[+-]?(?:0|[1-9](?:_?[0-9])*)$/.test(word)) {
    // -0 is 0 there as well.
    return { value: Number(word.replaceAll('_', '')) + 0, length: word.length };
  }
  throw new LineError(word === '' ? 'no-value' : 'value', at);
}

function readString(content: string, from: number, quote: string) {
  if (content.startsWith(quote.repeat(3), from)) throw new LineError('text-lines', from);
  let value = '';
  let at = from + 1;
  for (;;) {
    const character = content[at];
    if (character === undefined) throw new LineError('text-open', from, quote);
    if (character === quote) break;
    if (controlCharacter(content, at, at + 1) !== undefined) throw new LineError('control-character', at);
    if (character === '\\' && quote === '"') {
      const escape = readEscape(content, at);
      value += escape.value;
      at += escape.length;
    } else {
      value += character;
      at += 1;
    }
  }
  return { value, length: at + 1 - from };
}

function readEscape(content: string, at: number): { readonly value: string; readonly length: number } {
  const simple = ESCAPES[content[at + 1] ?? ''];
  if (simple !== undefined) return { value: simple, length: 2 };
  const [whole, short, long] = /^\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))/.exec(content.slice(at)) ?? [];
  const code = parseInt(short ?? long ?? '', 16);
  // Scalar values only: no halves of surrogate pairs.
  if (whole === undefined || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    throw new LineError('escape', at);
  }
  return { value: String.fromCodePoint(code), length: whole.length };
}

/** A text as TOML writes it: 'literal' where that can be read more easily. */
export function tomlString(text: string): string {
  const hasControl = /[\u0000-\u001f\u007f]/.test(text);
  if (text.includes('\\') && !text.includes("'") && !hasControl) return `'${text}'`;
  const escaped = text.replace(/["\\\u0000-\u001f\u007f]/g, (character) =>
    character === '"' || character === '\\'
      ? `\\${character}`
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}
