import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineReader } from '../../../../../src-main/helper/root/line-reader.ts';

function linesOf(mostBytes: number, ...chunks: (string | Buffer)[]) {
  const reader = new LineReader(mostBytes);
  return chunks.flatMap((chunk) => [...reader.feed(Buffer.from(chunk))]);
}

describe('LineReader', () => {
  it('gives a line when its newline comes, and not before', () => {
    expect(linesOf(10, 'ab', 'c')).toEqual([]);
    expect(linesOf(10, 'ab', 'c\nd')).toEqual([{ kind: 'text', text: 'abc' }]);
  });

  it('gives every line of one chunk, empty ones too', () => {
    expect(linesOf(10, 'a\n\nb\n').map((line) => line.kind === 'text' && line.text)).toEqual(['a', '', 'b']);
  });

  it('takes a line of just the limit', () => {
    expect(linesOf(5, '12345\n')).toEqual([{ kind: 'text', text: '12345' }]);
  });

  it('tells once of a line that is longer, and goes on with the next', () => {
    expect(linesOf(5, '123', '456', '789', '\nok\n')).toEqual([
      { kind: 'too-long' },
      { kind: 'text', text: 'ok' },
    ]);
  });

  it('tells of bytes that are no UTF-8', () => {
    expect(linesOf(9, Buffer.from([0x61, 0xff, 0x0a, 0x62, 0x0a]))).toEqual([
      { kind: 'not-utf-8' },
      { kind: 'text', text: 'b' },
    ]);
  });

  it('joins a character that two chunks share', () => {
    const [first, second] = [Buffer.from([0xc3]), Buffer.from([0xbc, 0x0a])];
    expect(linesOf(9, first, second)).toEqual([{ kind: 'text', text: 'ü' }]);
  });

  it('gives the same lines however the stream is cut', { timeout: 20_000 }, () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 12, size: 'max' })),
        fc.array(fc.nat(40)),
        (texts, cuts) => {
          const bytes = Buffer.from(texts.map((text) => `${text.replaceAll('\n', ' ')}\n`).join(''));
          const chunks: Buffer[] = [];
          let at = 0;
          for (const cut of cuts) {
            chunks.push(bytes.subarray(at, at + cut));
            at += cut;
          }
          chunks.push(bytes.subarray(at));
          expect(linesOf(16, ...chunks)).toEqual(linesOf(16, bytes));
        },
      ),
    );
  });
});
