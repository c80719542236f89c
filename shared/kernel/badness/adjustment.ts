import { OOM_SCORE_ADJ_MAX, OOM_SCORE_ADJ_MIN } from './badness.ts';
import { whoDiesWith } from '../kill-order/die-together.ts';
import { ineligibleReason } from './eligibility.ts';
import { type OomContext } from '../kill-order/kill-order.ts';
import { type Range } from './precision.ts';
import { firstByVictim, goesBefore, rank, type Ranked } from '../kill-order/ranking.ts';
import { type OomRules } from '../rules.ts';
import { type KernelTask } from '../task.ts';

/**
 * For a task, how many of the others go before it for certain if its oom_score_adj were a given value: before it and whatever dies with
 * it, since in a memory.oom.group the worst of all decides when all of them die.
 *
 * `tasks` are in scan order, as for killOrder(). Those that die with it do not count as others; those that share its address space
 * move with it (fs/proc/base.c, __set_oom_adj(), 4.8 on).
 */
export function countBefore<T extends KernelTask>(
  target: T,
  tasks: readonly T[],
  context: OomContext,
  usageRange: (task: T) => Range,
): (oomScoreAdj: number) => number {
  const { others, togetherAt, isBefore } = lineUp(target, tasks, context, usageRange);
  const all = others();
  return (oomScoreAdj) => {
    const together = togetherAt(oomScoreAdj);
    return all.filter((other) => together.every((own) => isBefore(other, own))).length;
  };
}

/**
 * The oom_score_adj nearest to the present one that moves a task behind the n-th of the others, so that at least `n` of them go before
 * it for certain; undefined when it is there already (see `countBefore`) or when no value above -1000 does it (too few others, a
 * scope below 1,000 pages, where adjustments do nothing, or one that dies with it is killed earlier).
 */
export function adjToMoveBehind<T extends KernelTask>(
  target: T,
  n: number,
  tasks: readonly T[],
  context: OomContext,
  usageRange: (task: T) => Range,
): number | undefined {
  if (ineligibleReason(target) !== undefined) return undefined;
  const { firstOthers, togetherAt, isBefore } = lineUp(target, tasks, context, usageRange);
  // Where n of the others are killed before a task, the first n of them in the order are.
  const first = firstOthers(n);
  const isBehind = (adj: number) => {
    const together = togetherAt(adj);
    return first.length >= n && first.every((other) => together.every((own) => isBefore(other, own)));
  };
  if (isBehind(target.oomScoreAdj)) return undefined;
  return largestWhere(OOM_SCORE_ADJ_MIN + 1, target.oomScoreAdj - 1, isBehind);
}

/** The first `n` in the order: those that are the most likely to come before any task. */
function firstOf<T extends KernelTask>(
  others: readonly Ranked<T>[],
  n: number,
  tie: OomRules['tie'],
): readonly Ranked<T>[] {
  const first: Ranked<T>[] = [];
  const direction = tie === 'last' ? -1 : 1;
  const compare = (a: Ranked<T>, b: Ranked<T>) =>
    b.range.low - a.range.low || direction * (a.scanIndex - b.scanIndex);
  for (const other of others) {
    let at = first.length;
    for (let ahead = first[at - 1]; ahead !== undefined && compare(other, ahead) < 0; ahead = first[at - 1])
      at -= 1;
    if (at === n) continue;
    first.splice(at, 0, other);
    if (first.length > n) first.pop();
  }
  return first;
}

/**
 * The oom_score_adj nearest to the present one with which no task is killed before this one for certain, except those that die with it;
 * undefined when that is so already, or when no value does it. A task at -1000 may be passed too: that value never does it.
 */
export function adjToGoFirst<T extends KernelTask>(
  target: T,
  tasks: readonly T[],
  context: OomContext,
  usageRange: (task: T) => Range,
): number | undefined {
  const reason = ineligibleReason(target);
  if (reason !== undefined && reason !== 'oom-score-adj-minimum') return undefined;
  const { others, togetherAt, isBefore } = lineUp(target, tasks, context, usageRange);
  const all = others();
  const isFirst = (adj: number) => togetherAt(adj).some((own) => all.every((other) => isBefore(own, other)));
  if (reason === undefined && isFirst(target.oomScoreAdj)) return undefined;
  const mirrored = largestWhere(-OOM_SCORE_ADJ_MAX, -(target.oomScoreAdj + 1), (adj) => isFirst(-adj));
  // `+ 0` turns -0 into 0.
  return mirrored === undefined ? undefined : -mirrored + 0;
}

interface LineUp<T extends KernelTask> {
  /** The tasks that can be killed and do not die with the target. */
  readonly others: () => readonly Ranked<T>[];
  /** The first `n` of them: those that are the most likely to be before any task. */
  readonly firstOthers: (n: number) => readonly Ranked<T>[];
  /** The target with that oom_score_adj, and all that die with it and can be chosen. */
  readonly togetherAt: (oomScoreAdj: number) => readonly Ranked<T>[];
  readonly isBefore: (a: Ranked<T>, b: Ranked<T>) => boolean;
}

function lineUp<T extends KernelTask>(
  target: T,
  tasks: readonly T[],
  { rules, totalPages, scope, oomGroups, scanOrderKnown }: OomContext,
  usageRange: (task: T) => Range,
): LineUp<T> {
  const rankedAt = (task: T, scanIndex: number) => rank(task, scanIndex, rules, totalPages, usageRange(task));
  const whoElse = whoDiesWith(tasks, { scope, oomGroups, honoursOomGroup: rules.honoursOomGroup });
  const mates = new Set(whoElse(target));
  const moves = (task: T) => task === target || (target.mm !== undefined && task.mm === target.mm);
  const together = [target, ...mates].flatMap((task) => {
    const reason = ineligibleReason(task);
    const counts = reason === undefined || (moves(task) && reason === 'oom-score-adj-minimum');
    return counts ? [[task, tasks.indexOf(task)] as const] : [];
  });
  const eligible = tasks.flatMap((task, scanIndex) =>
    task === target || mates.has(task) || ineligibleReason(task) !== undefined ? [] : scanIndex,
  );
  const others = () =>
    eligible.flatMap((scanIndex) => {
      const task = tasks[scanIndex];
      return task === undefined ? [] : rankedAt(task, scanIndex);
    });
  return {
    others,
    firstOthers: (n) =>
      firstByVictim({ tasks, eligible, usageRange }, rules, totalPages, n) ?? firstOf(others(), n, rules.tie),
    togetherAt: (oomScoreAdj) =>
      together.map(([task, scanIndex]) =>
        rank(moves(task) ? { ...task, oomScoreAdj } : task, scanIndex, rules, totalPages, usageRange(task)),
      ),
    isBefore: (a, b) => goesBefore(a, b, rules.tie, scanOrderKnown),
  };
}

/** The largest whole number in [low, high] for which a property holds that holds for all smaller ones as well. */
function largestWhere(low: number, high: number, holds: (value: number) => boolean): number | undefined {
  if (high < low || !holds(low)) return undefined;
  let holding = low;
  let beyond = high + 1;
  while (beyond - holding > 1) {
    const middle = Math.floor((holding + beyond) / 2);
    if (holds(middle)) holding = middle;
    else beyond = middle;
  }
  return holding;
}
