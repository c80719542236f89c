import { fail, ok, type Result } from '#shared/result.ts';
import { type NewRule, type RulePlace } from '#shared/model/rule.ts';
import { writeWhole } from '../../store/whole-file.ts';
import { parseRules } from './parse-rules.ts';
import { describeRule, type Rule } from './rule.ts';
import { putBack, takenOut } from './rule-place.ts';
import { readRules, type RulesText } from './rules-file.ts';
import { tomlString } from './toml.ts';

/** What a change of the file came to. */
export interface EditedRules {
  readonly path: string;
  readonly rule: Rule;
  /** True where a rule for the same was there, and got the new value. */
  readonly replaced: boolean;
  /** Of a rule that was taken out: where it stood. */
  readonly place?: RulePlace;
}

const HEADER = `# Lifeboat sets these values while it runs, once for each process that a rule means. The first rule that means a process counts.
# In a rule, all that is given has to hold: name (as "ps -o comm" shows it), command (a regular expression), user, unit, container.
# unit is one of the system ("cron.service"), of any user's manager ("user:dbus.service") or of one user's ("user:1000:dbus.service").
# adj goes from -1000 (never killed) to 1000 (killed first). Changes count at once; "lifeboat rules check" says what is wrong.
`;

/** A text with a rule added, or with its new value. */
export interface WithRule {
  readonly text: string;
  readonly number: number;
  /** The value of the rule with the same conditions that was there. */
  readonly before?: number;
}

/** The file as it would be with a rule. Fails where adding it would, and writes nothing. */
export function planRule(path: string, wanted: NewRule, place?: RulePlace): Result<WithRule> {
  const read = readRules(path);
  return read.ok ? withRule(read.value, wanted, place) : read;
}

/** The text of a rules file as it would be with a rule: at the end, or back in its place. Fails where the rule is broken. */
export function withRule({ text, rules }: RulesText, wanted: NewRule, place?: RulePlace): Result<WithRule> {
  const block = ruleBlock(wanted);
  const parsed = parseRules(block);
  const [rule] = parsed.ok ? parsed.rules : [];
  if (!parsed.ok || rule === undefined) {
    return fail('rule-broken', { fault: parsed.ok ? { kind: 'no-rule' } : parsed.problems[0].fault });
  }
  const same = rules.find((each) => describeRule(each) === describeRule(rule));
  if (same === undefined) {
    const back = place === undefined ? undefined : putBack(text, rules, rule, place);
    return ok(back ?? { text: appended(text, block), number: rules.length + 1 });
  }
  const given = wanted.allowMany === true && !same.allowMany;
  const many = same.allowMany && place?.manyWas !== undefined ? place.manyWas : given;
  return ok({
    text: withAdj(text, same, wanted.oomScoreAdj, many),
    number: same.number,
    before: same.oomScoreAdj,
  });
}

/** The lines of a rule as they stand in the file. */
export function linesOf(text: string, { table }: Rule): string {
  const own = new Set([table.line, ...table.entries.map(({ line }) => line)]);
  return text
    .split('\n')
    .filter((_, index) => own.has(index + 1))
    .join('\n');
}

/**
 * Adds a rule, at the end or back in its place, or gives the rule with the same conditions the new value. All else in the file, comments too,
 * stays as it is.
 */
export function addRule(path: string, wanted: NewRule, place?: RulePlace): Result<EditedRules> {
  const planned = planRule(path, wanted, place);
  if (!planned.ok) return planned;
  const { text, number, before } = planned.value;
  const written = writeChecked(path, text, (after) => after[number - 1]?.oomScoreAdj === wanted.oomScoreAdj);
  if (!written.ok) return written;
  const edited = written.value[number - 1];
  return edited === undefined
    ? fail('not-found', { what: 'rule', number, count: written.value.length })
    : ok({ path, rule: edited, replaced: before !== undefined });
}

/** Takes a rule out by its number, from 1. Comments stay. */
export function removeRule(path: string, number: number): Result<EditedRules> {
  const read = readRules(path);
  if (!read.ok) return read;
  const { text, rules } = read.value;
  const rule = rules[number - 1];
  if (rule === undefined) {
    return fail('not-found', { what: 'rule', number, count: rules.length });
  }
  const expected = rules.filter((each) => each !== rule).map(describeRule);
  const left = takenOut(text, rules, rule);
  const written = writeChecked(
    path,
    left.text,
    (after) => after.map(describeRule).join('\n') === expected.join('\n'),
  );
  return written.ok ? ok({ path, rule, replaced: false, place: left.place }) : written;
}

/** Writes a text that still has to be rules, those that are meant. */
function writeChecked(
  path: string,
  text: string,
  isMeant: (rules: readonly Rule[]) => boolean,
): Result<readonly Rule[]> {
  const parsed = parseRules(text);
  if (!parsed.ok || !isMeant(parsed.rules)) {
    return fail('rules-broken', { what: 'not-editable', path });
  }
  const written = writeWhole(path, text);
  return written.ok ? ok(parsed.rules) : written;
}

/** The rule as it is written. */
export function ruleBlock(rule: NewRule): string {
  const conditions = (['name', 'command', 'user', 'unit', 'container'] as const).flatMap((key) => {
    const value = rule[key];
    return value === undefined ? [] : [`${key} = ${tomlString(value)}`];
  });
  const many = rule.allowMany === true ? ['allow_many = true'] : [];
  return ['[[rule]]', ...conditions, `adj = ${rule.oomScoreAdj}`, ...many, ''].join('\n');
}

function appended(text: string, block: string): string {
  if (text === '') return `${HEADER}\n${block}`;
  return `${text}${text.endsWith('\n') ? '' : '\n'}\n${block}`;
}

/** A rule with another value. `many`: whether it gets the permission to match many, or what stood there before that. */
function withAdj(
  text: string,
  rule: Rule,
  oomScoreAdj: number,
  many: boolean | NonNullable<RulePlace['manyWas']>,
): string {
  const entryOf = (name: string) => rule.table.entries.find(({ key }) => key === name);
  const [adj, permission] = [entryOf('adj'), entryOf('allow_many')];
  if (adj === undefined) return text;
  const bom = text.startsWith('\ufeff') ? 1 : 0;
  const lines = text.slice(bom).split('\n');
  const put = ({ line, valueStart, valueEnd }: typeof adj, value: string) => {
    const own = lines[line - 1] ?? '';
    lines[line - 1] = own.slice(0, valueStart) + value + own.slice(valueEnd);
  };
  put(adj, oomScoreAdj.toString());
  const isAlone = permission !== undefined && lines[permission.line - 1]?.trim() === 'allow_many = true';
  if (many === 'absent' && isAlone) lines.splice(permission.line - 1, 1);
  else if (many === 'absent' || many === 'false') {
    // Edited since: what else stands in its line stays.
    if (permission !== undefined) put(permission, 'false');
  } else if (many && permission !== undefined) put(permission, 'true');
  else if (many)
    lines.splice(adj.line, 0, `allow_many = true${lines[adj.line - 1]?.endsWith('\r') ? '\r' : ''}`);
  return text.slice(0, bom) + lines.join('\n');
}
