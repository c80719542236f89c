import { type RulePlace } from '#shared/model/rule.ts';
import { compact } from '#shared/optional.ts';
import { parseRules } from './parse-rules.ts';
import { describeRule, type Rule } from './rule.ts';

/** Line numbers, from 1, of a rule's heading and its keys; comments between them are not its own. */
function ownLines({ table }: Rule): readonly number[] {
  return [table.line, ...table.entries.map(({ line }) => line)];
}

/** The text without one of its rules, and where that stood. Comments stay. */
export function takenOut(
  text: string,
  rules: readonly Rule[],
  rule: Rule,
): { readonly text: string; readonly place: RulePlace } {
  const lines = text.split('\n');
  const isBlank = (line: number) => lines[line - 1]?.trim() === '';
  const own = ownLines(rule);
  const above = rule.table.line - 1;
  // The first line behind the heading that stays.
  const below = lines.findIndex((_, index) => index >= rule.table.line && !own.includes(index + 1)) + 1;
  // Where a rule stood between two empty lines, one is enough.
  const blank = above >= 1 && isBlank(above) && (below === 0 || isBlank(below)) ? [above] : [];
  const gone = new Set([...blank, ...own]);
  const left = lines.filter((_, index) => !gone.has(index + 1));
  const at = rules.indexOf(rule);
  const nameOf = (each: Rule | undefined) => (each === undefined ? undefined : describeRule(each));
  return {
    text: left.join('\n'),
    place: compact({
      lines: [...gone].toSorted((a, b) => a - b).map((line) => ({ line, text: lines[line - 1] ?? '' })),
      lineCount: left.length,
      after: nameOf(rules[at - 1]),
      before: nameOf(rules[at + 1]),
    }),
  };
}

/** Of a rule that stays where it is, and is given the permission to match many: what stood there of it before. */
export function permissionPlace({ table }: Rule): RulePlace {
  const manyWas = table.entries.some(({ key }) => key === 'allow_many') ? 'false' : 'absent';
  return { lines: [], lineCount: 0, manyWas };
}

/** A text with a rule back in its place, and the number that it has there. */
interface PutBack {
  readonly text: string;
  readonly number: number;
}

/**
 * Puts a rule back where it stood: to the line where the file has not been edited since, else beside the rule that it stood beside. Undefined
 * where none of these is there any more, or where what would be written is not that rule with that value: the place comes from the journal,
 * a file.
 */
export function putBack(
  text: string,
  rules: readonly Rule[],
  wanted: Pick<Rule, 'table' | 'oomScoreAdj'>,
  place: RulePlace,
): PutBack | undefined {
  const lines = text.split('\n');
  const candidates = [
    ...(lines.length === place.lineCount ? [atOldLines(lines, place)] : []),
    ...besideNeighbour(lines, rules, place),
  ];
  for (const candidate of candidates) {
    const after = candidate.join('\n');
    const number = insertedAt(rules, after, wanted);
    if (number !== undefined && isBetween(rules, number, place)) return { text: after, number };
  }
  return undefined;
}

function atOldLines(lines: readonly string[], place: RulePlace): readonly string[] {
  const all = [...lines];
  for (const { line, text } of place.lines) all.splice(line - 1, 0, text);
  return all;
}

/** The lines behind the rule before it, and before the rule behind it, whichever is there. */
function besideNeighbour(
  lines: readonly string[],
  rules: readonly Rule[],
  place: RulePlace,
): readonly (readonly string[])[] {
  const block = place.lines.map(({ text }) => text).filter((text) => text.trim() !== '');
  const previous = rules.find((rule) => describeRule(rule) === place.after);
  const next = rules.find((rule) => describeRule(rule) === place.before);
  const found: (readonly string[])[] = [];
  if (previous !== undefined) found.push(lines.toSpliced(Math.max(...ownLines(previous)), 0, '', ...block));
  if (next !== undefined) {
    let at = next.table.line - 1;
    // A comment above a rule is about that rule.
    while (at > 0 && lines[at - 1]?.trim().startsWith('#') === true) at -= 1;
    found.push(lines.toSpliced(at, 0, ...block, ''));
  }
  return found;
}

/** The number of the rule that was added; undefined where it is not the only difference. */
function insertedAt(
  before: readonly Rule[],
  text: string,
  wanted: Pick<Rule, 'table' | 'oomScoreAdj'>,
): number | undefined {
  const parsed = parseRules(text);
  if (!parsed.ok || parsed.rules.length !== before.length + 1) return undefined;
  const { rules } = parsed;
  const at = rules.findIndex((rule, index) => !isSame(rule, before[index]));
  const added = rules[at];
  if (added === undefined || !isSame(added, wanted)) return undefined;
  return rules.toSpliced(at, 1).every((rule, index) => isSame(rule, before[index])) ? at + 1 : undefined;
}

function isSame(
  a: Pick<Rule, 'table' | 'oomScoreAdj'>,
  b: Pick<Rule, 'table' | 'oomScoreAdj'> | undefined,
): boolean {
  return b !== undefined && describeRule(a) === describeRule(b) && a.oomScoreAdj === b.oomScoreAdj;
}

/** Whether the rules around it are the ones that were, as far as they are there. */
function isBetween(rules: readonly Rule[], number: number, { after, before }: RulePlace): boolean {
  const texts = rules.map(describeRule);
  const isBeside = (text: string | undefined, index: number) =>
    text === undefined || !texts.includes(text) || texts[index] === text;
  return isBeside(after, number - 2) || isBeside(before, number - 1);
}
