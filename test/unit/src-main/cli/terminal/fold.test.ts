import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, foldLine } from '../../../../../src-main/cli/terminal/fold.ts';

describe('fold', () => {
  it('breaks between words, and indents every line', () => {
    expect(fold('There is no swap. Memory runs out sooner and with less warning.', '  ', 40)).toBe(
      '  There is no swap. Memory runs out\n  sooner and with less warning.',
    );
  });

  it.for([undefined, 0, 39])('leaves one line where there are %s columns', (columns) => {
    expect(fold('a '.repeat(100), '  ', columns)).toBe(`  ${'a '.repeat(100)}`);
  });

  it('keeps every word, and no line is too long but for a single word', () => {
    const word = fc
      .string({ minLength: 1, maxLength: 60, size: 'max' })
      .map((text) => text.replaceAll(/\s/g, '_'));
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 40, size: 'max' }),
        fc.integer({ min: 40, max: 120 }),
        (words, columns) => {
          const lines = fold(words.join(' '), '      ', columns).split('\n');
          expect(lines.map((line) => line.slice(6)).join(' ')).toBe(words.join(' '));
          for (const line of lines) {
            expect(line.startsWith('      ')).toBe(true);
            if (line.slice(6).includes(' ')) expect(line.length).toBeLessThanOrEqual(columns);
          }
        },
      ),
    );
  });
});

describe('foldLine', () => {
  it('folds under its own indent', () => {
    expect(foldLine('  headroom: 24.0 MiB until a kill, and more', 40)).toBe(
      '  headroom: 24.0 MiB until a kill, and\n  more',
    );
  });

  it('leaves commands to copy and short lines as they are', () => {
    const command = `     echo 1 | sudo tee ${'/x'.repeat(40)}`;
    expect(foldLine(command, 40)).toBe(command);
    expect(foldLine(' #  PID  NAME', 40)).toBe(' #  PID  NAME');
    expect(foldLine('a '.repeat(40), undefined)).toBe('a '.repeat(40));
  });
});
