import { taskBadness } from '#shared/kernel/badness/task-badness.ts';
import { type SortColumn, type TableRange, type TableRow, type TableRows } from '#shared/contract/watch.ts';
import { unitText } from '#shared/format/unit-name.ts';
import { type IneligibleReason } from '#shared/model/process.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type OrderOfScope } from './order-view.ts';
import { processFacts } from './process-facts.ts';
import { type ProcessHistories } from '../forecast/process-histories.ts';
import { type WholeCommands } from './whole-commands.ts';

/** A process with its place, before its facts are put together for the few rows that are shown. */
interface Placed {
  readonly task: ObservedProcess;
  readonly rank?: number;
  readonly ineligible?: IneligibleReason;
  readonly badnessPages: number;
}

/** Who knows how processes grow. */
type Growth = Pick<ProcessHistories, 'growthBytesPerMinute'>;

const UNKNOWN_GROWTH: Growth = { growthBytesPerMinute: () => undefined };

const haystacks = new WeakMap<ObservedProcess, string>();
const places = new WeakMap<OrderOfScope, readonly Placed[]>();

/** True where the first places of the order are all that is shown: it need not be known any further. */
export function showsFront({ query, sort, descending }: TableRange): boolean {
  return sort === 'rank' && !descending && query.trim() === '';
}

/**
 * The rows of a scope that match and are shown. All processes are included; those that are never killed come last. The order has to
 * go as far as the range does where that shows the front, and to its end otherwise. `commands`: where commands are compared whole, also those
 * that the snapshot has cut.
 */
export function tableRows(
  ofScope: OrderOfScope,
  range: TableRange,
  commands?: WholeCommands,
  growth: Growth = UNKNOWN_GROWTH,
): TableRows {
  const { namesOf } = ofScope;
  const words = range.query.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = placed(ofScope).filter(({ task }) =>
    words.every(
      (word) =>
        haystackOf(task).includes(word) ||
        namesOf?.(task).label.toLowerCase().includes(word) === true ||
        (task.commandIsCut !== undefined && commands?.of(task).includes(word) === true),
    ),
  );
  const compare =
    range.sort === 'growth'
      ? byGrowth(growth)
      : range.sort === 'name'
        ? byName(namesOf)
        : COMPARE[range.sort];
  const direction = range.descending ? -1 : 1;
  matching.sort((a, b) => direction * compare(a, b) || a.task.pid - b.task.pid);
  const rows = matching.slice(range.from, range.from + range.count);
  // Every process has a place, dies with one that has, or is never killed.
  const total = words.length === 0 ? ofScope.tasks.length : matching.length;
  return { range, total, rows: rows.map((row) => tableRow(row, ofScope, growth)) };
}

/** The row of one process, wherever it stands. */
export function rowOf(
  ofScope: OrderOfScope,
  process: ObservedProcess,
  growth: Growth = UNKNOWN_GROWTH,
): TableRow {
  const found = placed(ofScope).find(({ task }) => task === process);
  return tableRow(found ?? { task: process, badnessPages: 0 }, ofScope, growth);
}

/** All processes of a scope. The table and the details of a process both ask for them in every frame. */
function placed(ofScope: OrderOfScope): readonly Placed[] {
  const known = places.get(ofScope);
  if (known !== undefined) return known;
  const all = place(ofScope);
  places.set(ofScope, all);
  return all;
}

function place({ order, outside, context }: OrderOfScope): Placed[] {
  const all: Placed[] = [];
  order.places.forEach(({ task, diesWith, badnessPages }, index) => {
    const rank = index + 1;
    all.push({ task, rank, badnessPages });
    for (const other of diesWith) {
      // A process that only shares an address space is not in this scope.
      if (outside.includes(other)) continue;
      all.push({ task: other, rank, badnessPages: taskBadness(other, context.rules, context.totalPages) });
    }
  });
  // A process at -1000 may die with a victim that shares its address space: then it has a place.
  const withPlace = new Set(all.map(({ task }) => task));
  for (const { task, reason } of order.ineligible) {
    if (!withPlace.has(task)) all.push({ task, ineligible: reason, badnessPages: -Infinity });
  }
  return all;
}

function tableRow(
  { task, rank, ineligible }: Placed,
  { context, namesOf }: OrderOfScope,
  growth: Growth,
): TableRow {
  const growthBytesPerMinute = growth.growthBytesPerMinute(task);
  return {
    ...processFacts(task, context, namesOf),
    ...(rank === undefined ? {} : { rank }),
    ...(ineligible === undefined ? {} : { ineligible }),
    ...(growthBytesPerMinute === undefined ? {} : { growthBytesPerMinute }),
  };
}

/** In ascending order. Rank 1 comes first; those without a place come last. */
const COMPARE: Record<Exclude<SortColumn, 'growth' | 'name'>, (a: Placed, b: Placed) => number> = {
  rank: (a, b) => (a.rank ?? Number.MAX_SAFE_INTEGER) - (b.rank ?? Number.MAX_SAFE_INTEGER),
  pid: (a, b) => a.task.pid - b.task.pid,
  user: (a, b) => compareText(a.task.user, b.task.user),
  // Two of -Infinity are equal, not NaN apart.
  badness: (a, b) => (a.badnessPages === b.badnessPages ? 0 : a.badnessPages - b.badnessPages),
  rss: (a, b) => (a.task.memory?.rssPages ?? 0) - (b.task.memory?.rssPages ?? 0),
  swap: (a, b) => (a.task.memory?.swapPages ?? 0) - (b.task.memory?.swapPages ?? 0),
  oomScore: (a, b) => a.task.oomScore - b.task.oomScore,
  oomScoreAdj: (a, b) => a.task.oomScoreAdj - b.task.oomScoreAdj,
};

/** By what is shown of them. */
function byName(namesOf: OrderOfScope['namesOf']): (a: Placed, b: Placed) => number {
  const shown = ({ task }: Placed) => namesOf?.(task).label ?? task.name;
  return (a, b) => compareText(shown(a), shown(b));
}

/** Those of which nothing is known come before those that shrink. */
function byGrowth(growth: Growth): (a: Placed, b: Placed) => number {
  const known = new Map<Placed, number>();
  const of = (placed: Placed) => {
    const before = known.get(placed) ?? growth.growthBytesPerMinute(placed.task) ?? -Infinity;
    known.set(placed, before);
    return before;
  };
  return (a, b) => (of(a) === of(b) ? 0 : of(a) - of(b));
}

/** By code units: locale-aware comparison costs tens of milliseconds for thousands of names. */
function compareText(a: string, b: string): number {
  const left = a.toLowerCase();
  const right = b.toLowerCase();
  return left < right ? -1 : left > right ? 1 : 0;
}

function haystackOf(task: ObservedProcess): string {
  const known = haystacks.get(task);
  if (known !== undefined) return known;
  const { name, command, pid, user, unit, container = '' } = task;
  const text =
    `${name} ${command} ${pid} ${user} ${unit === undefined ? '' : unitText(unit)} ${container}`.toLowerCase();
  haystacks.set(task, text);
  return text;
}
