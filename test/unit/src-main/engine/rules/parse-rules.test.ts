import { describe, expect, it } from 'vitest';
import { parseRules } from '../../../../../src-main/engine/rules/parse-rules.ts';
import {
  describeRule,
  ruleFor,
  ruleMatches,
  tooWide,
  type Rule,
  type RuledProcess,
} from '../../../../../src-main/engine/rules/rule.ts';
import { ruleFault } from '#shared/words/en/rules/rules.ts';

function rulesOf(text: string): readonly Rule[] {
  const parsed = parseRules(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.rules;
}

function oneRule(conditions: string): Rule {
  const [rule] = rulesOf(`[[rule]]\n${conditions}\nadj = 5\n`);
  if (rule === undefined) throw new Error('no rule');
  return rule;
}

const ID = '4f6e'.repeat(16);
const PROCESS: RuledProcess = {
  pid: 20,
  startTicks: 5,
  name: 'postgres',
  command: '/usr/lib/postgresql/bin/postgres -D /data',
  user: 'postgres',
  unit: { manager: 'system', name: 'postgresql.service' },
  container: `docker:${ID}`,
  kernelThread: false,
};

describe('what a rule means', () => {
  it.each([
    ['name = "postgres"', true],
    ['name = "postgre"', false],
    ['user = "postgres"', true],
    ['user = "root"', false],
    ['unit = "postgresql.service"', true],
    ['unit = "postgresql"', false],
    ['unit = "system:postgresql.service"', true],
    ['unit = "user:postgresql.service"', false],
    ['unit = "user:1000:postgresql.service"', false],
    [`container = "docker:${ID}"`, true],
    [`container = "${ID}"`, true],
    [`container = "${ID.slice(0, 12)}"`, true],
    [`container = "podman:${ID}"`, false],
    ["command = '^/usr/lib/.* -D /data$'", true],
    ["command = 'mysqld'", false],
    ['name = "postgres"\nuser = "root"', false],
    ['name = "postgres"\nuser = "postgres"', true],
  ])('%s: %s', (conditions, matches) => {
    expect(ruleMatches(oneRule(conditions), PROCESS)).toBe(matches);
  });

  it('a process without unit and container is not meant by either', () => {
    const { pid, startTicks, name, command, user, kernelThread } = PROCESS;
    const bare = { pid, startTicks, name, command, user, kernelThread };
    expect(ruleMatches(oneRule('unit = "postgresql.service"'), bare)).toBe(false);
    expect(ruleMatches(oneRule(`container = "${ID}"`), bare)).toBe(false);
  });

  it('never a thread of the kernel', () => {
    expect(ruleMatches(oneRule("command = '.*'"), { ...PROCESS, kernelThread: true })).toBe(false);
  });

  it('the first that means a process counts', () => {
    const rules = rulesOf(
      '[[rule]]\nname="x"\nadj=1\n[[rule]]\nuser="postgres"\nadj=2\n[[rule]]\nname="postgres"\nadj=3\n',
    );
    expect(ruleFor(rules, PROCESS)?.number).toBe(2);
    expect(ruleFor(rules, { ...PROCESS, name: 'y', user: 'z' })).toBeUndefined();
  });

  it('is reported in one line', () => {
    expect(describeRule(oneRule('name = "a\\"b"\nuser = "root"\nallow_many = true'))).toBe(
      'name = "a\\"b", user = "root"',
    );
  });
});

describe('rules that mean too much', () => {
  const many = (count: number, first = 2) =>
    Array.from({ length: count }, (_, index) => ({ ...PROCESS, pid: first + index }));

  it('more than 20 processes, unless the file says so', () => {
    expect(tooWide(oneRule('name = "postgres"'), many(20))).toBeUndefined();
    expect(tooWide(oneRule('name = "postgres"'), many(21))).toEqual({ why: 'many', count: 21 });
    expect(tooWide(oneRule('name = "postgres"\nallow_many = true'), many(21))).toBeUndefined();
  });

  it('init', () => {
    expect(tooWide(oneRule('name = "postgres"'), many(2, 1))).toEqual({ why: 'init' });
  });
});

describe('what is wrong in a file', () => {
  it.each([
    ['[[rule]]\nname = "a"', 1, 1, 'no adj'],
    ['[[rule]]\nadj = 5', 1, 1, 'matches nothing'],
    ['[[rule]]\nname = "a"\nadj = 1001', 3, 7, '-1000 to 1000'],
    ['[[rule]]\nname = "a"\nadj = "5"', 3, 7, '-1000 to 1000'],
    ['[[rule]]\nname = 5\nadj = 1', 2, 8, 'not empty'],
    ['[[rule]]\nname = ""\nadj = 1', 2, 8, 'not empty'],
    ['[[rule]]\nname = "abcdefghijklmnop"\nadj = 1', 2, 8, '15 bytes'],
    ['[[rule]]\nname = "éééééééé"\nadj = 1', 2, 8, '15 bytes'],
    ['[[rule]]\ncontainer = "docker:4f6e"\nadj = 1', 2, 13, '12 characters'],
    ["[[rule]]\ncommand = 'é(a'\nadj = 1", 2, 13, 'not closed'],
    ['[[rule]]\nname = "a"\nadj = 1\nallow_many = 1', 4, 14, 'true or false'],
    ['[[rule]]\nnmae = "a"\nname = "a"\nadj = 1', 2, 1, '"nmae" is not a known key'],
    ['[[rules]]\nname = "a"', 1, 1, '[[rules]] is not known'],
    ['[[rule]]\nname = "a\nadj = 1', 2, 8, 'not closed'],
  ])('%j at line %d, column %d', (text, line, column, message) => {
    const parsed = parseRules(text);
    if (parsed.ok) throw new Error('accepted');
    const problem = parsed.problems.find((each) => ruleFault(each.fault).includes(message));
    expect(problem).toMatchObject({ line, column });
  });

  it('is reported from the top, up to a limit', () => {
    const parsed = parseRules('[[rule]]\nx = 1\n'.repeat(100));
    if (parsed.ok) throw new Error('accepted');
    expect(parsed.problems).toHaveLength(20);
    expect(parsed.problems.map(({ line }) => line)).toEqual(
      [...parsed.problems.map(({ line }) => line)].sort((a, b) => a - b),
    );
  });

  it('too many rules are refused', () => {
    expect(parseRules('[[rule]]\nname = "a"\nadj = 1\n'.repeat(501)).ok).toBe(false);
    expect(rulesOf('[[rule]]\nname = "a"\nadj = 1\n'.repeat(500))).toHaveLength(500);
  });

  it('nothing where nothing is said', () => {
    expect(rulesOf('')).toEqual([]);
    expect(rulesOf('# only a comment\n\n')).toEqual([]);
  });
});
