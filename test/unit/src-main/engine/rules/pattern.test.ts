import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, LONGEST_TEXT, type Pattern } from '../../../../../src-main/engine/rules/pattern.ts';
import { ruleFault } from '#shared/words/en/rules/rules.ts';

function compiled(source: string): Pattern {
  const pattern = compilePattern(source);
  if (!('source' in pattern)) throw new Error(`${source}: ${pattern.fault.kind}`);
  return pattern;
}

/** Patterns of everything that is allowed, over a small alphabet so that they often match. */
const atom = fc.constantFrom(
  'a',
  'b',
  '-',
  ' ',
  '.',
  '\\d',
  '\\w',
  '\\s',
  '\\D',
  '\\W',
  '\\S',
  '[ab]',
  '[^a]',
  '[a-c1]',
  '[\\d-]',
  '[]',
  '[^]',
  '\\.',
  '\\/',
  '\\b',
  '\\B',
  '^',
  '$',
  'é',
  '😀',
);
const quantifier = fc.constantFrom('', '', '*', '+', '?', '*?', '+?', '{2}', '{0,2}', '{1,}', '{0}');
const { pattern: anyPattern } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(atom, quantifier).map(([a, q]) => (/^(\\[bB]|\^|\$)$/.test(a) ? a : a + q)),
    fc.tuple(tie('pattern'), quantifier).map(([p, q]) => `(${p})${q}`),
    fc.tuple(tie('pattern'), quantifier).map(([p, q]) => `(?:${p})${q}`),
  ),
  pattern: fc.oneof(
    fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
    fc.array(tie('part'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|')),
  ),
}));

const judge = createContext({});

/** Undefined where V8 takes too long. */
function answerOfV8(source: string, subject: string): boolean | undefined {
  Object.assign(judge, { source, subject });
  try {
    return runInContext(`new RegExp(source, 'su').test(subject)`, judge, { timeout: 100 }) as boolean;
  } catch (error) {
    // The error is of the other context: no instanceof.
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}

describe('against the engine of JavaScript', () => {
  it('matches what it matches', { timeout: 60_000 }, () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', '1', '-', ' ', '.', '/', '_', 'é', '😀', '\n'), {
      maxLength: 12,
      size: 'max',
    });
    let matches = 0;
    fc.assert(
      fc.property(anyPattern, text, (source, characters) => {
        const subject = characters.join('');
        const pattern = compilePattern(source);
        // V8 finds \B inside of a surrogate pair, against ECMA-262 (AdvanceStringIndex with u).
        fc.pre(!source.includes('\\B') || !subject.includes('😀'));
        // The few that are too large are refused; they are no answer.
        fc.pre('source' in pattern);
        const expected = answerOfV8(source, subject);
        // It backtracks for minutes on some of these; ours has answered them.
        const answer = pattern.test(subject);
        fc.pre(expected !== undefined);
        if (expected) matches += 1;
        expect({ source, subject, matches: answer }).toEqual({
          source,
          subject,
          matches: expected,
        });
      }),
      { numRuns: 3_000 },
    );
    expect(matches).toBeGreaterThan(500);
  });

  it.each([
    ['^/usr/bin/java .*elasticsearch', '/usr/bin/java -Xmx1g org.elasticsearch.Main', true],
    ['^/usr/bin/java', 'sudo /usr/bin/java', false],
    ['--type=(renderer|gpu-process)( |$)', '/opt/x/chrome --type=renderer --lang=en', true],
    ['node .*\\bserver\\.js$', 'node --inspect server.js', true],
    ['node .*\\bserver\\.js$', 'node --inspect myserver.js', false],
    ['', 'anything', true],
  ])('%s on %s: %s', (source, text, matches) => {
    expect(compiled(source).test(text)).toBe(matches);
  });
});

describe('what it refuses', () => {
  it.each([
    ['(a', 0, 'not closed'],
    ['a)', 1, 'closes nothing'],
    ['[a', 0, 'not closed'],
    ['*a', 0, 'nothing to repeat'],
    ['a**', 2, 'nothing to repeat'],
    ['^*', 1, 'nothing to repeat'],
    ['a{', 1, 'must be followed'],
    ['a{2,1}', 1, 'wrong order'],
    ['a{9999}', 1, 'At most 1000'],
    ['(?=a)', 0, 'no lookahead'],
    ['(?<n>a)', 0, 'no lookahead'],
    ['(a)\\1', 3, 'References'],
    ['\\q', 0, 'not a known escape'],
    ['a\\', 1, 'stands at the end'],
    ['[z-a]', 1, 'not a range'],
    ['[\\d-z]', 1, 'not a range'],
    ['a]', 1, 'must be written'],
    [`${'('.repeat(60)}a${')'.repeat(60)}`, 51, 'nested too deeply'],
    ['a'.repeat(1_001), 1_000, 'longer than'],
    ['(a{100}){100}', 0, 'too large'],
  ])('%s at %d', (source, at, message) => {
    const refused = compilePattern(source);
    if ('source' in refused) throw new Error('accepted');
    expect(ruleFault(refused.fault)).toContain(message);
    expect(refused.at).toBe(at);
  });

  it('nothing by an exception', { timeout: 60_000 }, () => {
    const piece = fc.constantFrom(
      'a',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '?',
      '*',
      '+',
      '|',
      '\\',
      '^',
      '$',
      '-',
      ',',
      '1',
      ':',
      '😀',
      '\ud800',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 15, size: 'max' }), (pieces) => {
        expect(compilePattern(pieces.join(''))).toBeDefined();
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('patterns that hang other engines', () => {
  it.each([
    ['(a+)+$'],
    ['(a|a)*$'],
    ['(a|aa)+$'],
    ['(.*)*(.*)*(.*)*b$'],
    ['((a{0,9}){0,9})*$'],
    ['(((){1000}){1000}){1000}$'],
  ])('%s answers at once on the longest command line', (source) => {
    const text = `${'a'.repeat(LONGEST_TEXT - 1)}!`;
    const before = performance.now();
    const pattern = compiled(source);
    expect(typeof pattern.test(text)).toBe('boolean');
    expect(performance.now() - before).toBeLessThan(3_000);
  });

  it('does not look beyond the longest text', () => {
    expect(compiled('b').test(`${'a'.repeat(LONGEST_TEXT)}b`)).toBe(false);
  });
});
