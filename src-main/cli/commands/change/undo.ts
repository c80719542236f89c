import { type Command } from 'commander';
import { type UndoOutcome } from '#shared/contract/change.ts';
import { safeJson, safeText } from '#shared/format/safe-text.ts';
import { writesOf, type UndoClick, type UndoItem, type UndoPreview } from '#shared/model/undo.ts';
import { failureLine, failureWithWords, wordsFor } from '#shared/words/index.ts';
import { plain } from '#shared/words/sentence.ts';
import { confirm } from '../../terminal/ask.ts';
import { wholeNumber } from '../../terminal/arguments.ts';
import { inProcess, type InProcess } from '../../in-process.ts';
import { entryJson } from './journal.ts';
import { EXIT, logLine, printLine, printText, reportFailure } from '../../terminal/output.ts';
import { terminal } from '#shared/words/en/terminal.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { ownIn } from '../../../engine/change/adj/own-in.ts';
import { rehearseRoot, rootJson, sayRoot, type RootNeed } from './rehearse.ts';

interface UndoCommand {
  readonly all?: true;
  readonly dangerous?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

const SIGNS = { note: '·', warning: '!', danger: '!!' } as const;

/** `lifeboat undo`: puts values back that are still Lifeboat's. */
export function addUndo(program: Command): void {
  program
    .command('undo')
    .summary('undo changes')
    .description(
      'Shows what undoing does now, then restores the values that are still the ones Lifeboat set. Others are left alone and listed.',
    )
    .argument('[id]', 'number of the change in "lifeboat journal"', wholeNumber(1, 999_999_999))
    .option('--all', 'every change that is not undone yet, rules included; asks first')
    .option('--dangerous', 'with --all: also what can kill processes or break something')
    .option('--dry-run', 'show the effect without changing anything')
    .option('--yes', 'do not ask')
    .option('--json', 'print one JSON object')
    .action(async (id: number | undefined, options: UndoCommand) => {
      if ((id === undefined) === (options.all === undefined)) {
        logLine(terminal.undo.which);
        process.exitCode = EXIT.usage;
        return;
      }
      await inProcess((opened) => undo(opened, id, options));
    });
}

async function undo(
  { client, snapshot }: InProcess,
  id: number | undefined,
  options: UndoCommand,
): Promise<void> {
  const { dryRun, yes, json } = options;
  const preview = await planned(client, id, options);
  if (preview === undefined) return;
  const question = questionFor(preview, id);
  const isAsked = question !== undefined && yes !== true;
  // What is done without a question is said once, when it is done.
  if (json !== true && (dryRun === true || isAsked)) printText(previewLines(preview));
  if (dryRun === true) {
    const root = await rehearseRoot(client, rootNeed(snapshot, preview));
    if (json === true) printLine(safeJson({ version: 1, preview: previewJson(preview), ...rootJson(root) }));
    sayRoot(root, json === true);
    return;
  }
  if (isAsked && !(await confirm(question))) {
    logLine(words().terminal.notAsked);
    process.exitCode = EXIT.failure;
    return;
  }
  const undone = await client.request('change.applyUndo', { id: preview.id });
  if (!undone.ok) {
    reportFailure(undone.error);
    return;
  }
  if (undone.value.some(({ result }) => result === 'failed')) process.exitCode = EXIT.failure;
  if (json === true)
    printLine(safeJson({ version: 1, preview: previewJson(preview), undone: undone.value.map(outcomeJson) }));
  else for (const outcome of undone.value) printLine(undoLine(outcome));
}

/** What needs root to be put back: all but one's own processes, units and rules. */
function rootNeed(snapshot: Snapshot, { clicks }: UndoPreview): RootNeed {
  const isOwn = ownIn(snapshot, process.geteuid?.() ?? -1);
  const written = clicks
    .filter(({ isChosen }) => isChosen)
    .flatMap(({ items }) => items.filter(({ does }) => does === 'write'));
  const needs = written.map(({ entry: { action, process: id }, now, value }): RootNeed => {
    if (action === 'keep-user-unit-adj' || action === 'keep-rule' || action === 'forget-rule') return 'no';
    if (id === undefined || !isOwn(id)) return 'yes';
    return Number(value) < Number(now) ? 'may' : 'no';
  });
  return needs.find((need) => need === 'yes') ?? needs.find((need) => need === 'may') ?? 'no';
}

async function planned(
  client: InProcess['client'],
  id: number | undefined,
  { dangerous }: UndoCommand,
): Promise<UndoPreview | undefined> {
  const groups = id === undefined ? 'all' : [id];
  const first = await client.request('change.previewUndo', { groups });
  if (!first.ok) {
    reportFailure(first.error);
    return undefined;
  }
  if (dangerous !== true || id !== undefined) return first.value;
  const chosen = first.value.clicks.map(({ group }) => group);
  const everything = await client.request('change.previewUndo', { groups, chosen });
  if (everything.ok) return everything.value;
  reportFailure(everything.error);
  return undefined;
}

/** Everything is asked about, and so is what can kill or break something; undefined where nothing has to be. */
function questionFor({ clicks }: UndoPreview, id: number | undefined): string | undefined {
  const chosen = clicks.filter((click) => click.isChosen && writesOf(click) > 0);
  const consequence = words().undo.consequence(chosen);
  const { button, anyway } = words().undo.list;
  const what = button(chosen.length);
  if (consequence !== undefined) return `${anyway(what, consequence)}?`;
  return id === undefined && chosen.length > 0 ? `${what}?` : undefined;
}

function previewLines({ clicks, displaced }: UndoPreview): readonly string[] {
  return [
    ...clicks.flatMap(clickLines),
    ...displaced.map(({ name, value }) => `      ! ${words().undo.list.displaced(name, value)}`),
  ];
}

function clickLines(click: UndoClick): readonly string[] {
  const mark = markOf(click);
  return click.items.flatMap((item) => [
    `${click.group.toString().padStart(4)}  ${words().undo.itemLine(item)}${mark}`,
    ...effectLines(item),
  ]);
}

function markOf({ isChosen, isDangerous, isRelated, group }: UndoClick): string {
  if (isChosen) return '';
  if (isRelated === true) return terminal.undo.related(group);
  return isDangerous ? terminal.undo.dangerous : '  (left out)';
}

function effectLines({ effects }: UndoItem): readonly string[] {
  return effects.map(
    (effect) => `      ${SIGNS[effect.weight]} ${plain(words().undo.effectSentence(effect))}`,
  );
}

function previewJson({ clicks, ...preview }: UndoPreview) {
  return {
    ...preview,
    clicks: clicks.map(({ items, ...click }) => ({ ...click, items: items.map(itemJson) })),
  };
}

function itemJson({ entry, why, ...item }: UndoItem) {
  return {
    ...item,
    entry: entryJson(entry),
    ...(why === undefined ? {} : { why: failureWithWords(why) }),
  };
}

function outcomeJson({ entry, result, why }: UndoOutcome) {
  return { entry: entryJson(entry), result, ...(why === undefined ? {} : { why: failureWithWords(why) }) };
}

function undoLine({ entry, result, why }: UndoOutcome): string {
  const what = safeText(entry.subject);
  switch (result) {
    case 'undone':
      return `${what}: ${(entry.before ?? '') === '' ? 'removed' : `back at ${words().undo.valueText(entry, entry.before ?? '')}`}`;
    case 'left':
      // The hint says once more that it is left.
      return `${terminal.undo.leftAsIs(what)}${why === undefined ? '' : ` ${failureWithWords(why).message}`}`;
    case 'failed':
      return `${what}: not put back.${why === undefined ? '' : ` ${failureLine(why)}`}`;
  }
}

function words() {
  return wordsFor(process.env['LANG']);
}
