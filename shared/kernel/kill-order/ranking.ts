import { adjustmentPages } from '../badness/badness.ts';
import { type Range } from '../badness/precision.ts';
import { taskBadness } from '../badness/task-badness.ts';
import { type OomRules } from '../rules.ts';
import { type KernelTask } from '../task.ts';

/** A task with its badness, and where the kernel's own figure for it may lie. */
export interface Ranked<T extends KernelTask> {
  readonly task: T;
  readonly points: number;
  readonly range: Range;
  /** Its place in the kernel's scan. */
  readonly scanIndex: number;
}

/** Computes the badness of one eligible task in a scope of `totalPages`. */
export function rank<T extends KernelTask>(
  task: T,
  scanIndex: number,
  rules: OomRules,
  totalPages: number,
  usage: Range,
): Ranked<T> {
  if (task.memory === undefined) throw new Error('a task without memory has no badness');
  const points = taskBadness(task, rules, totalPages);
  if (usage.low === usage.high) return { task, points, range: { low: points, high: points }, scanIndex };
  // Only kernels with the formula of 5.9 have counters that lag; it adds without clamping.
  const adjustment = adjustmentPages(task.oomScoreAdj, totalPages);
  return { task, points, range: { low: usage.low + adjustment, high: usage.high + adjustment }, scanIndex };
}

/** Sorts by badness, equal ones by the kernel's scan: the first victim comes first. */
export function sortByVictim<T extends KernelTask>(ranked: Ranked<T>[], tie: OomRules['tie']): void {
  const direction = tie === 'last' ? -1 : 1;
  ranked.sort((a, b) => b.points - a.points || direction * (a.scanIndex - b.scanIndex));
}

/** The tasks of a scope that may be killed, before they are ranked. */
export interface Candidates<T extends KernelTask> {
  /** All of the scope, as the kernel scans them. */
  readonly tasks: readonly T[];
  /** The indexes of those that may be killed, in scan order. */
  readonly eligible: readonly number[];
  /** The range in which the memory part of the kernel's own badness lies. */
  readonly usageRange: (task: T) => Range;
}

/**
 * The first few of what sortByVictim() would give, without ranking the thousands behind them: every tick comes by here. Undefined where a
 * figure is not known to the page.
 */
export function firstByVictim<T extends KernelTask>(
  { tasks, eligible, usageRange }: Candidates<T>,
  rules: OomRules,
  totalPages: number,
  count: number,
): Ranked<T>[] | undefined {
  const first: Ranked<T>[] = [];
  // From the end of the scan that wins ties: a task that is only as bad as an earlier one comes behind it.
  const [from, step] = rules.tie === 'last' ? [eligible.length - 1, -1] : [0, 1];
  for (let turn = from; turn >= 0 && turn < eligible.length; turn += step) {
    const scanIndex = eligible[turn] ?? NaN;
    const task = tasks[scanIndex];
    if (task === undefined) throw new Error('eligible are places among the tasks');
    const { low, high } = usageRange(task);
    if (low !== high) return undefined;
    if (task.memory === undefined) throw new Error('a task without memory has no badness');
    const points = taskBadness(task, rules, totalPages);
    if (first.length === count && points <= (first[count - 1]?.points ?? Infinity)) continue;
    first.splice(behindEquals(first, points), 0, {
      task,
      points,
      range: { low: points, high: points },
      scanIndex,
    });
    if (first.length > count) first.pop();
  }
  return first;
}

/** The index at which a task with these points is inserted: behind all that are as bad. */
function behindEquals(sorted: readonly Ranked<KernelTask>[], points: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle]?.points ?? -Infinity) >= points) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** True when the kernel's own figure is known to the page. */
function isExact({ range }: Ranked<KernelTask>): boolean {
  return range.low === range.high;
}

/**
 * The entries of a sorted ranking that may be the first victim: those that no entry ahead of them beats for certain. One beats another for
 * certain when their ranges do not touch, or when both are exact and the scan order, which decides between equals, is known.
 */
export function possibleFirst<T extends KernelTask>(
  ranked: readonly Ranked<T>[],
  scanOrderKnown: boolean,
): Ranked<T>[] {
  const possible: Ranked<T>[] = [];
  let floor = -Infinity;
  let exactAhead = false;
  for (const entry of ranked) {
    const beaten = floor > entry.range.high || (scanOrderKnown && exactAhead && isExact(entry));
    if (!beaten) possible.push(entry);
    floor = Math.max(floor, entry.range.low);
    exactAhead ||= isExact(entry);
  }
  return possible;
}

/** Follows the kill order of a sorted ranking, and knows whether the figures leave a place open. */
export interface CloseCalls<T extends KernelTask> {
  /**
   * True when the figures do not decide between the one at `index` and an earlier victim, or one behind it that is left. Those that die
   * with it are killed in its place as well when one of them is the worst.
   */
  readonly at: (index: number, isLeft: (task: T) => boolean, diesWith?: readonly T[]) => boolean;
  /** Records that the one at `index` was the victim of a place. */
  readonly taken: (index: number, diesWith?: readonly T[]) => void;
}

export function closeCallsIn<T extends KernelTask>(
  ranked: readonly Ranked<T>[],
  scanOrderKnown: boolean,
): CloseCalls<T> {
  if (scanOrderKnown && ranked.every(isExact)) return { at: () => false, taken: () => undefined };
  // An exact one can be mistaken for an inexact one only, where the scan order decides between exact ones.
  const isMistakable = (entry: Ranked<T>) => !scanOrderKnown || !isExact(entry);
  const all = { tails: tailsOf(ranked, () => true), lowestTaken: Infinity };
  const mistakable = { tails: tailsOf(ranked, isMistakable), lowestTaken: Infinity };
  const rivalsOf = (entry: Ranked<T>) => (isMistakable(entry) ? all : mistakable);
  let indexOf: ReadonlyMap<T, number> | undefined;
  /** The one at `index`, and those of the others that could have been chosen, with their indexes. */
  const together = (index: number, diesWith: readonly T[]) => {
    if (diesWith.length > 0) indexOf ??= new Map(ranked.map(({ task }, at) => [task, at]));
    const indexes = [index, ...diesWith.flatMap((task) => indexOf?.get(task) ?? [])];
    return indexes.flatMap((at) => (ranked[at] === undefined ? [] : [{ at, entry: ranked[at] }]));
  };
  return {
    at: (index, isLeft, diesWith = []) => {
      const own = ranked[index];
      if (own === undefined) return false;
      const dying = together(index, diesWith);
      if (dying.some(({ entry }) => rivalsOf(entry).lowestTaken <= entry.range.high)) return true;
      const low = worstLow(dying);
      // Among exact ones it is decided: none behind the first of them is killed before it.
      const decidedAt = Math.min(...dying.map(({ at, entry }) => (isMistakable(entry) ? Infinity : at)));
      const { tails } = rivalsOf(own);
      for (let tail = tails[index + 1]; tail !== undefined && tail.highest >= low;) {
        const { at, first } = tail;
        const isBeaten = first.range.high < low || (at > decidedAt && !isMistakable(first));
        if (!isBeaten && isLeft(first.task)) return true;
        tail = tails[at + 1];
      }
      return false;
    },
    taken: (index, diesWith = []) => {
      const own = ranked[index];
      if (own === undefined) return;
      const low = worstLow(together(index, diesWith));
      all.lowestTaken = Math.min(all.lowestTaken, low);
      if (isMistakable(own)) mistakable.lowestTaken = Math.min(mistakable.lowestTaken, low);
    },
  };
}

/** The worst of these is at least as bad as that. */
function worstLow(dying: readonly { readonly entry: Ranked<KernelTask> }[]): number {
  return dying.reduce((low, { entry }) => Math.max(low, entry.range.low), -Infinity);
}

/** Those of a kind from one index of a ranking on: the first of them, where it stands, and the highest figure that any may have. */
interface Tail<T extends KernelTask> {
  readonly first: Ranked<T>;
  readonly at: number;
  readonly highest: number;
}

/** The tail from each index on; undefined where none of the kind is left. */
function tailsOf<T extends KernelTask>(
  ranked: readonly Ranked<T>[],
  isOfKind: (entry: Ranked<T>) => boolean,
): (Tail<T> | undefined)[] {
  const tails: (Tail<T> | undefined)[] = ranked.map(() => undefined);
  let tail: Tail<T> | undefined;
  for (let at = ranked.length - 1; at >= 0; at -= 1) {
    const first = ranked[at];
    if (first !== undefined && isOfKind(first)) {
      tail = { first, at, highest: Math.max(first.range.high, tail?.highest ?? -Infinity) };
    }
    tails[at] = tail;
  }
  return tails;
}

/** True when `a` goes before `b` whatever their figures are within their ranges. */
export function goesBefore(
  a: Ranked<KernelTask>,
  b: Ranked<KernelTask>,
  tie: OomRules['tie'],
  scanOrderKnown: boolean,
): boolean {
  if (a.range.low !== b.range.high) return a.range.low > b.range.high;
  const winsTie = tie === 'last' ? a.scanIndex > b.scanIndex : a.scanIndex < b.scanIndex;
  return winsTie && scanOrderKnown;
}
