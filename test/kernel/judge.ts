import { type OomReport, type OomTask, taskPageTablePages } from '#shared/kernel/oom-report/report.ts';
import { type PredictedProcess, type Prediction } from './prediction.ts';

/** One kill: what was said before, and what the kernel did. */
export interface Evidence {
  readonly prediction: Prediction;
  readonly report: OomReport;
  /** Who asked for the memory that was not there. */
  readonly pusherPid: number;
  /** Pids whose figures change by themselves: the pusher, what is being started and ends. */
  readonly moving: ReadonlySet<number>;
  /** Whether unknown processes may be in the kernel's table. */
  readonly restless: boolean;
  /** Pids of all that the lab itself has started, but for the children of restless processes. */
  readonly known: ReadonlySet<number>;
  /** Pids that were alive before, known to the lab, and are dead now. */
  readonly died: ReadonlySet<number>;
  /** The second kill of one push: compared with the rest of the answer, since there was no time to ask in between. */
  readonly isFollower: boolean;
  /** Swap devices were on: then the total is not in the report. */
  readonly swap: boolean;
  /** CPUs of the machine. */
  readonly cpus: number;
}

export type Outcome = 'certain' | 'close' | 'followed' | 'wrong';

export interface Verdict {
  /** Right with one answer, right with "A or B", right as the next of an order, or wrong. */
  readonly outcome: Outcome;
  /** "A or B" because both are equal to the page, and the kernel does not show in which order it looks (cgroup v1). */
  readonly isTie: boolean;
  /** Everything that was not as predicted. */
  readonly problems: readonly string[];
  /** For each row of the kernel's table that does not move: how many pages its figures are off ours. */
  readonly rowDifferences: readonly number[];
}

const pageSizeBytes = 4096;

/** A row may be off by what four counters of the kernel batch on all CPUs (percpu_counter_batch); more is a fault of ours. */
export function tolerablePages(cpus: number): number {
  return 4 * cpus * Math.max(32, 2 * cpus);
}

/** Compares a prediction with what the kernel did. */
export function judge(evidence: Evidence): Verdict {
  const { prediction, report } = evidence;
  const victim = victimOf(report);
  const allowed = allowedVictims(evidence);
  const isRight = victim !== undefined && allowed.includes(victim);
  const problems = [
    ...(isRight
      ? []
      : [`the kernel killed ${String(victim)}, predicted was ${allowed.join(' or ') || 'no process'}`]),
    ...wrongDeaths(evidence, victim),
    ...wrongTotal(evidence),
    ...wrongArithmetic(prediction),
    ...rowProblems(evidence),
  ];
  return {
    outcome: !isRight ? 'wrong' : evidence.isFollower ? 'followed' : allowed.length > 1 ? 'close' : 'certain',
    isTie: hasTie(prediction),
    problems,
    rowDifferences: comparedRows(evidence).map(({ row, ours }) => difference(row, ours)),
  };
}

function hasTie({ order, either }: Prediction): boolean {
  const badness = order.filter(({ pid }) => either.includes(pid)).map(({ badnessPages }) => badnessPages);
  return badness.length > 1 && new Set(badness).size === 1;
}

/** The process that was chosen: its leader, whichever thread the kill line names. */
export function victimOf(report: OomReport): number | undefined {
  const pid = report.chosen?.pid ?? report.kills[0]?.pid;
  return pid === undefined ? undefined : processOf(report, pid);
}

function processOf(report: OomReport, pid: number): number {
  return report.tasks.find((task) => task.pid === pid)?.tgid ?? pid;
}

/**
 * With vm.oom_kill_allocating_task the process that asks dies, unless it cannot be killed, as the agent or a kernel thread: then the choice
 * is the usual one. That can be the pusher, which has grown since the question, or a child of restless processes that was started since:
 * but only where the kernel's own figures have it first.
 */
function allowedVictims(evidence: Evidence): readonly number[] {
  const { prediction, report, pusherPid, restless } = evidence;
  if (prediction.killsAllocatingTask && report.kills[0]?.allocatingTask === true) {
    return [report.trigger?.pid ?? pusherPid];
  }
  const victim = victimOf(report);
  const isNew = prediction.killsAllocatingTask
    ? victim === pusherPid
    : restless && isNewborn(evidence, victim);
  if (victim !== undefined && isNew && worstOf(report, prediction.totalPages) === victim) return [victim];
  const first = prediction.order[0]?.pid;
  const isClose = prediction.confidence === 'close' && prediction.either.length > 0;
  return isClose ? prediction.either : first === undefined ? [] : [first];
}

/** Neither the lab nor the answer knows it: no way to be wrong about it. */
function isNewborn({ prediction, known }: Evidence, victim: number | undefined): boolean {
  if (victim === undefined || known.has(victim)) return false;
  return ![...prediction.order, ...prediction.ineligible].some(({ pid }) => pid === victim);
}

/** The first process by the figures of the kernel's table; undefined when it is empty. */
function worstOf({ tasks }: OomReport, totalPages: number): number | undefined {
  const badness = (row: OomTask) => usedPages(row) + (row.oomScoreAdj ?? 0) * Math.trunc(totalPages / 1000);
  const [worst] = tasks
    .filter(({ oomScoreAdj }) => oomScoreAdj !== -1000)
    .toSorted((a, b) => badness(b) - badness(a));
  return worst?.tgid;
}

function wrongDeaths({ prediction, report, died, moving }: Evidence, victim: number | undefined): string[] {
  const predicted = prediction.order.find(({ pid }) => pid === victim);
  if (victim === undefined || !predicted) return [];
  const expected = new Set([victim, ...predicted.diesWith]);
  const dead = new Set([...died, ...report.kills.map(({ pid }) => processOf(report, pid))]);
  const tooMany = [...dead].filter((pid) => !expected.has(pid) && !moving.has(pid));
  const tooFew = [...expected].filter((pid) => !dead.has(pid) && !moving.has(pid));
  return [
    ...(tooMany.length > 0 ? [`died with ${victim} but was not predicted to: ${tooMany.join(' ')}`] : []),
    ...(tooFew.length > 0 ? [`was predicted to die with ${victim} but lives: ${tooFew.join(' ')}`] : []),
  ];
}

/** The total that scores are reckoned from, where the report has what it is made of. */
function wrongTotal({ prediction, report, swap }: Evidence): string[] {
  const { ramPages, reservedPages, swapTotalKib } = report.machine;
  const limitKib = report.usage.memory?.limitKib;
  const total =
    report.scope === 'cgroup'
      ? swap || limitKib === undefined
        ? undefined
        : (limitKib * 1024) / pageSizeBytes
      : ramPages === undefined || reservedPages === undefined || swapTotalKib === undefined
        ? undefined
        : ramPages - reservedPages + (swapTotalKib * 1024) / pageSizeBytes;
  if (total === undefined || total === prediction.totalPages) return [];
  return [`total pages: the kernel has ${total}, ours is ${prediction.totalPages}`];
}

function wrongArithmetic({ order, totalPages }: Prediction): string[] {
  const unit = Math.trunc(totalPages / 1000);
  const wrongSums = order.filter(
    ({ rssPages, swapPages, pageTablePages, oomScoreAdj, badnessPages }) =>
      rssPages + swapPages + pageTablePages + oomScoreAdj * unit !== badnessPages,
  );
  const unsorted = order.filter(
    ({ badnessPages }, i) => badnessPages < (order[i + 1]?.badnessPages ?? -Infinity),
  );
  return [
    ...(wrongSums.length > 0
      ? [`terms do not add up to the badness: ${wrongSums.map(({ pid }) => pid).join(' ')}`]
      : []),
    ...(unsorted.length > 0
      ? [`not in order of badness after ${unsorted.map(({ pid }) => pid).join(' ')}`]
      : []),
  ];
}

function comparedRows({ prediction, report, moving }: Evidence): { row: OomTask; ours: PredictedProcess }[] {
  return report.tasks.flatMap((row) => {
    const ours = moving.has(row.tgid) ? undefined : prediction.order.find(({ pid }) => pid === row.tgid);
    return ours ? [{ row, ours }] : [];
  });
}

function difference(row: OomTask, ours: PredictedProcess): number {
  return Math.abs(usedPages(row) - ours.rssPages - ours.swapPages - ours.pageTablePages);
}

function usedPages(row: OomTask): number {
  return row.rssPages + (row.swapPages ?? 0) + (taskPageTablePages(row, pageSizeBytes) ?? 0);
}

function rowProblems(evidence: Evidence): string[] {
  const { prediction, report, restless, moving, cpus } = evidence;
  if (report.tasks.length === 0) return [];
  const rows = new Set(report.tasks.map(({ tgid }) => tgid));
  /* A process that shares the memory of another is listed with that one, not in a place of its own. */
  const ours = new Set([
    ...[...prediction.order, ...prediction.ineligible].map(({ pid }) => pid),
    ...prediction.order.flatMap(({ diesWith }) => diesWith),
  ]);
  const unknown = restless ? [] : [...rows].filter((pid) => !ours.has(pid) && !moving.has(pid));
  const missing = restless ? [] : prediction.order.filter(({ pid }) => !rows.has(pid) && !moving.has(pid));
  const off = comparedRows(evidence).filter(
    ({ row, ours: mine }) =>
      difference(row, mine) > tolerablePages(cpus) || row.oomScoreAdj !== mine.oomScoreAdj,
  );
  return [
    ...(unknown.length > 0 ? [`in the kernel's table and not in ours: ${unknown.join(' ')}`] : []),
    ...(missing.length > 0
      ? [`in our order and not in the kernel's table: ${missing.map(({ pid }) => pid).join(' ')}`]
      : []),
    ...off.map(
      ({ row, ours: mine }) =>
        `${row.tgid}: the kernel has ${describeRow(row)}, ours is ${describeOurs(mine)}`,
    ),
  ];
}

/** A prediction, one line for each process. */
export function describePrediction({
  totalPages,
  confidence,
  either,
  order,
  ineligible,
}: Prediction): string {
  return [
    `predicted: ${confidence}, ${either.join(' or ')}; total ${totalPages} pages`,
    ...order.map((ours, i) => {
      const diesWith = ours.diesWith.length > 0 ? ` with ${ours.diesWith.join(' ')}` : '';
      return `  ${i + 1}. ${ours.pid} badness ${ours.badnessPages}: ${describeOurs(ours)}${diesWith} ${JSON.stringify(ours.name)}`;
    }),
    ...ineligible
      .slice(0, 20)
      .map(({ pid, name, reason }) => `  never: ${pid} ${JSON.stringify(name)}: ${reason}`),
  ].join('\n');
}

function describeRow(row: OomTask): string {
  const tables = taskPageTablePages(row, pageSizeBytes) ?? 0;
  return `rss ${row.rssPages} swap ${row.swapPages ?? 0} tables ${tables} adj ${row.oomScoreAdj ?? 0}`;
}

function describeOurs(ours: PredictedProcess): string {
  return `rss ${ours.rssPages} swap ${ours.swapPages} tables ${ours.pageTablePages} adj ${ours.oomScoreAdj}`;
}
