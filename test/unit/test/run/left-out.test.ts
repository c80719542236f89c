import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** `describe.skipIf(CONDITION)('TITLE'` or with `it`, over several lines too. Units have none. */
const CONDITIONAL = /\b(?:describe|it)(?:\.concurrent)?\.(?:skipIf|runIf)\(/g;

/** What follows the condition's closing parenthesis: the title. */
function titleAfter(text: string, from: number): string {
  let depth = 1;
  let at = from;
  for (; depth > 0 && at < text.length; at += 1) depth += text[at] === '(' ? 1 : text[at] === ')' ? -1 : 0;
  return /^\(\s*(['"`])(.*?)\1/s.exec(text.slice(at))?.[2] ?? '';
}

describe('a test that this machine may not be able to run', () => {
  it('says in its title what it needs, so that the run can say why it was left out', () => {
    const without = globSync('test/{cli,e2e,electron,helper,package,system}/**/*.test.ts').flatMap((path) => {
      const text = readFileSync(path, 'utf8');
      return [...text.matchAll(CONDITIONAL)].flatMap(({ 0: found, index }) => {
        const title = titleAfter(text, index + found.length);
        return /\([^()]+\)/.test(title) ? [] : [`${path}: ${title}`];
      });
    });
    expect(without).toEqual([]);
  });
});
