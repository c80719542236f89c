import { type NewRule } from '#shared/model/rule.ts';
import { describeRule, type Rule } from './rule.ts';

const KEYS = ['name', 'command', 'user', 'unit', 'container'] as const;
const ENTRY = /^(\w+) = ("(?:[^"\\]|\\.)*"|true|false)(?:, |$)/;

/** A rule as the journal names it: its conditions, from which it can be written again. */
export function ruleSubject(rule: Pick<Rule, 'table' | 'allowMany'>): string {
  return `${describeRule(rule)}${rule.allowMany ? ', allow_many = true' : ''}`;
}

/** The rule that a subject names, with a value; undefined for what is no such subject: the journal is a file. */
export function ruleOfSubject(subject: string, oomScoreAdj: number): NewRule | undefined {
  const conditions: Partial<Record<(typeof KEYS)[number], string>> = {};
  let rest = subject;
  let allowMany = false;
  while (rest !== '') {
    const entry = ENTRY.exec(rest);
    if (entry === null) return undefined;
    const [whole, key = '', text = ''] = entry;
    rest = rest.slice(whole.length);
    const known = KEYS.find((each) => each === key);
    if (key === 'allow_many') allowMany = text === 'true';
    else if (known === undefined || !text.startsWith('"')) return undefined;
    else conditions[known] = unquoted(text);
  }
  return { ...conditions, oomScoreAdj, ...(allowMany ? { allowMany } : {}) };
}

function unquoted(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}
