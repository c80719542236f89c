import { ok, type Result } from '#shared/result.ts';
import { usagePages } from '#shared/kernel/badness/badness.ts';
import { killOrder, type KillOrder } from '#shared/kernel/kill-order/kill-order.ts';
import { type KillOrderView, type OrderEntry } from '#shared/model/kill-order.ts';
import { type Scope } from '#shared/model/scope.ts';
import { type Trouble } from '#shared/model/trouble.ts';
import { type Unit } from '#shared/model/unit.ts';
import { named } from '../../collect/processes/named.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { endsWith, unitsAround, type UnitFactsOf } from './ends-with.ts';
import { processFacts, usageRangeIn } from './process-facts.ts';
import { scopeTasks, type ScopeTasks } from './scope-tasks.ts';

/** How many protected processes are named. */
const PROTECTED_NAMED = 10;

/** The kill order of a scope, from one snapshot. */
export interface OrderOfScope extends ScopeTasks {
  readonly scope: Scope;
  readonly order: KillOrder<ObservedProcess>;
}

/** What makes an order less than the whole truth. */
export function troublesOf({ unreadableCount, host }: Snapshot, scope: Scope): readonly Trouble[] {
  const { outOfSight: by } = host;
  // A container's own cgroup holds no process from outside.
  const hidden = by !== undefined && (by !== 'pid-namespace' || scope.kind === 'global');
  return [
    ...(unreadableCount === 0 ? [] : [{ kind: 'unreadable', count: unreadableCount } as const]),
    ...(hidden ? [{ kind: 'out-of-sight', by } as const] : []),
  ];
}

/** Computes the order of all, or of the first `most`. Fails as `scopeTasks` does. */
export function orderOfScope(snapshot: Snapshot, scope: Scope, most = Infinity): Result<OrderOfScope> {
  const found = scopeTasks(snapshot, scope);
  if (!found.ok) return found;
  const { tasks, outside, context } = found.value;
  const order = killOrder(tasks, context, usageRangeIn(snapshot), most, outside);
  return ok({ ...found.value, scope, order });
}

/** True when one is the victim of a place, or dies with one. */
export function hasPlace({ order }: OrderOfScope, process: ObservedProcess): boolean {
  return order.places.some(({ task, diesWith }) => task === process || diesWith.includes(process));
}

/** What is needed to say what systemd ends after a kill. */
export interface Ends {
  readonly snapshot: Snapshot;
  readonly facts: UnitFactsOf;
  /** How many processes are named for a unit; a few by default. */
  readonly named?: number;
}

/** The units of the first places: what systemd is to be asked about. */
export function unitsOfPlaces({ order }: OrderOfScope, count: number): readonly Unit[] {
  const units = order.places
    .slice(0, count)
    .flatMap(({ task, diesWith }) => [task, ...diesWith].flatMap((process) => unitsAround(process)));
  return [...new Map(units.map((unit) => [`${unit.manager} ${unit.name}`, unit])).values()];
}

/** The places of these indexes with all their facts; those that do not exist are left out. */
export function entriesAt(
  { outside, order, context, namesOf }: OrderOfScope,
  indexes: readonly number[],
  ends?: Ends,
): readonly OrderEntry[] {
  return indexes.flatMap((index): readonly OrderEntry[] => {
    const place = order.places[index];
    if (place === undefined) return [];
    const entry = {
      ...processFacts(place.task, context, namesOf),
      rank: index + 1,
      freesPages: place.freesPages,
      freedSoFarPages: place.freedSoFarPages,
      diesWith: place.diesWith.map((other) => ({
        ...named(other, namesOf),
        ...(outside.includes(other) ? { outside: true as const } : {}),
      })),
      endsWith:
        ends === undefined
          ? []
          : endsWith(ends.snapshot, [place.task, ...place.diesWith], ends.facts, ends.named),
      ...(place.marginPages === undefined ? {} : { marginPages: place.marginPages }),
      certain: place.certain,
    };
    return [entry];
  });
}

/** The same as people see it: the first `count` places with all their facts. */
export function orderView(ofScope: OrderOfScope, count: number, ends?: Ends): KillOrderView {
  const { scope, order, context, namesOf } = ofScope;
  const saved = order.ineligible.flatMap(({ task, reason }) =>
    reason === 'oom-score-adj-minimum' && task.memory !== undefined
      ? [{ task, pages: usagePages(task.memory) }]
      : [],
  );
  return {
    scope,
    totalPages: context.totalPages,
    outcome: order.outcome,
    entries: entriesAt(
      ofScope,
      order.places.slice(0, count).map((_, index) => index),
      ends,
    ),
    eligibleCount: order.eligibleCount,
    either: order.either.map(({ pid }) => pid),
    errorPages: order.errorPages,
    protectedCount: saved.length,
    protectedPages: saved.reduce((sum, { pages }) => sum + pages, 0),
    protectedLargest: saved
      .toSorted((a, b) => b.pages - a.pages)
      .slice(0, PROTECTED_NAMED)
      .map(({ task, pages }) => ({
        ...named(task, namesOf),
        ...(task.unit === undefined ? {} : { unit: task.unit }),
        pages,
      })),
  };
}
