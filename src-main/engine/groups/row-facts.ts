import { type Group, type GroupVictim } from '#shared/model/owners/group.ts';
import { compact } from '#shared/optional.ts';
import { named } from '../../collect/processes/named.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { readCgroupPressure } from '../../proc/cgroup/pressure.ts';
import { orderOfScope, type OrderOfScope } from '../watch/order-view.ts';

/** What is read of the groups that are shown alone: their pressure, and who is killed first at their limit. */
export function withRowFacts(snapshot: Snapshot, group: Group): Group {
  const { path, container } = group;
  const mount = snapshot.host.memoryMount;
  if (path === undefined || mount === undefined) return group;
  const pressure = readCgroupPressure(mount, path);
  const ofScope = orderIn(snapshot, group, 1);
  const outcome = ofScope?.order.outcome;
  return {
    ...group,
    ...compact({
      pressure,
      victim: ofScope === undefined ? undefined : victimOf(snapshot, ofScope, container?.mainPid),
      outcome: outcome === 'kills' ? undefined : outcome,
    }),
  };
}

/** The kill order at a group's own limit; undefined without one. */
export function orderIn(
  snapshot: Snapshot,
  { path, headroom }: Group,
  most: number,
): OrderOfScope | undefined {
  if (path === undefined || headroom === undefined) return undefined;
  const ofScope = orderOfScope(snapshot, { kind: 'cgroup', path }, most);
  return ofScope.ok ? ofScope.value : undefined;
}

function victimOf(
  { host }: Snapshot,
  { order, namesOf }: OrderOfScope,
  mainPid: number | undefined,
): GroupVictim | undefined {
  const [first] = order.places;
  if (first === undefined) return undefined;
  return {
    ...named(first.task, namesOf),
    freesBytes: first.freesPages * host.pageSizeBytes,
    ...(first.task.pid === mainPid ? { isMain: true } : {}),
  };
}
