import { named } from '../../collect/processes/named.ts';
import { labelOf } from '#shared/kernel/cgroup/names.ts';
import {
  type Group,
  type GroupArithmetic,
  type GroupDetail,
  type GroupLimit,
  type GroupPlace,
  type GroupPoint,
} from '#shared/model/owners/group.ts';
import { compact } from '#shared/optional.ts';
import { readComposition } from '../../proc/cgroup/composition.ts';
import { type ObservedCgroup, type Snapshot } from '../../collect/snapshot.ts';
import { type GroupForecasts } from '../forecast/group-forecasts.ts';
import { type OrderOfScope } from '../watch/order-view.ts';
import { headroomIn } from '../watch/headroom.ts';
import { orderIn, withRowFacts } from './row-facts.ts';

/** Places of the order inside that are listed. */
const PLACES = 5;

/** All that is known of one group; `nameOf` says what a cgroup above it is called. */
export function groupDetail(
  snapshot: Snapshot,
  group: Group,
  forecasts: Pick<GroupForecasts, 'history'> | undefined,
  nameOf: (path: string) => string = labelOf,
): GroupDetail {
  const { path, container } = group;
  const cgroup = path === undefined ? undefined : snapshot.cgroups.get(path);
  const mount = snapshot.host.memoryMount;
  if (path === undefined || cgroup === undefined || mount === undefined)
    return { group, limits: [], places: [], killableCount: 0, history: [] };
  const ofScope = orderIn(snapshot, group, Infinity);
  const { usageBytes, stat } = cgroup;
  return {
    group: withRowFacts(snapshot, group),
    limits: limitsOf(snapshot, path, nameOf),
    places: ofScope === undefined ? [] : placesOf(snapshot, ofScope, container?.mainPid),
    killableCount: ofScope?.order.eligibleCount ?? 0,
    history: historyOf(snapshot, group, forecasts),
    ...compact({
      composition: readComposition(mount, path),
      arithmetic: arithmeticOf(cgroup, group),
      dockerStatsBytes: stat === undefined ? undefined : Math.max(0, usageBytes - stat.inactiveFileBytes),
      swapLimitBytes: swapLimitOf(cgroup),
    }),
  };
}

/** memory.swap.max, or with cgroup v1 what the limit of memory and swap together leaves for swap. */
function swapLimitOf({ swapLimitBytes, memswLimitBytes, limitBytes }: ObservedCgroup): number | undefined {
  if (memswLimitBytes === undefined || limitBytes === undefined) return swapLimitBytes;
  return Math.max(0, memswLimitBytes - limitBytes);
}

/** With cgroup v1 the limit of memory and swap together may be what is reached. */
function arithmeticOf(
  { usageBytes, limitBytes, memswLimitBytes, memswUsageBytes }: ObservedCgroup,
  { headroom }: Group,
): GroupArithmetic | undefined {
  if (headroom === undefined) return undefined;
  const { headroomBytes, reclaimableBytes, swapBytes } = headroom;
  const parts = { headroomBytes, reclaimableBytes, swapBytes };
  const ofMemory = (limitBytes ?? Infinity) - usageBytes;
  const ofBoth = (memswLimitBytes ?? Infinity) - (memswUsageBytes ?? usageBytes);
  if (memswLimitBytes !== undefined && ofBoth < ofMemory)
    return { limitBytes: memswLimitBytes, usageBytes: memswUsageBytes ?? usageBytes, ...parts };
  return limitBytes === undefined ? undefined : { limitBytes, usageBytes, ...parts };
}

/** From the group up to the machine. Cgroups above it without a limit decide nothing. */
function limitsOf(snapshot: Snapshot, path: string, nameOf: (path: string) => string): readonly GroupLimit[] {
  const { links, first, machine } = headroomIn(snapshot).chain(path);
  const above = links.flatMap((link): GroupLimit[] => {
    const limitBytes = limitAt(snapshot.cgroups.get(link.path));
    if (link.headroom === undefined && link.path !== path) return [];
    return [
      {
        path: link.path,
        name: nameOf(link.path),
        isFirst: first.path === link.path,
        ...compact({ limitBytes, headroomBytes: link.headroom?.headroomBytes }),
      },
    ];
  });
  const { totalBytes } = snapshot.memory.state;
  const ofMachine = { limitBytes: totalBytes, headroomBytes: machine.headroomBytes };
  return [...above, { name: '', isFirst: first.path === undefined, ...ofMachine }];
}

function limitAt(cgroup: ObservedCgroup | undefined): number | undefined {
  return cgroup?.limitBytes ?? cgroup?.memswLimitBytes;
}

/** The first places, and the main process of the container wherever it stands. */
function placesOf(
  { host }: Snapshot,
  { order, namesOf }: OrderOfScope,
  mainPid: number | undefined,
): readonly GroupPlace[] {
  return order.places.flatMap(({ task, freesPages }, at): GroupPlace[] => {
    const isMain = task.pid === mainPid;
    if (at >= PLACES && !isMain) return [];
    const freesBytes = freesPages * host.pageSizeBytes;
    return [{ rank: at + 1, ...named(task, namesOf), freesBytes, ...(isMain ? { isMain } : {}) }];
  });
}

/** What could not be reclaimed of the limit at each reading. */
function historyOf(
  { timeMs, monotonicMs }: Snapshot,
  { path, limitBytes }: Group,
  forecasts: Pick<GroupForecasts, 'history'> | undefined,
): readonly GroupPoint[] {
  if (path === undefined || limitBytes === undefined || forecasts === undefined) return [];
  const { seconds, bytes } = forecasts.history(path);
  return seconds.map((at, index) => ({
    timeMs: Math.round(timeMs - monotonicMs + at * 1000),
    bytes: Math.max(0, limitBytes - (bytes[index] ?? 0)),
  }));
}
