const NEWLINE = 10;
const TAB = 9;
const BLANK = 32;

/**
 * Finds fields in a text of `Key:<tab>value` lines without cutting it up: /proc/PID/status is read for many processes each tick, and
 * of its sixty lines a dozen are wanted, in their order. A key is searched from where the last one was found, so each search is
 * short; should a kernel order them differently, it is searched from the start.
 */
export class StatusScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Goes to the value of a line; `key` with the newline before it and the colon after it. False where no line has it. */
  find(key: string): boolean {
    let index = this.#text.indexOf(key, this.#at);
    if (index < 0 && this.#at > 0) index = this.#text.indexOf(key);
    if (index < 0) return false;
    this.#at = index + key.length;
    return true;
  }

  /** As `find`, for keys that most kernels lack: looks no farther than the line of `before`. */
  findBefore(key: string, before: string): boolean {
    const end = this.#text.indexOf(before, this.#at);
    if (end < 0) return this.find(key);
    const index = this.#text.slice(this.#at, end).indexOf(key);
    if (index < 0) return false;
    this.#at += index + key.length;
    return true;
  }

  /** The number that comes next, after blanks; NaN where none does. */
  number(): number {
    const text = this.#text;
    let at = this.#at;
    let code = text.charCodeAt(at);
    while (code === BLANK || code === TAB) code = text.charCodeAt(++at);
    const start = at;
    let value = 0;
    while (code >= 48 && code <= 57) {
      value = value * 10 + code - 48;
      code = text.charCodeAt(++at);
    }
    this.#at = at;
    const isEnded = Number.isNaN(code) || code === NEWLINE || code === BLANK || code === TAB;
    return at > start && isEnded ? value : NaN;
  }

  /** Bytes of a figure in kB; NaN for anything else. */
  kilobytes(): number {
    const value = this.number();
    return this.#text.startsWith(' kB', this.#at) ? value * 1024 : NaN;
  }

  /** What is left of the line, without the tab before it. */
  rest(): string {
    const start = this.#text.charCodeAt(this.#at) === TAB ? this.#at + 1 : this.#at;
    const end = this.#text.indexOf('\n', start);
    return this.#text.slice(start, end < 0 ? undefined : end);
  }
}
