import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseToml, tomlString } from '../../../../../src-main/engine/rules/toml.ts';
import { ruleFault } from '#shared/words/en/rules/rules.ts';

/** Tables as plain values. */
function plainTables(text: string) {
  const { tables, problems } = parseToml(text);
  expect(problems).toEqual([]);
  return tables.map(({ name, entries }) => [
    name,
    Object.fromEntries(entries.map(({ key, value }) => [key, value])),
  ]);
}

describe('what it reads', () => {
  it('tables, texts, numbers, truth and comments', () => {
    const text = `\ufeff# first
[[rule]] # heading
name = "fire\\"fox\\u00e9\\t"   # "comment"
command = '^/usr/bin/\\d+ #1'
adj=-1_000
 allow_many\t=\ttrue\r

[[ rule ]]
adj = +5
`;
    expect(plainTables(text)).toEqual([
      ['rule', { name: 'fire"foxé\t', command: '^/usr/bin/\\d+ #1', adj: -1000, allow_many: true }],
      ['rule', { adj: 5 }],
    ]);
  });

  it('-0 is 0', () => {
    expect(plainTables('[[r]]\na = -0')).toEqual([['r', { a: 0 }]]);
  });

  it('knows where values stand', () => {
    const [table] = parseToml('\n[[rule]]\n  name = "é"  # x').tables;
    expect(table).toMatchObject({ line: 2, column: 1 });
    expect(table?.entries[0]).toMatchObject({
      line: 3,
      column: 3,
      valueAt: { line: 3, column: 10 },
      valueStart: 9,
      valueEnd: 12,
    });
  });

  it('any text comes back as it was written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 30, size: 'max' }),
        fc.string({ unit: 'binary-ascii', maxLength: 30, size: 'max' }),
        (a, b) => {
          expect(plainTables(`[[rule]]\na = ${tomlString(a)}\nb = ${tomlString(b)} # end`)).toEqual([
            ['rule', { a, b }],
          ]);
        },
      ),
    );
  });
});

describe('what it refuses', () => {
  it.each([
    ['a = 1', 1, 1, 'before the first'],
    ['[[r]]\na = 1\na = 2', 3, 1, 'twice'],
    ['[[r]]\n  a 1', 2, 5, 'must be followed by "="'],
    ['[[r]]\na =', 2, 4, 'missing'],
    ['[[r]]\na = # 5', 2, 5, 'missing'],
    ['[[r]]\na = "x', 2, 5, 'not closed'],
    ['[[r]]\na = \'x"', 2, 5, 'not closed'],
    ['[[r]]\na = """x"""', 2, 5, 'one line'],
    ['[[r]]\na = "é\\q"', 2, 7, 'no known escape'],
    ['[[r]]\na = "\\ud800"', 2, 6, 'no known escape'],
    ['[[r]]\na = "\\U00110000"', 2, 6, 'no known escape'],
    ['[[r]]\na = 012', 2, 5, 'A value is'],
    ['[[r]]\na = 1__0', 2, 5, 'A value is'],
    ['[[r]]\na = 1.5', 2, 5, 'A value is'],
    ['[[r]]\na = [1]', 2, 5, 'A value is'],
    ['[[r]]\na = 1 2', 2, 7, 'Only a # comment'],
    ['[[r]] x', 1, 7, 'Only a # comment'],
    ['[r]', 1, 1, 'headings like'],
    ['[[r.s]]', 1, 1, 'headings like'],
    ['[[r]]\n"a" = 1', 2, 1, 'A line is'],
    ['[[r]]\na = "\u0007"', 2, 6, 'Control characters'],
    ['# \u0000', 1, 3, 'Control characters'],
  ])('%j at line %d, column %d', (text, line, column, message) => {
    const { problems } = parseToml(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ line, column });
    expect(problems.map(({ fault }) => ruleFault(fault)).join()).toContain(message);
  });

  it('tells every broken line', () => {
    expect(parseToml('x\ny\n[[r]]\nz').problems.map(({ line }) => line)).toEqual([1, 2, 4]);
  });

  it('never throws, and every problem is inside of the text', { timeout: 60_000 }, () => {
    const piece = fc.constantFrom(
      '[[rule]]',
      'name',
      '=',
      '"',
      "'",
      '\\',
      '#',
      '\n',
      '1',
      'true',
      '-',
      ' ',
      'é😀',
      '\r',
      '[',
      ']',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40, size: 'max' }), (pieces) => {
        const text = pieces.join('');
        const lines = text.split('\n');
        for (const { line, column } of parseToml(text).problems) {
          expect(column).toBeLessThanOrEqual(Array.from(lines[line - 1] ?? '').length + 1);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
