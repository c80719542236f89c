import { existsSync } from 'node:fs';
import { type Command } from 'commander';
import { fail, type Failure } from '#shared/result.ts';
import { formatAdj } from '#shared/format/count.ts';
import { safeJson, safeText } from '#shared/format/safe-text.ts';
import { patternText } from '#shared/format/unit-name.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { toldFailure, failureLine } from '#shared/words/index.ts';
import { ruleFault } from '#shared/words/en/rules.ts';
import {
  addRule,
  removeRule,
  ruleBlock,
  type EditedRules,
  type NewRule,
} from '../../../engine/rules/edit-rules.ts';
import { parseRules } from '../../../engine/rules/parse-rules.ts';
import { ruleFor, tooWide, type Rule, type RuledProcess, type TooWide } from '../../../engine/rules/rule.ts';
import { tooWideFailure } from '../../../engine/rules/rule-runner.ts';
import { readRules, RULES_FILE } from '../../../engine/rules/rules-file.ts';
import { wholeCommandIn } from '../../../engine/rules/whole-command.ts';
import { configFolder } from '../../../store/folders.ts';
import { signedNumber, wholeNumber } from '../../terminal/arguments.ts';
import { kernelFiles } from '../../../this-machine.ts';
import { lookOnce } from '../watch/look.ts';
import { EXIT, logLine, outputColumns, printLine, printText, reportFailure } from '../../terminal/output.ts';
import { type Problem } from '../../../engine/rules/toml.ts';
import { ruleText } from './rule-text.ts';
import { textTable, type Column } from '../../terminal/text-table.ts';
import { terminal } from '#shared/words/en/terminal.ts';

interface Json {
  readonly json?: true;
}

/** `lifeboat rules`: values for processes to come. */
export function addRules(program: Command): void {
  const rules = program
    .command('rules')
    .summary('manage rules, applied to new processes while Lifeboat runs')
    .description(`Shows and changes the rules in ${RULES_FILE} of the configuration folder.`)
    .helpCommand('help [command]', terminal.helpCommand);
  const sub = (name: string, summary: string, isDefault = false) =>
    rules
      .command(name, { isDefault })
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
      .helpOption('-h, --help', 'show help')
      .option('--json', 'print one JSON object');
  sub('list', 'list the rules and the processes they match now', true).action(list);
  sub('add', 'add a rule; all that is given has to hold')
    .requiredOption('--adj <number>', 'oom_score_adj, -1000 to 1000', signedNumber(-1000, 1000))
    .option('--name <name>', 'the name of the process, at most 15 bytes')
    .option('--command <pattern>', 'a regular expression for the command line')
    .option('--user <name>', 'the user')
    .option(
      '--unit <unit>',
      'the systemd unit; user:NAME for one of users’ own, user:UID:NAME for one of them',
    )
    .option('--container <id>', 'the container, as in "lifeboat list --json"')
    .option('--allow-many', 'allow the rule to match init or more than 20 processes')
    .action(add);
  sub('remove', 'take a rule out')
    .argument('<number>', 'number of the rule in "lifeboat rules list"', wholeNumber(1, 500))
    .action((number: number, options: Json) => {
      tellEdit(removeRule(rulesPath(), number), 'Removed', options);
    });
  sub('check', 'check the rules file for mistakes')
    .argument('[file]', 'use another rules file')
    .action(check);
}

function rulesPath(): string {
  return `${configFolder()}/${RULES_FILE}`;
}

interface Seen {
  readonly rule: Rule;
  /** Processes for which this rule counts now. */
  readonly matches: readonly RuledProcess[];
  readonly wide?: TooWide;
}

/** The processes that rules mean now; none where the machine cannot be read, which is reported. */
function seenBy(rules: readonly Rule[]): readonly Seen[] {
  const snapshot = rules.length === 0 ? undefined : lookOnce(GLOBAL_SCOPE);
  if (snapshot?.ok === false) reportFailure(snapshot.error);
  const processes = snapshot?.ok === true ? snapshot.value.processes : [];
  const commandOf = wholeCommandIn(kernelFiles());
  const counts = new Map(processes.map((process) => [process, ruleFor(rules, process, commandOf)]));
  return rules.map((rule) => {
    const matches = processes.filter((process) => counts.get(process) === rule);
    const wide = tooWide(rule, matches, commandOf);
    return { rule, matches, ...(wide === undefined ? {} : { wide }) };
  });
}

const COLUMNS: readonly Column[] = [
  { heading: '#', align: 'right' },
  { heading: 'ADJ', align: 'right' },
  { heading: 'FOR', align: 'left', least: 20 },
  { heading: 'NOW', align: 'right' },
  { heading: '', align: 'left' },
];

function list({ json }: Json): void {
  const path = rulesPath();
  const read = readRules(path);
  if (!read.ok) {
    reportFailure(read.error);
    return;
  }
  const seen = seenBy(read.value.rules);
  if (json === true) printLine(safeJson({ version: 1, path, rules: seen.map(seenJson) }));
  else if (seen.length === 0) printText([terminal.rules.none(safeText(path))]);
  else printText(listLines(seen));
}

function listLines(seen: readonly Seen[]): readonly string[] {
  return textTable(
    COLUMNS,
    seen.map(({ rule, matches, wide }) => [
      rule.number.toString(),
      formatAdj(rule.oomScoreAdj),
      ruleText(rule),
      matches.length.toString(),
      wide === undefined ? '' : terminal.rules.tooWide,
    ]),
    outputColumns(),
  );
}

function seenJson({ rule, matches, wide }: Seen) {
  const { number, at, name, command, user, unit, container, oomScoreAdj, allowMany } = rule;
  return {
    number,
    line: at.line,
    name,
    command: command?.source,
    user,
    unit: unit === undefined ? undefined : patternText(unit),
    container,
    oomScoreAdj,
    allowMany,
    matches: matches.map(({ pid, startTicks }) => ({ pid, startTicks })),
    tooWide: wide?.why,
  };
}

interface AddOptions extends Omit<NewRule, 'oomScoreAdj'>, Json {
  readonly adj: number;
}

function add({ adj, name, command, user, unit, container, allowMany, json }: AddOptions): void {
  const given = { name, command, user, unit, container };
  const conditions = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  if (Object.keys(conditions).length === 0) {
    logLine(terminal.rules.choose);
    process.exitCode = EXIT.usage;
    return;
  }
  const wanted: NewRule = { ...conditions, oomScoreAdj: adj, ...(allowMany === true ? { allowMany } : {}) };
  const trouble = widthOf(wanted);
  if (trouble !== undefined) {
    reportFailure(trouble);
    return;
  }
  tellEdit(addRule(rulesPath(), wanted), 'Added', json === true ? { json } : {});
}

/** Why a rule is too wide for what runs now; writing it reports a broken rule. */
function widthOf(wanted: NewRule): Failure | undefined {
  const parsed = parseRules(ruleBlock(wanted));
  const [rule] = parsed.ok ? parsed.rules : [];
  const snapshot = rule === undefined ? undefined : lookOnce(GLOBAL_SCOPE);
  const wide =
    rule !== undefined && snapshot?.ok === true
      ? tooWide(rule, snapshot.value.processes, wholeCommandIn(kernelFiles()))
      : undefined;
  if (rule === undefined || wide === undefined) return undefined;
  return fail('rule-too-wide', { ...tooWideFailure(rule, wide).facts, unwritten: true }).error;
}

function tellEdit(edited: ReturnType<typeof addRule>, done: 'Added' | 'Removed', { json }: Json): void {
  if (!edited.ok) {
    reportFailure(edited.error);
    return;
  }
  const { path, rule, replaced }: EditedRules = edited.value;
  if (json === true) {
    printLine(safeJson({ version: 1, path, rule: seenJson({ rule, matches: [] }), replaced }));
    return;
  }
  printLine(
    `${replaced ? 'Changed' : done}: ${ruleText(rule)}, adj ${formatAdj(rule.oomScoreAdj)}, in ${safeText(path)}`,
  );
}

function missing(path: string): ReturnType<typeof readRules> {
  return fail('not-found', { what: 'file', path });
}

function problemsJson(problems: readonly Problem[]) {
  return problems.map((problem) => ({ ...problem, message: ruleFault(problem.fault) }));
}

function check(file: string | undefined, { json }: Json): void {
  const path = file ?? rulesPath();
  // One's own file may be missing: then there are no rules. A file that is named has to exist.
  const read = file === undefined || existsSync(file) ? readRules(path) : missing(path);
  if (!read.ok) {
    process.exitCode = EXIT.failure;
    if (json === true)
      printLine(
        safeJson({
          version: 1,
          path,
          ok: false,
          error: toldFailure(read.error),
          problems: problemsJson(read.problems ?? []),
        }),
      );
    else if (read.problems === undefined) reportFailure(read.error);
    else
      for (const { line, column, fault } of read.problems)
        printLine(`${safeText(path)}:${line}:${column}: ${safeText(ruleFault(fault))}`);
    return;
  }
  const seen = seenBy(read.value.rules);
  const wide = seen.flatMap(({ rule, wide: width }) =>
    width === undefined ? [] : [tooWideFailure(rule, width)],
  );
  if (wide.length > 0) process.exitCode = EXIT.failure;
  if (json === true) {
    printLine(
      safeJson({
        version: 1,
        path,
        ok: wide.length === 0,
        problems: [],
        tooWide: wide.map((trouble) => toldFailure(trouble)),
        rules: seen.map(seenJson),
      }),
    );
    return;
  }
  printText(wide.map((trouble) => failureLine(trouble)));
  if (wide.length === 0) printLine(`${seen.length} ${seen.length === 1 ? 'rule' : 'rules'}, all in order.`);
}
