import { type ProcessDetail } from '#shared/contract/frame.ts';
import { adjToMoveBehind } from '#shared/kernel/badness/adjustment.ts';
import { pathsDownTo } from '#shared/kernel/kill-order/oom-group.ts';
import { type CgroupLimit } from '#shared/model/scope.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type ObservedCgroup, type Snapshot } from '../../collect/snapshot.ts';
import { orderOfScope, type OrderOfScope } from './order-view.ts';
import { usageRangeIn } from './process-facts.ts';
import { type ProcessHistories } from './process-histories.ts';
import { rowOf } from './table-rows.ts';
import { targetsAround } from '../change/adj/targets.ts';

/** How far behind a process is moved when nobody says how far. */
export const BEHIND_BY_DEFAULT = 5;

/** All that is known of one process in a scope. */
export function processDetail(
  snapshot: Snapshot,
  ofScope: OrderOfScope,
  process: ObservedProcess,
  histories: ProcessHistories,
): ProcessDetail {
  const chain = chainOf(snapshot, process);
  const tightest = tightestOf(snapshot, process);
  const growth = histories.growthBytesPerMinute(process, snapshot.host.pageSizeBytes);
  const protect = protection(snapshot, ofScope, process);
  return {
    process: rowOf(ofScope, process),
    chain: chain.map(withoutInternals),
    ...(tightest === undefined ? {} : { tightest }),
    history: histories.of(process),
    targets: targetsAround(snapshot, process),
    ...(growth === undefined ? {} : { growthBytesPerMinute: growth }),
    ...(protect === undefined ? {} : { protect }),
  };
}

/** A limit as the contract has it. */
export function withoutInternals({
  path,
  label,
  usageBytes,
  workingSetBytes,
  limitBytes,
  oomGroup,
}: ObservedCgroup): CgroupLimit {
  const limit = limitBytes === undefined ? {} : { limitBytes };
  return { path, label, usageBytes, workingSetBytes, oomGroup, ...limit };
}

/** What can still be allocated in a cgroup: up to its limit, and the cache that the kernel would drop before it kills. */
function headroomBytes({ limitBytes, usageBytes, reclaimableBytes }: ObservedCgroup): number {
  return limitBytes === undefined ? Infinity : Math.max(0, limitBytes - usageBytes + reclaimableBytes);
}

/** The cgroup above a process in which memory runs out before the machine's, and its place there; undefined when the machine is first. */
export function tightestOf(snapshot: Snapshot, process: ObservedProcess): ProcessDetail['tightest'] {
  const { availableBytes, swap } = snapshot.memory.state;
  const machine = availableBytes + (swap?.freeBytes ?? 0);
  const first = chainOf(snapshot, process).toSorted((a, b) => headroomBytes(a) - headroomBytes(b))[0];
  if (first === undefined || headroomBytes(first) >= machine) return undefined;
  const there = orderOfScope(snapshot, { kind: 'cgroup', path: first.path });
  const index = there.ok
    ? there.value.order.places.findIndex(
        ({ task, diesWith }) => task === process || diesWith.includes(process),
      )
    : -1;
  return {
    path: first.path,
    headroomBytes: headroomBytes(first),
    ...(index < 0 ? {} : { rank: index + 1 }),
  };
}

function chainOf(snapshot: Snapshot, { cgroup }: ObservedProcess): ObservedCgroup[] {
  return ['/', ...pathsDownTo(cgroup)].flatMap((path) => snapshot.cgroups.get(path) ?? []);
}

function protection(
  snapshot: Snapshot,
  { tasks, context, order }: OrderOfScope,
  process: ObservedProcess,
): ProcessDetail['protect'] {
  if (order.outcome !== 'kills' || !order.places.some(({ task }) => task === process)) return undefined;
  const behind = Math.min(BEHIND_BY_DEFAULT, order.eligibleCount - 1);
  const oomScoreAdj = adjToMoveBehind(process, behind, tasks, context, usageRangeIn(snapshot));
  if (oomScoreAdj === undefined) return undefined;
  const next = order.places.find(({ task }) => task !== process)?.task;
  return { behind, oomScoreAdj, ...(next === undefined ? {} : { nextPid: next.pid }) };
}
