import { type Command, Option } from 'commander';
import { safeJson } from '#shared/format/safe-text.ts';
import { ok, type Result } from '#shared/result.ts';
import { GLOBAL_SCOPE, sameScope, type NamedScope, type Scope } from '#shared/model/scope.ts';
import { wordsFor } from '#shared/words/index.ts';
import { type Sampler } from '../../../collect/sampler.ts';
import { type KillerWatch } from '../../../collect/killers/killer-watch.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { type UnitFactsCache } from '../../../collect/units/unit-facts.ts';
import { Forecasts } from '../../../engine/forecast/forecasts.ts';
import { FOLLOWED_PLACES } from '../../../engine/watch/client.ts';
import { AHEAD_PLACES, aheadWithVictims } from '../../../engine/watch/ahead.ts';
import { scopesOf } from '../../../engine/watch/scope-summaries.ts';
import { scopeNamed } from '../../../engine/watch/scopes/named-scope.ts';
import { limitingScope } from '../../../engine/watch/headroom.ts';
import {
  orderOfScope,
  orderView,
  unitsOfPlaces,
  type OrderOfScope,
} from '../../../engine/watch/order-view.ts';
import { SCOPE_HELP, scopeArgument, wholeNumber } from '../../terminal/arguments.ts';
import { listJson } from './list-json.ts';
import { listText } from './list-text.ts';
import { openKillerWatch, openNaming, openSampler, openUnitFacts } from '../../../this-machine.ts';
import { ContainerNames } from '../../container-names.ts';
import { interestIn } from './look.ts';
import { outputColumns, printLine, printText, reportFailure } from '../../terminal/output.ts';

interface ListOptions {
  readonly count: number;
  readonly scope: Scope | NamedScope;
  readonly json?: true;
  readonly watch?: true;
}

const WATCH_MS = 1_000;
/** Cursor to the top left, and what is below it cleared: the list stays in its place. */
const CLEAR = '\u001b[H\u001b[J';

/** `lifeboat list`: the processes that would be killed, in order. */
export function addList(program: Command): void {
  program
    .command('list')
    .summary('list the next victims, in kill order')
    .description(
      'Shows which processes the kernel would kill if memory ran out now, in order, and why the first one is first.',
    )
    .option('-n, --count <number>', 'number of places, 0 for all', wholeNumber(0, 4_194_304), 10)
    .addOption(
      new Option('--scope <scope>', SCOPE_HELP).argParser(scopeArgument).default(GLOBAL_SCOPE, 'global'),
    )
    .option('--json', 'print one JSON object (with --watch: one a line)')
    .option('--watch', 'repeat every second until interrupted')
    .action(list);
}

async function list(options: ListOptions): Promise<void> {
  const sampler = openSampler();
  if (!sampler.ok) {
    reportFailure(sampler.error);
    return;
  }
  const names = new ContainerNames(sampler.value, options.watch === true);
  const facts = openUnitFacts();
  sampler.value.naming = openNaming({ containers: names.registry, unitFacts: facts }).naming;
  try {
    const sources = {
      facts,
      killerWatch: openKillerWatch(),
      forecasts: new Forecasts(sampler.value.host.pageSizeBytes),
      names,
    };
    const scope = await scopeMeant(options.scope, sampler.value, names);
    if (!scope.ok) {
      reportFailure(scope.error);
      return;
    }
    const asked = { ...options, scope: scope.value };
    let goOn = await showOnce(sampler.value, asked, sources);
    while (goOn && options.watch === true) {
      await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
      goOn = await showOnce(sampler.value, asked, sources);
    }
  } finally {
    names.close();
    sampler.value.close();
  }
}

/** The scope that was asked for; one by a name is looked up among what is there now. */
async function scopeMeant(
  asked: Scope | NamedScope,
  sampler: Sampler,
  names: ContainerNames,
): Promise<Result<Scope>> {
  if (asked.kind !== 'named') return ok(asked);
  const snapshot = sampler.sample(interestIn(GLOBAL_SCOPE));
  if (!snapshot.ok) return snapshot;
  await names.learn(snapshot.value);
  return scopeNamed(snapshot.value, names.registry, asked);
}

/** What is asked besides the kernel. */
interface Sources {
  readonly facts: UnitFactsCache;
  readonly killerWatch: KillerWatch;
  /** What a single look cannot say: nothing is known of before it. */
  readonly forecasts: Forecasts;
  readonly names: ContainerNames;
}

/** Prints the order once. False when it failed; that was reported then. */
async function showOnce(
  sampler: Sampler,
  { scope: asked, count, json, watch }: ListOptions & { readonly scope: Scope },
  { facts, killerWatch, forecasts, names }: Sources,
): Promise<boolean> {
  const looked = lookAt(sampler, asked);
  if (!looked.ok) {
    reportFailure(looked.error);
    return false;
  }
  const { snapshot, ofScope } = looked.value;
  const words = wordsFor(process.env['LANG']);
  const instead = sameScope(ofScope.scope, asked) ? undefined : asked;
  const places = count === 0 ? Infinity : count;
  await Promise.all([
    facts.ensure(unitsOfPlaces(ofScope, places)),
    killerWatch.look(snapshot),
    names.learn(snapshot, true),
  ]);
  const killers = killerWatch.in(snapshot);
  forecasts.take(
    snapshot,
    ofScope.order.places.slice(0, FOLLOWED_PLACES).map(({ task }) => task),
    killers,
  );
  const { scope } = ofScope;
  const forecast = scope.kind === 'global' ? forecasts.machine : forecasts.groups.of(scope.path).forecast;
  const ahead =
    scope.kind === 'cgroup'
      ? undefined
      : aheadWithVictims(
          { forecast, killers },
          scopesOf(snapshot, forecasts.groups),
          (each) => orderOfScope(snapshot, each, AHEAD_PLACES),
          () => ({ snapshot, facts }),
        );
  const outlook = { killers, forecast, ahead };
  if (json === true) {
    const asWell = instead === undefined ? {} : { asked: instead };
    printLine(safeJson({ ...listJson(snapshot, ofScope, places, facts, outlook), ...asWell }));
    return true;
  }
  const view = orderView(ofScope, places, { snapshot, facts });
  const lines = listText(snapshot, view, words, outputColumns(), outlook);
  if (instead?.kind === 'cgroup') lines.unshift(words.headroom.unlimited(instead.path, ofScope.scope));
  const inPlace = watch === true && process.stdout.isTTY;
  if (inPlace) process.stdout.write(CLEAR);
  printText(lines);
  if (watch === true && !inPlace) printLine('');
  return true;
}

/** The order of a scope; of a cgroup without a limit that of the place where memory runs out for it. */
function lookAt(
  sampler: Sampler,
  scope: Scope,
): Result<{ readonly snapshot: Snapshot; readonly ofScope: OrderOfScope }> {
  const snapshot = sampler.sample(interestIn(scope));
  if (!snapshot.ok) return snapshot;
  const ofScope = orderOfScope(snapshot.value, scope);
  if (ofScope.ok) return ok({ snapshot: snapshot.value, ofScope: ofScope.value });
  if (ofScope.error.code !== 'scope-unlimited') return ofScope;
  const limiting = limitingScope(snapshot.value, scope);
  return sameScope(limiting, scope) ? ofScope : lookAt(sampler, limiting);
}
