import { type CgroupMachine } from '#shared/kernel/cgroup/effects.ts';
import { type CgroupState } from '#shared/model/cgroup-change.ts';
import { type ObservedCgroup, type Snapshot } from '../../../collect/snapshot.ts';
import { firstAboveOf, headroomWith } from '../../watch/headroom.ts';

/** The headroom of a cgroup by its figures of now. */
export function headroomState(
  snapshot: Snapshot,
  cgroup: ObservedCgroup,
): Pick<CgroupState, 'reclaimableBytes' | 'headroom' | 'high' | 'firstAbove'> {
  const reader = headroomWith(snapshot, cgroup);
  const chain = reader.chain(cgroup.path);
  const { headroom, high } = chain.links[0] ?? {};
  const firstAbove = firstAboveOf(chain, cgroup.path);
  return {
    reclaimableBytes: reader.takenBack(cgroup.path)?.sureBytes ?? 0,
    ...(headroom === undefined ? {} : { headroom }),
    ...(high === undefined ? {} : { high }),
    ...(firstAbove === undefined ? {} : { firstAbove }),
  };
}

/** What the kernel could reclaim from a cgroup, and its headroom with the requested limit. */
export function headroomFor(
  snapshot: Snapshot,
  requested: ObservedCgroup,
): Pick<CgroupMachine, 'takenBack' | 'headroom' | 'first'> {
  const reader = headroomWith(snapshot, requested);
  const { links, first } = reader.chain(requested.path);
  const headroom = links[0]?.headroom;
  return {
    takenBack: reader.takenBack(requested.path) ?? { sureBytes: 0, uncertainBytes: 0, swapBytes: 0 },
    first,
    ...(headroom === undefined ? {} : { headroom }),
  };
}
