import { type Command, Option } from 'commander';
import { type Result, fail, ok } from '#shared/result.ts';
import { type Client } from '#shared/contract/client.ts';
import { type Applied } from '#shared/contract/change.ts';
import { oomScoreAdjFromOomAdj } from '#shared/kernel/badness/oom-adj.ts';
import {
  isSerious,
  STRENGTHS,
  type AdjPreview,
  type AdjIntent,
  keptPlace,
  type LastingPlace,
  type Strength,
  type Target,
} from '#shared/model/change.ts';
import { GLOBAL_SCOPE, type Scope } from '#shared/model/scope.ts';
import { toldFailure, wordsFor, type Words } from '#shared/words/index.ts';
import { safeJson } from '#shared/format/safe-text.ts';
import { MANY_PROCESSES } from '../../../engine/change/adj/warnings.ts';
import {
  nameArgument,
  pidArgument,
  scopeArgument,
  signedNumber,
  wholeNumber,
} from '../../terminal/arguments.ts';
import { confirm } from '../../terminal/ask.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { orderOfScope, unitsOfPlaces } from '../../../engine/watch/order-view.ts';
import { containerMeant, unitMeant } from '../../../engine/watch/targets.ts';
import { inProcess } from '../../in-process.ts';
import { EXIT, logLine, printLine, printText, reportFailure } from '../../terminal/output.ts';

interface AdjustOptions {
  readonly name?: string;
  readonly unit?: string;
  readonly container?: string;
  readonly tree?: true;
  readonly adj?: number;
  readonly oomAdj?: number;
  readonly behind?: number;
  readonly strength?: Strength;
  readonly never?: true;
  readonly scope: Scope;
  readonly lasting?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** Places from which the next victim after a change comes nearly always. */
const FRONT = 20;

type AdjustCommand = 'protect' | 'give-up';

/** `lifeboat protect` and `lifeboat give-up`. */
export function addAdjust(program: Command): void {
  const protect = shared(program.command('protect'))
    .summary('make the kernel kill a process later')
    .description('Lowers oom_score_adj, so that the kernel kills other processes first.')
    .addOption(
      new Option(
        '--strength <strength>',
        'how strongly: later (behind the next five, with room to grow; the default), strong (-500), never (-1000)',
      )
        .choices(STRENGTHS)
        .conflicts(['behind', 'never', 'adj', 'oomAdj']),
    )
    .addOption(
      new Option('--behind <n>', 'the smallest change that places it behind this many other processes')
        .argParser(wholeNumber(1, 1000))
        .conflicts(['never', 'adj', 'oomAdj']),
    )
    .addOption(new Option('--never', 'the same as --strength never').conflicts(['adj', 'oomAdj']));
  protect.action((pid: number | undefined, options: AdjustOptions) =>
    adjust('protect', pid, options, protectIntent(options)),
  );
  const giveUp = shared(program.command('give-up'))
    .summary('make the kernel kill a process first')
    .description('Raises oom_score_adj, so that the kernel kills this process first.');
  giveUp.action((pid: number | undefined, options: AdjustOptions) =>
    adjust('give-up', pid, options, giveUpIntent(options)),
  );
}

function shared(command: Command): Command {
  return command
    .argument('[pid]', 'the process', pidArgument)
    .option('--name <name>', 'all processes of that name', nameArgument)
    .option(
      '--unit <unit>',
      'all processes of a systemd unit: NAME of the system, user:NAME of a user',
      nameArgument,
    )
    .option('--container <id>', 'all processes of a container, as "lifeboat list" names it', nameArgument)
    .option('--tree', 'the process and its descendants')
    .addOption(
      new Option('--adj <number>', 'exact oom_score_adj, -1000 to 1000')
        .argParser(signedNumber(-1000, 1000))
        .conflicts('oomAdj'),
    )
    .addOption(
      new Option('--oom-adj <number>', 'value on the legacy scale, -17 to 15').argParser(
        signedNumber(-17, 15),
      ),
    )
    .addOption(
      new Option('--scope <scope>', 'scope of the kill order: global, or cgroup:PATH')
        .argParser(scopeArgument)
        .default(GLOBAL_SCOPE, 'global'),
    )
    .option('--lasting', 'also apply to later starts, by a unit drop-in or a rule')
    .option('--dry-run', 'show the effect without changing anything')
    .option('--yes', 'do not ask, however many processes it changes')
    .option('--json', 'print one JSON object');
}

function protectIntent({ strength, behind, never, ...options }: AdjustOptions): AdjIntent {
  if (never === true) return { kind: 'never' };
  if (behind !== undefined) return { kind: 'behind', n: behind };
  return valueIntent(options) ?? { kind: strength ?? 'later' };
}

function giveUpIntent(options: AdjustOptions): AdjIntent {
  return valueIntent(options) ?? { kind: 'first' };
}

function valueIntent({ adj, oomAdj }: Pick<AdjustOptions, 'adj' | 'oomAdj'>): AdjIntent | undefined {
  const value = adj ?? (oomAdj === undefined ? undefined : oomScoreAdjFromOomAdj(oomAdj));
  return value === undefined ? undefined : { kind: 'adj', oomScoreAdj: value };
}

async function adjust(
  command: AdjustCommand,
  pid: number | undefined,
  options: AdjustOptions,
  intent: AdjIntent,
): Promise<void> {
  await inProcess(async ({ client, snapshot, unitFacts }) => {
    const target = targetOf(pid, options, snapshot);
    if (target === undefined) {
      logLine('Name one target: a PID, --name, --unit or --container (--tree goes with a PID).');
      process.exitCode = EXIT.usage;
      return;
    }
    if (!target.ok) {
      reportFailure(target.error);
      return;
    }
    const front = orderOfScope(snapshot, options.scope);
    if (front.ok) await unitFacts.ensure(unitsOfPlaces(front.value, FRONT));
    const request = { target: target.value, intent, scope: options.scope };
    const preview = await client.request('change.previewAdj', request);
    if (!preview.ok) reportFailure(preview.error);
    else await carryOut(command, client, preview.value, options);
  });
}

/** Undefined where none or more than one was named. */
function targetOf(
  pid: number | undefined,
  { name, unit, container, tree }: AdjustOptions,
  snapshot: Snapshot,
): Result<Target> | undefined {
  const named = [pid, name, unit, container].filter((value) => value !== undefined);
  if (named.length !== 1 || (tree === true && pid === undefined)) return undefined;
  if (name !== undefined) return ok({ kind: 'name', name });
  if (unit !== undefined) {
    const meant = unitMeant(snapshot, unit);
    return meant.ok ? ok({ kind: 'unit', unit: meant.value }) : meant;
  }
  if (container !== undefined) {
    const meant = containerMeant(snapshot, container);
    return meant.ok ? ok({ kind: 'container', container: meant.value }) : meant;
  }
  if (pid === undefined) return undefined;
  const startTicks = snapshot.processes.find((process) => process.pid === pid)?.startTicks;
  if (startTicks === undefined) {
    return fail('process-gone', { what: 'unseen', pid });
  }
  return ok({ kind: tree === true ? 'tree' : 'process', id: { pid, startTicks } });
}

async function carryOut(
  command: AdjustCommand,
  client: Client,
  preview: AdjPreview,
  options: AdjustOptions,
): Promise<void> {
  const words = wordsFor(process.env['LANG']);
  const { json, dryRun, lasting, yes } = options;
  const remark = words.changes.againstCommand(command, preview.changes);
  if (json !== true) {
    printText(previewLines(preview, remark, words));
    if (lasting === true && dryRun === true) printText(placeLines(preview.lasting, words));
  }
  const nothing = preview.changes.length === 0 && (lasting !== true || preview.lasting.length === 0);
  if (dryRun === true || nothing) {
    if (json === true) printLine(safeJson({ version: 1, preview: previewJson(preview), remark }));
    if (dryRun === true && wouldFail(preview, lasting === true)) process.exitCode = EXIT.failure;
    return;
  }
  if (mustAsk(preview) && yes !== true && !(await confirm('Do it?'))) {
    logLine('Nothing was changed. --yes does it without asking.');
    process.exitCode = EXIT.failure;
    return;
  }
  const applied =
    preview.changes.length === 0 ? undefined : await client.request('change.applyAdj', { id: preview.id });
  if (applied?.ok === false) {
    reportFailure(applied.error);
    return;
  }
  if (applied?.value.outcomes.some(({ error }) => error !== undefined)) process.exitCode = EXIT.failure;
  if (json !== true && applied !== undefined) printText(appliedLines(applied.value, words));
  const kept = lasting === true ? await makeLast(client, preview) : undefined;
  if (json === true) {
    const done = applied === undefined ? undefined : appliedJson(applied.value);
    const places = kept?.map(placeJson);
    printLine(safeJson({ version: 1, preview: previewJson(preview), remark, applied: done, kept: places }));
  } else {
    printText(placeLines(kept ?? [], words));
  }
}

/** What carrying it out would end in, as far as the preview knows. */
function wouldFail({ warnings, lasting }: AdjPreview, keeps: boolean): boolean {
  const refused = keeps && lasting.some((place) => place.refused !== undefined);
  return refused || warnings.some(({ kind }) => kind === 'cannot-lower');
}

/** Wide or dangerous changes are asked about, in a terminal. */
function mustAsk({ changes, warnings }: AdjPreview): boolean {
  return changes.length > MANY_PROCESSES || warnings.some(({ kind }) => kind === 'mostly-unkillable');
}

function previewLines(preview: AdjPreview, remark: string | undefined, words: Words): string[] {
  const { changes } = words;
  return [
    ...preview.changes.map(
      (change) => `${changes.changeLine(change)}  (${changes.legacyValue(change.after)})`,
    ),
    ...changes.strengthLines(preview),
    changes.previewSentence(preview),
    ...(remark === undefined ? [] : [`! ${remark}`]),
    ...preview.warnings.map(
      (warning) => `${isSerious(warning) ? '!' : '·'} ${changes.warningSentence(warning)}`,
    ),
  ];
}

function placeLines(places: readonly LastingPlace[], words: Words): string[] {
  return places.map((place) => words.changes.lastingPlanSentence(place));
}

function previewJson({ lasting, ...preview }: AdjPreview) {
  return { ...preview, lasting: lasting.map(placeJson) };
}

function placeJson({ refused, ...place }: LastingPlace) {
  return { ...place, ...(refused === undefined ? {} : { refused: toldFailure(refused) }) };
}

function appliedJson({ outcomes, ...applied }: Applied) {
  return {
    ...applied,
    outcomes: outcomes.map(({ error, ...outcome }) => ({
      ...outcome,
      ...(error === undefined ? {} : { error: toldFailure(error) }),
    })),
  };
}

function appliedLines({ outcomes, group }: Applied, words: Words): string[] {
  const written = outcomes.some(({ error }) => error === undefined);
  const undo =
    group === undefined
      ? 'It could not be recorded, so "lifeboat undo" does not know it.'
      : `Undo: lifeboat undo ${group}`;
  return ['', ...outcomes.map((outcome) => words.changes.outcomeLine(outcome)), ...(written ? [undo] : [])];
}

/** Keeps the value in each place, as it answers. A place where it cannot be kept sets the exit code. */
async function makeLast(client: Client, preview: AdjPreview): Promise<readonly LastingPlace[]> {
  const places: LastingPlace[] = [];
  for (const place of preview.lasting) {
    const { lasting, oomScoreAdj } = place;
    if (lasting.kind === 'container') {
      places.push(place);
      continue;
    }
    const kept = await client.request('change.keepAdj', { lasting, oomScoreAdj });
    places.push({
      lasting,
      oomScoreAdj,
      count: place.count,
      ...(kept.ok ? keptPlace(kept.value) : { refused: kept.error }),
    });
    if (!kept.ok) process.exitCode = EXIT.failure;
  }
  return places;
}
