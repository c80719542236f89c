/** What the source gives at its end. */
export const END = -1;

const LF = 0x0a;

/** Gives the characters of a text one by one, and knows the line of the last one. */
export class EntrySource {
  readonly #text: string;
  #position = 0;
  #isAtEnd = false;
  #line = 1;
  #lineStart = 0;
  /** The last character ended its line: the next one is on another. */
  #isLineOver = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line of the last character, from 1. */
  get line(): number {
    return this.#line;
  }

  /** Where the line of the last character begins. */
  get lineStart(): number {
    return this.#lineStart;
  }

  /** Where the next character is. */
  get position(): number {
    return this.#position;
  }

  /** True once a character was asked for after the last one. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** The next character, or END. */
  next(): number {
    if (this.#position >= this.#text.length) {
      this.#isAtEnd = true;
      return END;
    }
    if (this.#isLineOver) {
      this.#line += 1;
      this.#lineStart = this.#position;
      this.#isLineOver = false;
    }
    const ch = this.#text.charCodeAt(this.#position);
    this.#position += 1;
    this.#isLineOver = ch === LF;
    return ch;
  }

  /** The next character, which stays the next; END at the end. */
  peek(): number {
    return this.#position < this.#text.length ? this.#text.charCodeAt(this.#position) : END;
  }

  /** The last character was a CR that ends its line, unless the LF behind it does. */
  endLineAtReturn(): void {
    if (this.peek() !== LF) this.#isLineOver = true;
  }
}
