// Over 300 lines: one command, from what it is asked to what it says it has done.
import { type Command, Option } from 'commander';
import { type Result, fail, ok } from '#shared/result.ts';
import { type Client } from '#shared/contract/client.ts';
import { oomScoreAdjFromOomAdj } from '#shared/kernel/badness/oom-adj.ts';
import {
  STRENGTHS,
  type AdjPreview,
  type AdjIntent,
  type LastingPlace,
  type Strength,
  type Target,
} from '#shared/model/change.ts';
import { isKeptByRoot } from '#shared/model/rule.ts';
import { GLOBAL_SCOPE, type NamedScope, type Scope } from '#shared/model/scope.ts';
import { wordsFor } from '#shared/words/index.ts';
import { safeJson } from '#shared/format/safe-text.ts';
import { MANY_PROCESSES } from '../../../engine/change/adj/warnings.ts';
import {
  nameArgument,
  pidArgument,
  SCOPE_HELP,
  scopeArgument,
  signedNumber,
  wholeNumber,
} from '../../terminal/arguments.ts';
import { confirm } from '../../terminal/ask.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { ownIn } from '../../../engine/change/adj/own-in.ts';
import { orderOfScope, unitsOfPlaces } from '../../../engine/watch/order-view.ts';
import { scopeNamed } from '../../../engine/watch/scopes/named-scope.ts';
import { containerMeant, unitMeant } from '../../../engine/watch/targets.ts';
import { inProcess } from '../../in-process.ts';
import { EXIT, logLine, printLine, printText, reportFailure } from '../../terminal/output.ts';
import {
  appliedJson,
  appliedLines,
  keepJson,
  keepLines,
  othersOf,
  placeJson,
  placeLines,
  previewJson,
  previewLines,
  type Keep,
} from './adjust-text.ts';
import { terminal } from '#shared/words/en/terminal.ts';
import { rehearseRoot, rootJson, sayRoot, type RootNeed } from './rehearse.ts';

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
  readonly scope: Scope | NamedScope;
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
    .option('--container <name>', 'all processes of a container: its name, or its id', nameArgument)
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
      new Option('--scope <scope>', `scope of the kill order: ${SCOPE_HELP}`)
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
  await inProcess(async ({ client, snapshot, unitFacts, containers }) => {
    const scope =
      options.scope.kind === 'named' ? scopeNamed(snapshot, containers, options.scope) : ok(options.scope);
    if (!scope.ok) {
      reportFailure(scope.error);
      return;
    }
    const target = targetOf(pid, options, snapshot);
    if (target === undefined) {
      logLine(terminal.nameTarget);
      process.exitCode = EXIT.usage;
      return;
    }
    if (!target.ok) {
      reportFailure(target.error);
      return;
    }
    const front = orderOfScope(snapshot, scope.value);
    if (front.ok) await unitFacts.ensure(unitsOfPlaces(front.value, FRONT));
    const request = { target: target.value, intent, scope: scope.value };
    const preview = await client.request('change.previewAdj', request);
    if (!preview.ok) reportFailure(preview.error);
    else await carryOut(command, client, snapshot, preview.value, options);
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
  snapshot: Snapshot,
  preview: AdjPreview,
  options: AdjustOptions,
): Promise<void> {
  const words = wordsFor(process.env['LANG']);
  const { json, dryRun, lasting, yes } = options;
  const remark = words.changes.againstCommand(command, preview.changes);
  // What is kept for later starts is looked at before anything is asked or written: a rule changes other processes as well.
  const keeping = lasting === true ? await keepingOf(client, preview) : undefined;
  if (keeping?.ok === false) {
    reportFailure(keeping.error);
    return;
  }
  const keep = keeping?.value;
  if (json !== true) printText([...previewLines(preview, remark, words), ...keepLines(keep, preview, words)]);
  const shown = {
    version: 1,
    preview: previewJson(preview),
    remark,
    ...(keep?.plan === undefined ? {} : { keep: keepJson(keep.plan) }),
  };
  const nothing = preview.changes.length === 0 && keep === undefined;
  if (dryRun === true || nothing) {
    const root = dryRun === true ? await rehearseRoot(client, rootNeed(snapshot, preview, keep)) : undefined;
    if (json === true) printLine(safeJson({ ...shown, ...rootJson(root) }));
    sayRoot(root, json === true);
    if (dryRun === true && wouldFail(preview, keep)) process.exitCode = EXIT.failure;
    return;
  }
  if (mustAsk(preview, keep) && yes !== true && !(await confirm(words.terminal.confirm))) {
    logLine(words.terminal.notAsked);
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
  const kept = keep === undefined ? undefined : await makeLast(client, keep);
  const places = kept?.ok === true ? kept.value : undefined;
  if (json === true) {
    const done = applied === undefined ? undefined : appliedJson(applied.value);
    printLine(safeJson({ ...shown, applied: done, kept: places?.map(placeJson) }));
  } else {
    printText(placeLines(places ?? [], words));
  }
  // After what was changed all the same.
  if (kept?.ok === false) reportFailure(kept.error);
}

async function keepingOf(client: Client, { lasting }: AdjPreview): Promise<Result<Keep | undefined>> {
  if (lasting.length === 0) return ok(undefined);
  const places = lasting.flatMap(({ lasting: how, oomScoreAdj }) =>
    how.kind === 'container' ? [] : [{ lasting: how, oomScoreAdj }],
  );
  const byHand = lasting.filter((place) => place.lasting.kind === 'container');
  if (places.length === 0) return ok({ byHand });
  const plan = await client.request('change.previewKeep', { places });
  return plan.ok ? ok({ byHand, plan: plan.value }) : plan;
}

/** Whether carrying it out needs root: for what is another's, and for drop-ins of the system. */
function rootNeed(snapshot: Snapshot, { changes, needsRoot }: AdjPreview, keep: Keep | undefined): RootNeed {
  const isOwn = ownIn(snapshot, process.geteuid?.() ?? -1);
  if (keep?.plan?.places.some(isKeptByRoot) === true || !changes.every(isOwn)) return 'yes';
  return needsRoot ? 'may' : 'no';
}

/** What carrying it out would end in, as far as the preview knows. */
function wouldFail({ warnings }: AdjPreview, keep: Keep | undefined): boolean {
  const refused = keep?.plan?.places.some((place) => place.refused !== undefined) ?? false;
  return refused || warnings.some(({ kind }) => kind === 'cannot-lower');
}

/** Wide or dangerous changes are asked about, in a terminal, and so is what a rule changes beside them. */
function mustAsk(preview: AdjPreview, keep: Keep | undefined): boolean {
  const { changes, warnings } = preview;
  return (
    changes.length > MANY_PROCESSES ||
    warnings.some(({ kind }) => kind === 'mostly-unkillable') ||
    othersOf(preview, keep).length > 0
  );
}

/** Keeps the values as they were shown. A place where one cannot be kept sets the exit code. */
async function makeLast(client: Client, { plan, byHand }: Keep): Promise<Result<readonly LastingPlace[]>> {
  if (plan === undefined) return ok(byHand);
  const kept = await client.request('change.applyKeep', { id: plan.id });
  if (!kept.ok) return kept;
  const { places } = kept.value;
  if (places.some(({ refused }) => refused !== undefined)) process.exitCode = EXIT.failure;
  return ok([...places, ...byHand]);
}
