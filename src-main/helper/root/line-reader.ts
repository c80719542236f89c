/** A line before it is parsed. */
export type Line =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'not-utf-8' };

const NEWLINE = 0x0a;

/**
 * Cuts a stream into lines of at most `mostBytes`, without the newline. One buffer of that size is all it ever holds: what goes on longer
 * is dropped up to its newline and reported once.
 */
export class LineReader {
  readonly #buffer: Buffer;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #length = 0;
  #tooLong = false;

  constructor(mostBytes: number) {
    this.#buffer = Buffer.alloc(mostBytes);
  }

  /** Takes in a piece of the stream, and gives the lines that it finishes. */
  *feed(chunk: Uint8Array): Generator<Line> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#append(chunk.subarray(start, end));
      start = end + 1;
      yield this.#finish();
    }
    this.#append(chunk.subarray(start));
  }

  #append(part: Uint8Array): void {
    if (this.#length + part.length > this.#buffer.length) this.#tooLong = true;
    if (this.#tooLong) return;
    this.#buffer.set(part, this.#length);
    this.#length += part.length;
  }

  #finish(): Line {
    const bytes = this.#buffer.subarray(0, this.#length);
    const tooLong = this.#tooLong;
    this.#length = 0;
    this.#tooLong = false;
    if (tooLong) return { kind: 'too-long' };
    try {
      return { kind: 'text', text: this.#decoder.decode(bytes) };
    } catch {
      return { kind: 'not-utf-8' };
    }
  }
}
