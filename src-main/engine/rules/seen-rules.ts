import { compact } from '#shared/optional.ts';
import { patternText } from '#shared/format/unit-name.ts';
import { processKey, type ProcessId } from '#shared/model/process.ts';
import { type RuleEffect, type RuleMatch, type SeenRule } from '#shared/model/rule.ts';
import { named } from '../../collect/processes/named.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { describeRule, ruleFor, tooWide, type CommandOf, type Rule } from './rule.ts';
import { tooWideFailure } from './rule-runner.ts';

/** Processes, and how rules read their whole command lines. */
export interface RuledMachine {
  readonly processes: readonly ObservedProcess[];
  readonly commandOf: CommandOf;
  /** What people call them. */
  readonly namesOf?: Snapshot['namesOf'];
  /** The value that a rule gave a process of this boot last: a rule is applied once. */
  readonly applied: ReadonlyMap<string, number>;
  /** Whether a change can be written without asking for root. */
  readonly canWrite: (process: ObservedProcess, after: number) => boolean;
}

/** Rules with what each of them matches now: the first that matches a process counts. */
export function seenRules(
  rules: readonly Rule[],
  machine: Pick<RuledMachine, 'processes' | 'commandOf' | 'namesOf'>,
): readonly SeenRule[] {
  const { processes, commandOf, namesOf } = machine;
  const counts = new Map(processes.map((process) => [process, ruleFor(rules, process, commandOf)]));
  return rules.map((rule): SeenRule => {
    const matches = processes.filter((process) => counts.get(process) === rule);
    const wide = tooWide(rule, matches, commandOf);
    const { number, at, name, command, user, unit, container, oomScoreAdj, allowMany } = rule;
    return compact({
      number,
      line: at.line,
      text: describeRule(rule),
      name,
      command: command?.source,
      user,
      unit: unit === undefined ? undefined : patternText(unit),
      container,
      oomScoreAdj,
      allowMany,
      matches: matches.map((process) => matchOf(process, namesOf)),
      refused: wide === undefined ? undefined : tooWideFailure(rule, wide),
    });
  });
}

/** A process as a list of matches shows it. */
export function matchOf(process: ObservedProcess, namesOf: Snapshot['namesOf']): RuleMatch {
  const { oomScoreAdj, container, unit } = process;
  return { ...named(process, namesOf), oomScoreAdj, ...compact({ container, unit }) };
}

/**
 * The running processes that get another value once these rules are in force in the place of those before, as the rule runner does it: once
 * for each process and value, never init, and nothing by a rule that is too wide.
 */
export function ruleEffects(
  before: readonly Rule[],
  after: readonly Rule[],
  { processes, commandOf, namesOf, applied, canWrite }: RuledMachine,
): readonly RuleEffect[] {
  const given = new Map(
    inForce(before, { processes, commandOf }).map(([process, rule]) => [process, rule.oomScoreAdj]),
  );
  return inForce(after, { processes, commandOf }).flatMap(([process, rule]): readonly RuleEffect[] => {
    const { oomScoreAdj: value } = rule;
    const has = given.get(process) ?? applied.get(processKey(process));
    if (process.oomScoreAdj === value || has === value) return [];
    const { oomScoreAdj: was, ...match } = matchOf(process, namesOf);
    const waits = canWrite(process, value) ? {} : { waits: true as const };
    return [{ ...match, before: was, after: value, ...waits }];
  });
}

/** The processes to which the rules give a value, each with its rule: never init, and none by a rule that is too wide. */
function inForce(
  rules: readonly Rule[],
  { processes, commandOf }: Pick<RuledMachine, 'processes' | 'commandOf'>,
): readonly (readonly [ObservedProcess, Rule])[] {
  const byRule = Map.groupBy(processes, (process) => ruleFor(rules, process, commandOf));
  return [...byRule].flatMap(([rule, members]) =>
    rule === undefined || tooWide(rule, members, commandOf) !== undefined
      ? []
      : members.filter(({ pid }) => pid !== 1).map((process) => [process, rule] as const),
  );
}

/** Values that rules gave, by the process that got them. */
export function appliedValues(
  ruled: readonly (ProcessId & { readonly oomScoreAdj: number })[],
): ReadonlyMap<string, number> {
  return new Map(ruled.map((each) => [processKey(each), each.oomScoreAdj]));
}
