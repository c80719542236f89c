import { kindOfGroup, kindOfLimited } from '#shared/groups/kind-of-group.ts';
import { type GroupKind } from '#shared/model/owners/group.ts';
import { type ObservedCgroup, type Snapshot } from '../../collect/snapshot.ts';

/** A cgroup that is a group. */
export interface FoundGroup {
  readonly cgroup: ObservedCgroup;
  readonly kind: GroupKind;
}

/** Paths never change what they are. Forgotten altogether when there are more. */
const kinds = new Map<string, GroupKind | undefined>();
const MOST_PATHS = 10_000;

/** The groups of a snapshot: containers, pods, services, applications, and every cgroup with a limit, in no order. */
export function findGroups({ cgroups }: Snapshot): readonly FoundGroup[] {
  return [...cgroups.values()].flatMap((cgroup) => {
    const kind = isLimited(cgroup) ? (known(cgroup.path) ?? kindOfLimited(cgroup.path)) : known(cgroup.path);
    return kind === undefined ? [] : [{ cgroup, kind }];
  });
}

function isLimited({ limitBytes, highBytes, memswLimitBytes }: ObservedCgroup): boolean {
  return limitBytes !== undefined || highBytes !== undefined || memswLimitBytes !== undefined;
}

function known(path: string): GroupKind | undefined {
  if (kinds.has(path)) return kinds.get(path);
  if (kinds.size >= MOST_PATHS) kinds.clear();
  const kind = kindOfGroup(path);
  kinds.set(path, kind);
  return kind;
}
