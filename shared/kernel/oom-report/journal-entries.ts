import { mayBeKernels, textOf } from './envelope.ts';

/** Of an entry that journalctl prints with a field a line. */
const field = /^\s*([A-Z_][A-Z0-9_]{2,63})=(.*)$/s;
const prettyField = /^\s+"([A-Z_][A-Z0-9_]{2,63})" : (.*?),?\s*$/s;

/**
 * The entries of `journalctl -o verbose`, `-o export` and `-o json-pretty`: the message may come before the fields that name its sender, so
 * it is held until the entry ends.
 */
export class JournalEntries {
  #fields: Record<string, unknown> = {};
  #message: string | undefined;
  #isOpen = false;

  /** Takes a line of an entry; false for any other line, which ends the open entry. */
  take(line: string): boolean {
    if (!this.#isOpen && !mayBeField(line)) return false;
    const found = field.exec(line) ?? prettyField.exec(line);
    if (found?.[1] === undefined || found[2] === undefined) return this.#continue(line);
    const [name, value] = [found[1], line.trimStart().startsWith('"') ? parsed(found[2]) : found[2]];
    if (name === 'MESSAGE') {
      // A list of messages alone, as grep makes it, has no ends of entries.
      if (this.#message !== undefined) return false;
      this.#message = textOf(value);
    } else this.#fields[name] = value;
    this.#isOpen = true;
    return true;
  }

  /** The message of the entry that is over, where the kernel may have written it. */
  finish(): string | undefined {
    if (!this.#isOpen) return undefined;
    const message = mayBeKernels(this.#fields) ? this.#message : undefined;
    this.#fields = {};
    this.#message = undefined;
    this.#isOpen = false;
    return message;
  }

  /** Further lines of a message are indented. */
  #continue(line: string): boolean {
    if (!this.#isOpen || !/^[ \t]+\S/.test(line)) return false;
    if (this.#message !== undefined) this.#message += `\n${line.trim()}`;
    return true;
  }
}

const UPPER_A = 65;
const UPPER_Z = 90;
const UNDERSCORE = 95;
const BRACKET = 91;
const QUOTE = 34;
const BLANK = 32;
const TAB = 9;

function mayBeField(line: string): boolean {
  const edge = line.charCodeAt(0);
  if (edge === BRACKET || edge > UNDERSCORE) return false;
  let at = 0;
  while (line.charCodeAt(at) === BLANK || line.charCodeAt(at) === TAB) at += 1;
  const first = line.charCodeAt(at);
  if (at > 0 && first === QUOTE) return prettyField.test(line);
  const second = line.charCodeAt(at + 1);
  const isName = (code: number) => (code >= UPPER_A && code <= UPPER_Z) || code === UNDERSCORE;
  return isName(first) && isName(second) && field.test(line);
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
