import { type Command, InvalidArgumentError, Option } from 'commander';
import { GROUP_SORTS, type GroupPage, type GroupSort } from '#shared/contract/groups.ts';
import { safeJson } from '#shared/format/safe-text.ts';
import { arrange } from '#shared/groups/arrange.ts';
import { GROUP_KINDS, type GroupKind } from '#shared/model/owners/group.ts';
import { wordsFor } from '#shared/words/index.ts';
import { type Sampler } from '../../../collect/sampler.ts';
import { Forecasts } from '../../../engine/forecast/forecasts.ts';
import { groupsOf } from '../../../engine/groups/groups-of.ts';
import { withRowFacts } from '../../../engine/groups/row-facts.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { openSampler } from '../../../this-machine.ts';
import { outputColumns, printLine, printText, reportFailure } from '../../terminal/output.ts';
import { ContainerNames } from '../../container-names.ts';
import { interestIn } from '../watch/look.ts';
import { groupsJson } from './groups-json.ts';
import { groupsText } from './groups-text.ts';

interface GroupsOptions {
  readonly kind: readonly GroupKind[];
  readonly sort: GroupSort;
  readonly all?: true;
  readonly json?: true;
  readonly watch?: true;
}

const WATCH_MS = 1_000;
/** Cursor to the top left, and what is below it cleared: the list stays in its place. */
const CLEAR = '\u001b[H\u001b[J';
/** Figures are sorted from the largest, all else from the first. */
const DESCENDING: ReadonlySet<GroupSort> = new Set(['used', 'growth', 'kills']);

/** `lifeboat groups`: containers, services, applications and all cgroups with a limit, the closest to a kill first. */
export function addGroups(program: Command): void {
  const words = wordsFor(process.env['LANG']);
  program
    .command('groups')
    .summary('list containers, services and limited cgroups, the closest to a kill first')
    .description(
      'Shows the groups of processes in which memory can run out on its own: what each uses of its limit, what is left until a kill, and who would be killed in it.',
    )
    .addOption(
      new Option('--kind <kinds>', `only ${GROUP_KINDS.join(', ')}; several with commas`)
        .argParser((text) => kindsArgument(text, words.groupsTerminal.kind(GROUP_KINDS)))
        .default([], 'all'),
    )
    .addOption(
      new Option('--sort <column>', 'what the list is sorted by').choices(GROUP_SORTS).default('closeness'),
    )
    .option('--all', 'also services and applications without a limit')
    .option('--json', 'print one JSON object (with --watch: one a line)')
    .option('--watch', 'repeat every second until interrupted, with forecasts')
    .action(groups);
}

function kindsArgument(text: string, refusal: string): readonly GroupKind[] {
  return text.split(',').map((name) => {
    const kind = GROUP_KINDS.find((each) => each === name.trim());
    if (kind === undefined) throw new InvalidArgumentError(refusal);
    return kind;
  });
}

async function groups(options: GroupsOptions): Promise<void> {
  const sampler = openSampler();
  if (!sampler.ok) {
    reportFailure(sampler.error);
    return;
  }
  const names = new ContainerNames(sampler.value, options.watch === true);
  const forecasts = new Forecasts(sampler.value.host.pageSizeBytes);
  try {
    let goOn = await showOnce(sampler.value, options, { names, forecasts });
    while (goOn && options.watch === true) {
      await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
      goOn = await showOnce(sampler.value, options, { names, forecasts });
    }
  } finally {
    names.close();
    sampler.value.close();
  }
}

/** What is asked besides the kernel. */
interface Sources {
  readonly names: ContainerNames;
  /** What a single look cannot say: nothing is known of before it. */
  readonly forecasts: Forecasts;
}

/** Prints the groups once. False when it failed; that was reported then. */
async function showOnce(
  sampler: Sampler,
  options: GroupsOptions,
  { names, forecasts }: Sources,
): Promise<boolean> {
  const { kind: kinds, sort, all = false, json, watch } = options;
  const sampled = sampler.sample({ ...interestIn(GLOBAL_SCOPE), groups: forecasts.closely.groups });
  if (!sampled.ok) {
    reportFailure(sampled.error);
    return false;
  }
  sampler.lookAround();
  const snapshot = sampled.value;
  const containers = names.registry;
  await names.learn(snapshot, true);
  forecasts.take(snapshot, []);
  const range = { all, kinds, sort, descending: DESCENDING.has(sort), query: '', folded: [] };
  const found = groupsOf(snapshot, { containers, forecasts: forecasts.groups });
  const { lines, ...rest } = arrange(found, { ...range, from: 0, count: Infinity });
  const page: GroupPage = {
    ...rest,
    lines: lines.map((line) =>
      line.kind === 'group' ? { ...line, group: withRowFacts(snapshot, line.group) } : line,
    ),
  };
  if (json === true) {
    printLine(safeJson(groupsJson(snapshot, page, containers.access())));
    return true;
  }
  const inPlace = watch === true && process.stdout.isTTY;
  if (inPlace) process.stdout.write(CLEAR);
  printText(groupsText(page, wordsFor(process.env['LANG']), outputColumns()));
  if (watch === true && !inPlace) printLine('');
  return true;
}
