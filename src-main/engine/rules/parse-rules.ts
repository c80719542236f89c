import { OOM_SCORE_ADJ_MAX, OOM_SCORE_ADJ_MIN } from '#shared/kernel/badness/badness.ts';
import { parseUnit } from '#shared/format/unit-name.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { SHORTEST_CONTAINER_ID, type Rule, type RuleConditions } from './rule.ts';
import { parseToml, type Entry, type Position, type Problem, type Table } from './toml.ts';

/** Rules, or everything that is wrong with them. */
export type ParsedRules =
  | { readonly ok: true; readonly rules: readonly Rule[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** More than anybody writes by hand. */
const MOST_RULES = 500;
const MOST_PROBLEMS = 20;
/** TASK_COMM_LEN of include/linux/sched.h, without the final NUL. */
const LONGEST_NAME_BYTES = 15;
const KEYS = ['name', 'command', 'user', 'unit', 'container', 'adj', 'allow_many'] as const;
type Key = (typeof KEYS)[number];
const CONDITIONS: readonly string[] = ['name', 'command', 'user', 'unit', 'container'] satisfies Key[];

/** Reads a rules file. Every problem has its line and column. */
export function parseRules(text: string): ParsedRules {
  const { tables, problems } = parseToml(text);
  const found: Problem[] = [...problems];
  const complain = (at: Position, message: string) => {
    found.push({ line: at.line, column: at.column, message });
  };
  if (tables.length > MOST_RULES) complain(tables[MOST_RULES] ?? START, `More than ${MOST_RULES} rules.`);
  const rules = tables.slice(0, MOST_RULES).flatMap((table, index) => {
    if (table.name !== 'rule') {
      complain(table, `[[${table.name}]] is not known here; only [[rule]] is.`);
      return [];
    }
    return ruleOf(table, index + 1, complain, problems.length === 0) ?? [];
  });
  if (found.length === 0) return { ok: true, rules };
  found.sort((a, b) => a.line - b.line || a.column - b.column);
  return { ok: false, problems: found.slice(0, MOST_PROBLEMS) };
}

const START: Position = { line: 1, column: 1 };
type Complain = (at: Position, message: string) => void;

/** `complete`: every line was read, so that what is not there is missing. */
function ruleOf(table: Table, number: number, complain: Complain, complete: boolean): Rule | undefined {
  let conditions: RuleConditions = {};
  let oomScoreAdj: number | undefined;
  let allowMany = false;
  for (const entry of table.entries) {
    switch (entry.key) {
      case 'adj':
        oomScoreAdj = adjOf(entry, complain);
        break;
      case 'allow_many':
        if (typeof entry.value === 'boolean') allowMany = entry.value;
        else complain(entry.valueAt, 'allow_many is true or false.');
        break;
      case 'command': {
        const command = patternOf(entry, complain);
        if (command !== undefined) conditions = { ...conditions, command };
        break;
      }
      case 'unit': {
        const text = textOf(entry, complain);
        if (text !== undefined) conditions = { ...conditions, unit: parseUnit(text) };
        break;
      }
      case 'name':
      case 'user':
      case 'container': {
        const text = textOf(entry, complain);
        if (text !== undefined) conditions = { ...conditions, [entry.key]: text };
        break;
      }
      default:
        complain(entry, `"${entry.key}" is not known; there are ${KEYS.join(', ')}.`);
    }
  }
  if (complete && !table.entries.some(({ key }) => key === 'adj')) complain(table, 'This rule has no adj.');
  if (complete && !table.entries.some(({ key }) => CONDITIONS.includes(key))) {
    complain(table, `This rule says for none: it needs one of ${CONDITIONS.join(', ')}.`);
  }
  if (oomScoreAdj === undefined) return undefined;
  return {
    number,
    at: { line: table.line, column: table.column },
    ...conditions,
    oomScoreAdj,
    allowMany,
    table,
  };
}

function adjOf({ value, valueAt }: Entry, complain: Complain): number | undefined {
  if (typeof value === 'number' && value >= OOM_SCORE_ADJ_MIN && value <= OOM_SCORE_ADJ_MAX) return value;
  complain(valueAt, `adj is a whole number from ${OOM_SCORE_ADJ_MIN} to ${OOM_SCORE_ADJ_MAX}.`);
  return undefined;
}

function textOf({ key, value, valueAt }: Entry, complain: Complain): string | undefined {
  if (typeof value !== 'string' || value === '') {
    complain(valueAt, `${key} is a "text" that is not empty.`);
    return undefined;
  }
  if (key === 'name' && new TextEncoder().encode(value).length > LONGEST_NAME_BYTES) {
    complain(
      valueAt,
      `The kernel cuts names to ${LONGEST_NAME_BYTES} bytes, so this matches nothing. Shorten it, or use command.`,
    );
  }
  const id = value.slice(value.indexOf(':') + 1);
  // Names (`lxc:web`) are compared whole; only ids may be cut.
  if (key === 'container' && id.length < SHORTEST_CONTAINER_ID && (value === id || /^[0-9a-f]*$/.test(id))) {
    complain(valueAt, `container is at least the first ${SHORTEST_CONTAINER_ID} characters of the id.`);
  }
  return value;
}

function patternOf(entry: Entry, complain: Complain): Pattern | undefined {
  const text = textOf(entry, complain);
  if (text === undefined) return undefined;
  const pattern = compilePattern(text);
  if ('source' in pattern) return pattern;
  const { line, column } = entry.valueAt;
  // Inside of the quotes; where escapes stand before it, it is a little farther.
  complain({ line, column: column + 1 + Array.from(text.slice(0, pattern.at)).length }, pattern.message);
  return undefined;
}
