import { type ProcessDetail } from '#shared/contract/watch.ts';
import { compact } from '#shared/optional.ts';
import { pathsDownTo } from '#shared/kernel/kill-order/oom-group.ts';
import { type CgroupLimit } from '#shared/model/scope.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { headroomIn, limitAt } from './headroom.ts';
import { endsWith, type UnitFactsOf } from './ends-with.ts';
import { orderOfScope, type OrderOfScope } from './order-view.ts';
import { type ProcessHistories } from '../forecast/process-histories.ts';
import { LATER_BEHIND, moveBehind, roomToGrow } from './room-to-grow.ts';
import { rowOf } from './table-rows.ts';
import { targetsAround } from './targets.ts';

/** All that is known of one process in a scope. */
export function processDetail(
  snapshot: Snapshot,
  ofScope: OrderOfScope,
  process: ObservedProcess,
  histories: ProcessHistories,
  facts?: UnitFactsOf,
): ProcessDetail {
  const chain = chainOf(snapshot, process);
  const tightest = tightestOf(snapshot, process);
  const growth = histories.growthBytesPerMinute(process);
  const protect = protection(snapshot, ofScope, process, growth);
  return {
    process: rowOf(ofScope, process, histories),
    chain,
    ...(tightest === undefined ? {} : { tightest }),
    endsWith: facts === undefined ? [] : endsWith(snapshot, killedWith(ofScope, process), facts),
    history: histories.of(process),
    targets: targetsAround(snapshot, process),
    ...compact({ steadyGrowth: histories.steadyGrowth(process, snapshot.memory.state.totalBytes) }),
    ...(protect === undefined ? {} : { protect }),
  };
}

/** The processes that the kernel kills together when it kills this one; none when it never does. */
export function killedWith({ order }: OrderOfScope, process: ObservedProcess): readonly ObservedProcess[] {
  const place = order.places.find(({ task, diesWith }) => task === process || diesWith.includes(process));
  return place === undefined ? [] : [place.task, ...place.diesWith];
}

/** The cgroup above a process in which memory runs out before the machine's, and its place there; undefined when the machine is first. */
export function tightestOf(snapshot: Snapshot, process: ObservedProcess): ProcessDetail['tightest'] {
  const { path, headroom } = headroomIn(snapshot).chain(process.cgroup).first;
  if (path === undefined) return undefined;
  const there = orderOfScope(snapshot, { kind: 'cgroup', path });
  const outcome = there.ok ? there.value.order.outcome : undefined;
  // The places of an order are kept where the kernel kills none of them.
  const index =
    there.ok && outcome === 'kills'
      ? there.value.order.places.findIndex(
          ({ task, diesWith }) => task === process || diesWith.includes(process),
        )
      : -1;
  const { headroomBytes, uncertainBytes } = headroom;
  return {
    path,
    headroomBytes,
    ...(uncertainBytes === 0 ? {} : { uncertainBytes }),
    ...(index < 0 ? {} : { rank: index + 1 }),
    ...(outcome === undefined || outcome === 'kills' ? {} : { outcome }),
  };
}

function chainOf(snapshot: Snapshot, { cgroup }: ObservedProcess): CgroupLimit[] {
  return ['/', ...pathsDownTo(cgroup)].flatMap((path) => limitAt(snapshot, path) ?? []);
}

function protection(
  snapshot: Snapshot,
  ofScope: OrderOfScope,
  process: ObservedProcess,
  growth: number | undefined,
): ProcessDetail['protect'] {
  const { tasks, order } = ofScope;
  if (order.outcome !== 'kills' || !order.places.some(({ task }) => task === process)) return undefined;
  const room = roomToGrow(snapshot, ofScope, process, growth);
  const { behind, oomScoreAdj } = moveBehind(snapshot, ofScope, tasks, process, LATER_BEHIND, room);
  if (oomScoreAdj === undefined || oomScoreAdj === process.oomScoreAdj) return undefined;
  const next = order.places.find(({ task }) => task !== process)?.task;
  return { behind, oomScoreAdj, room, ...(next === undefined ? {} : { nextPid: next.pid }) };
}
