import { isFiguresOnly, isPlain, isUnnamed, type LinePrefix, prefixShape, readPrefix } from './sender.ts';

/** A record of /dev/kmsg may name the task that wrote it, whose name may hold the sign that ends the record's fields. */
const kmsgWithName = /^\s*\d{1,5},\d{1,20},\d{1,20},[^;]*,comm=/;

/** Tells the kernel's lines from those of others by what stands before the words of a report. */
export class OwnLines {
  /** The prefix of this log, where only its lines together could tell what it is. */
  #shape: string | undefined;
  #lastRow: string | undefined;
  /** The last line that begins at the left edge. */
  #head = '';

  /** Notes where the last record began: journalctl indents the further lines of one by the width of its prefix. */
  pass(line: string): void {
    const first = line.charCodeAt(0);
    if (first !== BLANK && first !== TAB) this.#head = line;
  }

  /** What stands before these words, or undefined where that shows that they are not the kernel's. */
  prefixOf(before: string): LinePrefix | undefined {
    if (before === '') return NO_PREFIX;
    const prefix = readPrefix(before);
    if (prefix.sender === 'program') return undefined;
    const rest = before.slice(prefix.end);
    if (rest === '' || isFiguresOnly(rest)) return prefix;
    if (rest.endsWith(';') && kmsgWithName.test(before)) return prefix;
    return isUnnamed(rest) && this.#shape !== undefined && prefixShape(before) === this.#shape
      ? prefix
      : undefined;
  }

  /** As prefixOf, for rows, which come by the thousand with the same prefix. */
  acceptsRow(before: string): boolean {
    if (before === '' || before === this.#lastRow || isPlain(before)) return true;
    if (this.prefixOf(before) === undefined) return false;
    this.#lastRow = before;
    return true;
  }

  /** Two lines of a report have shown that this is what the log puts before its lines. */
  learn(before: string): void {
    this.#shape = prefixShape(before);
  }

  /** Whether a line is the second or a later one of a record: `program` of one that another wrote, `kernel` else. */
  continues(text: string): 'kernel' | 'program' | undefined {
    const indent = text.search(/[^ ]/);
    if (indent < LEAST_INDENT) return undefined;
    const end = endOfWidth(this.#head, indent);
    if (end === undefined || !this.#head.slice(0, end).endsWith(': ')) return undefined;
    const prefix = readPrefix(this.#head.slice(0, end));
    return prefix.sender === 'program' || prefix.end < end ? 'program' : 'kernel';
  }
}

const NO_PREFIX: LinePrefix = { sender: 'unstated', end: 0 };
const BLANK = 32;
const TAB = 9;
/** No prefix of journalctl is shorter than `kernel: `. */
const LEAST_INDENT = 8;

/** The index in a text that is a number of bytes, or of characters, from its start. */
function endOfWidth(text: string, width: number): number | undefined {
  if (text.slice(width - 2, width) === ': ') return width;
  let bytes = 0;
  for (let at = 0; at < text.length && bytes <= width; at += 1) {
    if (bytes === width) return at;
    const code = text.charCodeAt(at);
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  return undefined;
}
