import { OOM_SCORE_ADJ_MIN } from '#shared/kernel/badness/badness.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { adjToGoFirst } from '#shared/kernel/badness/adjustment.ts';
import { ineligibleReason } from '#shared/kernel/badness/eligibility.ts';
import { killOrder } from '#shared/kernel/kill-order/kill-order.ts';
import {
  type AdjChange,
  type AdjPreview,
  type AdjRequest,
  type PlaceInOrder,
  type PreviewPlace,
  type RoomToGrow,
} from '#shared/model/change.ts';
import { compact } from '#shared/optional.ts';
import { type Unplanned } from '#shared/model/planned-change.ts';
import { type NamedProcess } from '#shared/model/kill-order.ts';
import { type ObservedProcess } from '../../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { warningsFor } from './warnings.ts';
import { lastingPlaces, type LastingChecks, type RequestedAdj } from './lasting.ts';
import { endsWith, type UnitFactsOf } from '../../watch/ends-with.ts';
import { orderOfScope, type OrderOfScope } from '../../watch/order-view.ts';
import { usageRangeIn } from '../../watch/process-facts.ts';
import { LATER_BEHIND, moveBehind, roomToGrow } from '../../watch/room-to-grow.ts';
import { type ChangeWorld } from '../../world.ts';
import { named } from '../../../collect/processes/named.ts';
import { processesOf } from '../../watch/targets.ts';

/** Places that a preview shows. */
const PLACES_SHOWN = 8;
/** Intents for a place in the order of a scope. */
const ORDERED: ReadonlySet<AdjRequest['intent']['kind']> = new Set(['behind', 'later', 'first']);
/** `strong`: half of what the kernel takes as the most, so that only what is protected more goes after it. */
const STRONG_ADJ = -500;

/** What an intent would do, from exact figures that are read now. Writes nothing. */
export function previewAdj(
  {
    readEverything,
    ownUid,
    lastingChecks,
    unitFacts,
    growthBytesPerMinute,
  }: Pick<ChangeWorld, 'readEverything' | 'ownUid' | 'lastingChecks' | 'unitFacts' | 'growthBytesPerMinute'>,
  request: AdjRequest,
): Result<Unplanned<AdjPreview>> {
  const snapshot = readEverything();
  if (!snapshot.ok) return snapshot;
  return adjPreview(snapshot.value, request, ownUid, lastingChecks, unitFacts, growthBytesPerMinute);
}

/**
 * The effect of an intent, from one snapshot with the figures of all processes. Writes nothing. `ownUid`: the user whose processes may be
 * raised without root. `checks`: what else carrying it out would ask. `growth`: bytes a minute, where it is known.
 */
export function adjPreview(
  snapshot: Snapshot,
  request: AdjRequest,
  ownUid: number,
  checks?: LastingChecks,
  facts?: UnitFactsOf,
  growth: Growth = () => undefined,
): Result<Unplanned<AdjPreview>> {
  const found = orderOfScope(snapshot, request.scope);
  if (!found.ok) return found;
  const targets = processesOf(snapshot, request.target, checks);
  if (!targets.ok) return targets;
  const outside = targets.value.find((target) => !found.value.tasks.includes(target));
  if (outside !== undefined && ORDERED.has(request.intent.kind)) {
    return fail('out-of-scope', { pid: outside.pid });
  }
  const { changes, requested, outOfReach, room } = changesFor(
    snapshot,
    found.value,
    targets.value,
    request,
    growth,
  );
  const after = orderAfter(snapshot, found.value, changes, targets.value);
  const lowest = request.intent.kind !== 'first' && request.intent.kind !== 'adj';
  const { order } = found.value;
  // Where the kernel panics, or kills the process that asks for memory, there is no next victim, before the change or after it.
  const nextBefore = order.outcome === 'kills' ? order.places[0]?.task : undefined;
  const nextAfter = after.next;
  return ok({
    request,
    changes,
    orderAfter: after.places,
    place: after.place,
    ...(room === undefined ? {} : { room }),
    ...(nextBefore === undefined ? {} : { nextBefore: named(nextBefore, snapshot.namesOf) }),
    ...(nextAfter === undefined ? {} : { nextAfter }),
    ...(facts === undefined || after.nextTasks.length === 0
      ? {}
      : { nextAfterEnds: endsWith(snapshot, after.nextTasks, facts) }),
    warnings: warningsFor({
      snapshot,
      ofScope: found.value,
      intent: request.intent,
      targets: targets.value,
      changes,
      outOfReach,
      mayLower: checks?.mayLower(),
    }),
    needsRoot: needsRoot(targets.value, changes, ownUid),
    lasting: lastingPlaces(requested, lowest, snapshot, checks),
  });
}

interface Changes {
  readonly changes: readonly AdjChange[];
  /** The value that each of the processes is to have, whether or not it has it. */
  readonly requested: readonly RequestedAdj[];
  readonly outOfReach: readonly ObservedProcess[];
  /** The largest that `later` leaves to one of them. */
  readonly room?: RoomToGrow | undefined;
}

type Growth = (process: ObservedProcess) => number | undefined;

function changesFor(
  snapshot: Snapshot,
  ofScope: OrderOfScope,
  targets: readonly ObservedProcess[],
  { intent }: AdjRequest,
  growth: Growth,
): Changes {
  const changes: AdjChange[] = [];
  const requested: RequestedAdj[] = [];
  const outOfReach: ObservedProcess[] = [];
  const rooms: RoomToGrow[] = [];
  for (const target of targets) {
    const room = intent.kind === 'later' ? roomToGrow(snapshot, ofScope, target, growth(target)) : undefined;
    if (room !== undefined) rooms.push(room);
    const after = intendedValue(snapshot, ofScope, targets, target, intent, room);
    if (after === 'out-of-reach') outOfReach.push(target);
    // A place that it has already by itself need not be kept; a value that was named may be.
    else if (after !== target.oomScoreAdj || intent.kind === 'adj' || intent.kind === 'never')
      requested.push({ process: target, oomScoreAdj: after });
    if (after !== 'out-of-reach' && after !== target.oomScoreAdj) {
      changes.push({ ...named(target, snapshot.namesOf), before: target.oomScoreAdj, after });
    }
  }
  return { changes, requested, outOfReach, room: rooms.toSorted((a, b) => b.bytes - a.bytes)[0] };
}

/** The value for one of the targets; its present one when the intent is fulfilled already. */
function intendedValue(
  snapshot: Snapshot,
  { tasks, context }: OrderOfScope,
  targets: readonly ObservedProcess[],
  target: ObservedProcess,
  intent: AdjRequest['intent'],
  room: RoomToGrow | undefined,
): number | 'out-of-reach' {
  if (intent.kind === 'never') return -1000;
  if (intent.kind === 'adj') return intent.oomScoreAdj;
  if (intent.kind === 'strong') return Math.min(target.oomScoreAdj, STRONG_ADJ);
  // The other targets move as well: they neither count as others nor stand in the way.
  const others = new Set(targets.filter((other) => other !== target));
  const present = tasks.filter((task) => !others.has(task));
  const range = usageRangeIn(snapshot);
  if (ineligibleReason(target) !== undefined && target.oomScoreAdj !== -1000) return target.oomScoreAdj;
  if (intent.kind === 'behind' || intent.kind === 'later') {
    if (target.oomScoreAdj === -1000) return target.oomScoreAdj;
    const wanted = intent.kind === 'later' ? LATER_BEHIND : intent.n;
    return moveBehind(snapshot, { context }, present, target, wanted, room).oomScoreAdj ?? 'out-of-reach';
  }
  const value = adjToGoFirst(target, present, context, range);
  if (value !== undefined) return value;
  const isFirst = killOrder(present, context, range, 1).places[0]?.task === target;
  return isFirst ? target.oomScoreAdj : 'out-of-reach';
}

/** The order with the changes made; a process that shares an address space with a changed one gets its value too (__set_oom_adj()). */
export function orderAfter(
  snapshot: Snapshot,
  { tasks, outside, context, order }: OrderOfScope,
  changes: readonly AdjChange[],
  targets: readonly ObservedProcess[] = [],
): {
  readonly places: readonly PreviewPlace[];
  readonly place: PlaceInOrder;
  readonly next?: NamedProcess;
  /** It, and all that the kernel kills with it. */
  readonly nextTasks: readonly ObservedProcess[];
} {
  const after = new Map(changes.map((change) => [change.pid, change.after]));
  const sharedAfter = new Map(
    tasks.flatMap(({ pid, mm }): [number, number][] => {
      const value = after.get(pid);
      return mm === undefined || value === undefined ? [] : [[mm, value]];
    }),
  );
  const changed = tasks.map((task) => {
    const value = after.get(task.pid) ?? (task.mm === undefined ? undefined : sharedAfter.get(task.mm));
    return value === undefined ? task : { ...task, oomScoreAdj: value };
  });
  const rankBefore = ranksIn(order);
  const then = killOrder(changed, context, usageRangeIn(snapshot), Infinity, outside);
  const places = then.places.map(({ task, badnessPages }, index): PreviewPlace => {
    const before = rankBefore.get(task.pid);
    return {
      ...named(task, snapshot.namesOf),
      rank: index + 1,
      badnessPages,
      oomScoreAdj: task.oomScoreAdj,
      ...(before === undefined ? {} : { rankBefore: before }),
      changed: after.has(task.pid),
    };
  });
  // The front, and the changed ones wherever they land.
  const shown = places.filter(({ rank, changed: isChanged }) => rank <= PLACES_SHOWN || isChanged);
  const isExempt =
    targets.length > 0 &&
    targets.every(({ pid, oomScoreAdj }) => (after.get(pid) ?? oomScoreAdj) === OOM_SCORE_ADJ_MIN);
  const first = then.outcome === 'kills' ? then.places[0] : undefined;
  const next = first?.task;
  return {
    places: shown.slice(0, 2 * PLACES_SHOWN),
    place: {
      ...compact({ before: firstOf(targets, rankBefore), after: firstOf(targets, ranksIn(then)) }),
      ...(isExempt ? { isExempt } : {}),
      of: then.places.length,
    },
    ...(next === undefined ? {} : { next: named(next, snapshot.namesOf) }),
    nextTasks: first === undefined ? [] : [first.task, ...first.diesWith],
  };
}

/** The place of each process that is killed, by pid; those that die with a victim have its place. */
function ranksIn({ places }: OrderOfScope['order']): ReadonlyMap<number, number> {
  return new Map(
    places.flatMap(({ task, diesWith }, index) =>
      [task, ...diesWith].map(({ pid }): [number, number] => [pid, index + 1]),
    ),
  );
}

function firstOf(
  targets: readonly ObservedProcess[],
  ranks: ReadonlyMap<number, number>,
): number | undefined {
  const found = targets.flatMap(({ pid }) => ranks.get(pid) ?? []);
  return found.length === 0 ? undefined : Math.min(...found);
}

/** Raising one's own needs no root (fs/proc/base.c, __set_oom_adj()); lowering may, since oom_score_adj_min is not shown. */
function needsRoot(
  targets: readonly ObservedProcess[],
  changes: readonly AdjChange[],
  ownUid: number,
): boolean {
  const owner = new Map(targets.map(({ pid, euid }) => [pid, euid]));
  return changes.some(({ pid, before, after }) => after < before || owner.get(pid) !== ownUid);
}
