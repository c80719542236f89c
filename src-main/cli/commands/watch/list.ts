import { type Command, Option } from 'commander';
import { safeJson } from '#shared/format/safe-text.ts';
import { GLOBAL_SCOPE, type Scope } from '#shared/model/scope.ts';
import { wordsFor } from '#shared/words/index.ts';
import { type Sampler } from '../../../collect/sampler.ts';
import { orderOfScope, orderView } from '../../../engine/watch/order-view.ts';
import { scopeArgument, wholeNumber } from '../../terminal/arguments.ts';
import { listJson } from './list-json.ts';
import { listText } from './list-text.ts';
import { openSampler } from '../../../this-machine.ts';
import { interestIn } from './look.ts';
import { printLine, reportFailure } from '../../terminal/output.ts';

interface ListOptions {
  readonly count: number;
  readonly scope: Scope;
  readonly json?: true;
  readonly watch?: true;
}

const WATCH_MS = 1_000;
/** Cursor to the top left, and what is below it cleared: the list stays in its place. */
const CLEAR = '\u001b[H\u001b[J';

/** `lifeboat list`: who would be killed, in order. */
export function addList(program: Command): void {
  program
    .command('list')
    .summary('list the next victims, in kill order')
    .description(
      'Shows which processes the kernel would kill if memory ran out now, in order, and why the first one is first.',
    )
    .option('-n, --count <number>', 'number of places, 0 for all', wholeNumber(0, 4_194_304), 10)
    .addOption(
      new Option('--scope <scope>', 'global, or cgroup:PATH for a memory cgroup with a limit')
        .argParser(scopeArgument)
        .default(GLOBAL_SCOPE, 'global'),
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
  try {
    let goOn = showOnce(sampler.value, options);
    while (goOn && options.watch === true) {
      await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
      goOn = showOnce(sampler.value, options);
    }
  } finally {
    sampler.value.close();
  }
}

/** False when it failed; that has been told then. */
function showOnce(sampler: Sampler, { scope, count, json, watch }: ListOptions): boolean {
  const snapshot = sampler.sample(interestIn(scope));
  const ofScope = snapshot.ok ? orderOfScope(snapshot.value, scope) : snapshot;
  if (!snapshot.ok || !ofScope.ok) {
    if (!ofScope.ok) reportFailure(ofScope.error);
    return false;
  }
  const places = count === 0 ? Infinity : count;
  if (json === true) {
    printLine(safeJson(listJson(snapshot.value, ofScope.value, places)));
    return true;
  }
  const lines = listText(snapshot.value, orderView(ofScope.value, places), wordsFor(process.env['LANG']));
  const inPlace = watch === true && process.stdout.isTTY;
  printLine(`${inPlace ? CLEAR : ''}${lines.join('\n')}`);
  if (watch === true && !inPlace) printLine('');
  return true;
}
