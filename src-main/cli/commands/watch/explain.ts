import { type Command } from 'commander';
import { fail, type Failure, type Result, ok } from '#shared/result.ts';
import { type ProcessDetail } from '#shared/contract/watch.ts';
import { formatBytes, formatPages } from '#shared/format/bytes.ts';
import { formatAdj, formatCount, formatPercent } from '#shared/format/count.ts';
import { safeJson, safeText } from '#shared/format/safe-text.ts';
import { badnessTerms } from '#shared/kernel/badness/explain.ts';
import { type OomOutcome } from '#shared/model/kill-order.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { wordsFor, type Words } from '#shared/words/index.ts';
import { plain } from '#shared/words/sentence.ts';
import { type ObservedProcess } from '../../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { orderOfScope, type OrderOfScope } from '../../../engine/watch/order-view.ts';
import { unitsAround } from '../../../engine/watch/ends-with.ts';
import { killedWith, processDetail } from '../../../engine/watch/process-detail.ts';
import { ProcessHistories } from '../../../engine/forecast/process-histories.ts';
import { pidArgument } from '../../terminal/arguments.ts';
import { jsonHead, namesJson } from './list-json.ts';
import { openUnitFacts } from '../../../this-machine.ts';
import { lookWithNames } from './look.ts';
import { printLine, printText, reportFailure } from '../../terminal/output.ts';
import { textTable, type Column } from '../../terminal/text-table.ts';
import { terminal } from '#shared/words/en/terminal.ts';

/** `lifeboat explain PID`: why one process has its place. */
export function addExplain(program: Command): void {
  program
    .command('explain')
    .summary('explain the place of a process in the kill order')
    .description('Explains the badness of one process, its limits, and what would protect it.')
    .argument('<pid>', 'the process', pidArgument)
    .option('--json', 'print one JSON object')
    .action(async (pid: number, { json }: { json?: true }) => {
      const explained = await explain(pid);
      if (!explained.ok) reportFailure(explained.error);
      else if (json === true) printLine(safeJson(explanationJson(explained.value)));
      else printText(explanationText(explained.value, wordsFor(process.env['LANG'])));
    });
}

interface Explanation {
  readonly snapshot: Snapshot;
  readonly ofScope: OrderOfScope;
  readonly detail: ProcessDetail;
}

async function explain(pid: number): Promise<Result<Explanation>> {
  const facts = openUnitFacts();
  const snapshot = await lookWithNames(GLOBAL_SCOPE, facts);
  if (!snapshot.ok) return snapshot;
  const found = snapshot.value.processes.find((process) => process.pid === pid);
  const trouble = troubleWith(pid, found);
  if (found === undefined || trouble !== undefined) return { ok: false, error: trouble as Failure };
  const ofScope = orderOfScope(snapshot.value, GLOBAL_SCOPE);
  if (!ofScope.ok) return ofScope;
  await facts.ensure(killedWith(ofScope.value, found).flatMap((process) => unitsAround(process)));
  const detail = processDetail(
    snapshot.value,
    ofScope.value,
    found,
    new ProcessHistories(snapshot.value.host.pageSizeBytes),
    facts,
  );
  return ok({ snapshot: snapshot.value, ofScope: ofScope.value, detail });
}

function troubleWith(pid: number, found: ObservedProcess | undefined): Failure | undefined {
  if (found === undefined) {
    return fail('process-gone', { what: 'unseen', pid }).error;
  }
  if (found.kernelThread) {
    return fail('kernel-thread', { pid, name: found.name }).error;
  }
  return undefined;
}

function hasSwap({ memory }: Snapshot): boolean {
  return memory.state.swap !== undefined;
}

function termsOf({ snapshot, ofScope, detail }: Explanation) {
  return badnessTerms(
    snapshot.rules.formula,
    detail.process,
    ofScope.context.totalPages,
    snapshot.host.pageSizeBytes,
  );
}

function explanationJson(explanation: Explanation) {
  const { snapshot, ofScope, detail } = explanation;
  const { badnessPages, terms } = termsOf(explanation);
  const { chain, tightest, protect, process } = detail;
  const { names, ...facts } = process;
  return {
    ...jsonHead(snapshot),
    scope: ofScope.scope,
    totalPages: ofScope.context.totalPages,
    pageSizeBytes: snapshot.host.pageSizeBytes,
    process: { ...facts, ...namesJson(names) },
    outcome: ofScope.order.outcome,
    eligibleCount: ofScope.order.eligibleCount,
    badnessPages,
    terms,
    limits: chain,
    ...(tightest === undefined ? {} : { tightest }),
    ...(protect === undefined ? {} : { protect }),
    endsWith: detail.endsWith,
    sentence: plain(
      wordsFor('en').explain(
        process,
        ofScope.context.totalPages,
        snapshot.host.pageSizeBytes,
        GLOBAL_SCOPE,
        hasSwap(snapshot),
      ),
    ),
  };
}

const TERM_NAMES = {
  rss: 'resident',
  swap: 'swapped',
  'page-tables': 'page tables',
  adjustment: 'adjustment',
  rounding: 'rounding',
} as const;
const TERM_COLUMNS: readonly Column[] = [
  { heading: '', align: 'left' },
  { heading: 'PAGES', align: 'right' },
  { heading: 'SIZE', align: 'right' },
  { heading: 'OF ALL', align: 'right' },
];

function explanationText(explanation: Explanation, words: Words): string[] {
  const { snapshot, ofScope, detail } = explanation;
  const { process } = detail;
  const page = snapshot.host.pageSizeBytes;
  const { totalPages } = ofScope.context;
  const { terms, badnessPages } = termsOf(explanation);
  const row = (name: string, pages: number) => [
    name,
    formatCount(pages),
    formatPages(pages, page),
    formatPercent(totalPages === 0 ? 0 : pages / totalPages),
  ];
  const place =
    process.ineligible === undefined
      ? `Place ${process.rank ?? '?'} of ${ofScope.order.eligibleCount}. `
      : process.ineligible === 'oom-score-adj-minimum' // which the sentence behind it says
        ? ''
        : `${words.ineligible[process.ineligible].sentence} `;
  const lines = [
    `${words.whoOf(process)}, ${safeText(process.user)}: ${safeText(process.command)}`,
    '',
    place + plain(words.explain(process, totalPages, page, GLOBAL_SCOPE, hasSwap(snapshot))),
    ...(process.names?.within === undefined ? [] : [words.withinLine(process.names.within)]),
    ...(process.names?.youLose === undefined ? [] : [`${words.youLoseLine(process.names.youLose)}.`]),
    ...(detail.endsWith.length === 0
      ? []
      : [terminal.explain.ifKilled(words.endsWithSentence(detail.endsWith))]),
    ...outcomeLines(ofScope.order.outcome),
    '',
    ...textTable(TERM_COLUMNS, [
      ...terms.map(({ kind, pages }) =>
        row(kind === 'adjustment' ? `adjustment ${formatAdj(process.oomScoreAdj)}` : TERM_NAMES[kind], pages),
      ),
      row('badness', badnessPages),
    ]),
    '',
    `oom_score ${process.oomScore}, ${process.threads} ${process.threads === 1 ? 'thread' : 'threads'}`,
  ];
  lines.push(...limitLines(detail, words));
  const { protect } = detail;
  if (protect !== undefined) lines.push('', plain(words.protectSentence(protect, process.oomScoreAdj)));
  return lines;
}

/** What happens to the machine, where that is not that the first of the order is killed. */
function outcomeLines(outcome: OomOutcome): readonly string[] {
  return outcome === 'kills' ? [] : [terminal.explain.outcomes[outcome]];
}

function limitLines({ chain, tightest }: ProcessDetail, words: Words): string[] {
  const { headroom } = words;
  const limited = chain.filter(({ limitBytes, high }) => limitBytes !== undefined || high !== undefined);
  if (limited.length === 0) return [terminal.explain.noLimit];
  const lines = limited.flatMap((group) => [
    `${limitText(group, headroom)}: ${words.cgroupWithPath(group.path)}${group.oomGroup ? terminal.explain.diesWhole : ''}`,
    ...(group.high === undefined ? [] : [`  ${headroom.high[group.high.state](group.high)}`]),
  ]);
  if (tightest === undefined) return ['', ...lines];
  const there =
    tightest.outcome !== undefined
      ? terminal.explain.there[tightest.outcome]
      : tightest.rank === undefined
        ? ''
        : terminal.explain.placeThere(tightest.rank);
  return [
    '',
    ...lines,
    `Runs out first: ${words.cgroupWithPath(tightest.path)}, ${headroom.of(tightest)}${there}.`,
  ];
}

/** `limit 1.0 GiB, 900.0 MiB in use, headroom 124.0 MiB, 20.0 MiB comfortable`. */
function limitText(
  { limitBytes, usageBytes, headroom: bytes }: ProcessDetail['chain'][number],
  headroom: Words['headroom'],
): string {
  const limit = limitBytes === undefined ? 'no limit' : `limit ${formatBytes(limitBytes)}`;
  const own = bytes === undefined ? '' : `, ${headroom.of(bytes)}, ${headroom.comfortable(bytes)}`;
  return `${limit}, ${formatBytes(usageBytes)} in use${own}`;
}
