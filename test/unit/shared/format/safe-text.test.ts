import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeJson, safeText, shorten } from '#shared/format/safe-text.ts';

describe('safeText', () => {
  it.for([
    { text: 'nginx: worker process', safe: 'nginx: worker process' },
    { text: '한국어 日本語 🛟 é', safe: '한국어 日本語 🛟 é' },
    { text: '\u001b[31mred\u0007', safe: '\\x1b[31mred\\x07' },
    { text: 'a\nb\rc\td', safe: 'a\\x0ab\\x0dc\\x09d' },
    { text: '\u009b31m\u007f', safe: '\\x9b31m\\x7f' },
    { text: 'a\u2028b\u2029c', safe: 'a\\u2028b\\u2029c' },
    { text: 'exe\u202egpj', safe: 'exe\\u202egpj' },
    { text: 'zero\u200bwidth\ufeff', safe: 'zero\\u200bwidth\\ufeff' },
  ])('shows $safe', ({ text, safe }) => {
    expect(safeText(text)).toBe(safe);
  });

  it('leaves no control character in any text, and changes nothing when done twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const safe = safeText(text);
        expect(safe).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(safeText(safe)).toBe(safe);
      }),
    );
  });
});

describe('safeJson', () => {
  it('leaves no control character in any value, and the value as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = safeJson({ [text]: [text] });
        expect(line).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
        expect(JSON.parse(line)).toEqual({ [text]: [text] });
      }),
    );
  });

  it('escapes what begins a terminal sequence and what JSON.stringify() leaves', () => {
    expect(safeJson('\u001b[31m\u009b31m\u007f\u202e')).toBe('"\\u001b[31m\\u009b31m\\u007f\\u202e"');
  });
});

describe('shorten', () => {
  it.for([
    { text: 'short', most: 5, short: 'short' },
    { text: 'longer', most: 5, short: 'long…' },
    { text: '🛟🛟🛟', most: 3, short: '🛟🛟🛟' },
    { text: '🛟🛟🛟', most: 2, short: '🛟…' },
  ])('makes $short of $text', ({ text, most, short }) => {
    expect(shorten(text, most)).toBe(short);
  });
});
