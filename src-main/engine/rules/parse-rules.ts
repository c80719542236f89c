import { type RuleFault } from '#shared/failure/rule-faults.ts';
import { OOM_SCORE_ADJ_MAX, OOM_SCORE_ADJ_MIN } from '#shared/kernel/badness/badness.ts';
import { parseUnit } from '#shared/format/unit-name.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { SHORTEST_CONTAINER_ID, type Rule, type RuleConditions } from './rule.ts';
import { parseToml, type Entry, type Position, type Problem, type Table } from './toml.ts';

/** Rules, or everything that is wrong with them. */
export type ParsedRules =
  | { readonly ok: true; readonly rules: readonly Rule[] }
  | { readonly ok: false; readonly problems: readonly [Problem, ...Problem[]] };

/** More than a person writes by hand. */
const MOST_RULES = 500;
const MOST_PROBLEMS = 20;
/** TASK_COMM_LEN of include/linux/sched.h, without the final NUL. */
const LONGEST_NAME_BYTES = 15;
const CONDITIONS: readonly string[] = ['name', 'command', 'user', 'unit', 'container'];

/** Reads a rules file. Every problem has its line and column. */
export function parseRules(text: string): ParsedRules {
  const { tables, problems } = parseToml(text);
  const found: Problem[] = [...problems];
  const complain: Complain = ({ line, column }, kind, about = {}) => {
    found.push({ line, column, fault: { kind, ...about } });
  };
  if (tables.length > MOST_RULES) {
    complain(tables[MOST_RULES] ?? START, 'too-many-rules', { count: MOST_RULES });
  }
  const rules = tables.slice(0, MOST_RULES).flatMap((table, index) => {
    if (table.name !== 'rule') {
      complain(table, 'unknown-table', { of: table.name });
      return [];
    }
    return ruleOf(table, index + 1, complain, problems.length === 0) ?? [];
  });
  const [first, ...others] = found.toSorted((a, b) => a.line - b.line || a.column - b.column);
  if (first === undefined) return { ok: true, rules };
  return { ok: false, problems: [first, ...others.slice(0, MOST_PROBLEMS - 1)] };
}

const START: Position = { line: 1, column: 1 };
type Complain = (at: Position, kind: RuleFault['kind'], about?: Omit<RuleFault, 'kind'>) => void;

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
        else complain(entry.valueAt, 'boolean', { of: entry.key });
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
        complain(entry, 'unknown-key', { of: entry.key });
    }
  }
  if (complete && !table.entries.some(({ key }) => key === 'adj')) complain(table, 'no-adj');
  if (complete && !table.entries.some(({ key }) => CONDITIONS.includes(key))) {
    complain(table, 'no-condition');
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

function adjOf({ key, value, valueAt }: Entry, complain: Complain): number | undefined {
  if (typeof value === 'number' && value >= OOM_SCORE_ADJ_MIN && value <= OOM_SCORE_ADJ_MAX) return value;
  complain(valueAt, 'number', { of: key });
  return undefined;
}

function textOf({ key, value, valueAt }: Entry, complain: Complain): string | undefined {
  if (typeof value !== 'string' || value === '') {
    complain(valueAt, 'text', { of: key });
    return undefined;
  }
  if (key === 'name' && new TextEncoder().encode(value).length > LONGEST_NAME_BYTES) {
    complain(valueAt, 'name-too-long', { count: LONGEST_NAME_BYTES });
  }
  const id = value.slice(value.indexOf(':') + 1);
  // Names (`lxc:web`) are compared whole; only ids may be cut.
  if (key === 'container' && id.length < SHORTEST_CONTAINER_ID && (value === id || /^[0-9a-f]*$/.test(id))) {
    complain(valueAt, 'container-too-short', { count: SHORTEST_CONTAINER_ID });
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
  const { kind, ...about } = pattern.fault;
  complain({ line, column: column + 1 + Array.from(text.slice(0, pattern.at)).length }, kind, about);
  return undefined;
}
