import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRules } from '../../../../../src-main/engine/rules/parse-rules.ts';
import { type Rule } from '../../../../../src-main/engine/rules/rule.ts';
import { putBack, takenOut } from '../../../../../src-main/engine/rules/rule-place.ts';

const rulesOf = (text: string): readonly Rule[] => {
  const parsed = parseRules(text);
  return parsed.ok ? parsed.rules : expect.unreachable(text);
};
const namesOf = (text: string) => rulesOf(text).map(({ name }) => name);

/** A rule as people write it: quotes of either kind, comments, blank lines. */
const rule = (name: string) =>
  fc
    .record({
      before: fc.constantFrom('', '\n', `# About ${name}.\n`, `\n# About ${name}.\n\n`),
      inside: fc.constantFrom('', '# inside\n', '\n'),
      quote: fc.constantFrom('"', "'"),
      many: fc.boolean(),
      adj: fc.integer({ min: -1000, max: 1000 }),
      comment: fc.constantFrom('', ' # why', '\r'),
    })
    .map(
      ({ before, inside, quote, many, adj, comment }) =>
        `${before}[[rule]]${comment}\nname = ${quote}${name}${quote}\n${inside}adj = ${adj}${comment}\n${many ? 'allow_many = true\n' : ''}`,
    );
const files = fc
  .record({
    bom: fc.constantFrom('', '\ufeff'),
    rules: fc
      .integer({ min: 1, max: 5 })
      .chain((count) => fc.tuple(...['a', 'b', 'c', 'd', 'e'].slice(0, count).map(rule))),
    end: fc.constantFrom('', '\n', '# The end.\n', '# No newline'),
  })
  .map(({ bom, rules, end }) => `${bom}${rules.join('')}${end}`);

describe('a rule that was taken out', () => {
  it('goes back to the very place where it stood, to the letter, while nothing else was edited', () => {
    fc.assert(
      fc.property(files, fc.nat(4), (text, pick) => {
        const rules = rulesOf(text);
        const out = rules[pick % rules.length] ?? expect.unreachable();
        const left = takenOut(text, rules, out);
        expect(namesOf(left.text)).toEqual(rules.filter((each) => each !== out).map(({ name }) => name));
        expect(putBack(left.text, rulesOf(left.text), out, left.place)).toEqual({
          text,
          number: out.number,
        });
      }),
      { numRuns: 300 },
    );
  });

  const three =
    '# A.\n[[rule]]\nname = "a"\nadj = 1\n\n# B.\n[[rule]]\nname = "b"\nadj = 2\n\n# C.\n[[rule]]\nname = "c"\nadj = 3\n';
  const all = rulesOf(three);
  const [, b = expect.unreachable()] = all;
  const { text: left, place } = takenOut(three, all, b);

  it.for([
    ['a line was added at the top', `# New.\n${left}`, ['a', 'b', 'c']],
    ['a rule was added at the end', `${left}\n[[rule]]\nname = "z"\nadj = 4\n`, ['a', 'b', 'c', 'z']],
    ['a rule was added at the top', `[[rule]]\nname = "z"\nadj = 4\n${left}`, ['z', 'a', 'b', 'c']],
    ['the rule before it is gone', left.replace(/\[\[rule\]\]\nname = "a"\nadj = 1\n/, ''), ['b', 'c']],
    ['the rule behind it is gone', left.replace(/\[\[rule\]\]\nname = "c"\nadj = 3\n/, ''), ['a', 'b']],
    ['the rule before it has another value', left.replace('adj = 1', 'adj = 100'), ['a', 'b', 'c']],
  ] as const)('goes back between the rules that it stood between: %s', ([, text, names]) => {
    const back = putBack(text, rulesOf(text), b, place) ?? expect.unreachable();
    expect(namesOf(back.text)).toEqual(names);
    expect(rulesOf(back.text)[back.number - 1]?.name).toBe('b');
    // Nothing of the rest is lost, and no comment gets between another rule and its own.
    expect(back.text.split('\n').filter((line) => line.startsWith('#'))).toEqual(
      text.split('\n').filter((line) => line.startsWith('#')),
    );
  });

  it('has no place where neither neighbour is there any more, or where the journal names another rule', () => {
    expect(
      putBack('[[rule]]\nname = "z"\nadj = 1\n', rulesOf('[[rule]]\nname = "z"\nadj = 1\n'), b, place),
    ).toBe(undefined);
    const forged = {
      ...place,
      lines: [{ line: 6, text: '[[rule]]\nname = "b"\nadj = 2\n[[rule]]\nuser = "root"\nadj = -1000' }],
    };
    expect(putBack(left, rulesOf(left), b, forged)).toBe(undefined);
    const other = {
      ...place,
      lines: place.lines.map((each) => ({ ...each, text: each.text.replace('2', '-900') })),
    };
    expect(putBack(left, rulesOf(left), b, other)).toBe(undefined);
  });
});
