import { existsSync } from 'node:fs';
import { type Command } from 'commander';
import { type Client } from '#shared/contract/client.ts';
import { fail, type Result } from '#shared/result.ts';
import { type NewRule, type RulePreview, type SeenRule } from '#shared/model/rule.ts';
import { formatAdj } from '#shared/format/count.ts';
import { safeJson, safeText } from '#shared/format/safe-text.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { failureWithWords, failureLine, wordsFor } from '#shared/words/index.ts';
import { ruleFault } from '#shared/words/en/rules/rules.ts';
import { readRules, RULES_FILE } from '../../../engine/rules/rules-file.ts';
import { type Rule } from '../../../engine/rules/rule.ts';
import { seenRules } from '../../../engine/rules/seen-rules.ts';
import { wholeCommandIn } from '../../../engine/rules/whole-command.ts';
import { configFolder } from '../../../store/folders.ts';
import { signedNumber, wholeNumber } from '../../terminal/arguments.ts';
import { kernelFiles } from '../../../this-machine.ts';
import { lookOnce } from '../watch/look.ts';
import { EXIT, logLine, printLine, printText, reportFailure } from '../../terminal/output.ts';
import { type Problem } from '../../../engine/rules/toml.ts';
import { inProcess } from '../../in-process.ts';
import { protectionTable, ruleTable, seenJson } from './rule-tables.ts';
import { ruleText } from './rule-text.ts';
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
    .option('--dry-run', 'show what it matches and changes without writing it')
    .action(add);
  sub('remove', 'take a rule out')
    .argument('<number>', 'number of the rule in "lifeboat rules list"', wholeNumber(1, 500))
    .option('--dry-run', 'show the effect without removing it')
    .action(remove);
  sub('check', 'check the rules file for mistakes')
    .argument('[file]', 'use another rules file')
    .action(check);
}

function rulesPath(): string {
  return `${configFolder()}/${RULES_FILE}`;
}

/** What rules match now; nothing where the machine cannot be looked at, which is said. */
function seenBy(rules: readonly Rule[]): readonly SeenRule[] {
  const snapshot = rules.length === 0 ? undefined : lookOnce(GLOBAL_SCOPE);
  if (snapshot?.ok === false) reportFailure(snapshot.error);
  const processes = snapshot?.ok === true ? snapshot.value.processes : [];
  return seenRules(rules, { processes, commandOf: wholeCommandIn(kernelFiles()) });
}

async function list({ json }: Json): Promise<void> {
  await inProcess(async ({ client }) => {
    const read = await client.request('rules.read', {});
    if (!read.ok) {
      reportFailure(read.error);
      return;
    }
    const { file, rules, trouble, protections } = read.value;
    if (trouble !== undefined) {
      reportFailure(trouble);
      return;
    }
    if (json === true) {
      printLine(safeJson({ version: 1, path: file, rules: rules.map(seenJson), protections }));
      return;
    }
    printText([
      ...(rules.length === 0 ? [terminal.rules.none(safeText(file))] : ruleTable(rules)),
      ...protectionTable(protections),
    ]);
  });
}

interface AddOptions extends Omit<NewRule, 'oomScoreAdj'>, Json {
  readonly adj: number;
  readonly dryRun?: true;
}

async function add(options: AddOptions): Promise<void> {
  const { adj, name, command, user, unit, container, allowMany, json, dryRun } = options;
  const given = { name, command, user, unit, container };
  const conditions = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  if (Object.keys(conditions).length === 0) {
    logLine(terminal.rules.choose);
    process.exitCode = EXIT.usage;
    return;
  }
  const wanted: NewRule = { ...conditions, oomScoreAdj: adj, ...(allowMany === true ? { allowMany } : {}) };
  await inProcess(async ({ client }) => {
    const preview = await client.request('rules.previewAdd', wanted);
    await carryOut(client, preview, { json, dryRun });
  });
}

async function remove(number: number, options: EditOptions): Promise<void> {
  await inProcess(async ({ client }) => {
    const preview = await client.request('rules.previewRemove', { number });
    await carryOut(client, preview, options);
  });
}

interface EditOptions {
  readonly json?: true | undefined;
  readonly dryRun?: true | undefined;
}

const DONE = { add: 'Added', change: 'Changed', remove: 'Removed' } as const;

/** Shows what a change of the rules does, and makes just that change. */
async function carryOut(
  client: Client,
  preview: Result<RulePreview>,
  { json, dryRun }: EditOptions,
): Promise<void> {
  if (!preview.ok) {
    reportFailure(preview.error);
    return;
  }
  const { does, file, rule } = preview.value;
  const shown = {
    version: 1,
    path: file,
    rule: seenJson(rule),
    replaced: does === 'change',
    does,
    effects: preview.value.effects,
  };
  if (dryRun === true) {
    if (json === true) printLine(safeJson(shown));
    else
      printText([
        `${ruleChanges().ruleLine(preview.value)}, in ${safeText(file)}`,
        ...effectLines(preview.value),
      ]);
    return;
  }
  const written = await client.request('rules.apply', { id: preview.value.id });
  if (!written.ok) {
    reportFailure(written.error);
    return;
  }
  const { group } = written.value;
  if (json === true) {
    printLine(safeJson({ ...shown, group }));
    return;
  }
  printText([
    `${DONE[does]}: ${ruleText(rule.text)}, adj ${formatAdj(rule.oomScoreAdj)}, in ${safeText(file)}`,
    ...effectLines(preview.value),
    ...(group === undefined ? [] : [`Undo: lifeboat undo ${group}`]),
  ]);
}

/** What it is about now and later, and which running processes change at once. */
function effectLines(preview: RulePreview): readonly string[] {
  const { matchSentence, keep, effectLine, ruleWarning } = ruleChanges();
  const { effects } = preview;
  const warning = ruleWarning(preview);
  return [
    `  ${matchSentence(preview)}`,
    ...(warning === undefined ? [] : [`  ! ${warning}`]),
    ...(effects.length === 0 ? [] : [`  ${keep.now(effects.length)}`]),
    ...effects.map((effect) => `    ${effectLine(effect)}`),
  ];
}

function ruleChanges() {
  return wordsFor(process.env['LANG']).ruleChanges;
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
          error: failureWithWords(read.error),
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
  const wide = seen.flatMap(({ refused }) => refused ?? []);
  if (wide.length > 0) process.exitCode = EXIT.failure;
  if (json === true) {
    printLine(
      safeJson({
        version: 1,
        path,
        ok: wide.length === 0,
        problems: [],
        tooWide: wide.map((trouble) => failureWithWords(trouble)),
        rules: seen.map(seenJson),
      }),
    );
    return;
  }
  printText(wide.map((trouble) => failureLine(trouble)));
  if (wide.length === 0) printLine(`${seen.length} ${seen.length === 1 ? 'rule' : 'rules'}, all in order.`);
}
