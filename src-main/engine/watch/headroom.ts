import { swapGainBytes } from '#shared/kernel/compressed-swap.ts';
import { type MachineMemory } from '#shared/kernel/cgroup/group-memory.ts';
import {
  type ChainHeadroom,
  headroomReader,
  type HeadroomReader,
  type LinkHeadroom,
} from '#shared/kernel/cgroup/headroom.ts';
import { labelOf } from '#shared/kernel/cgroup/names.ts';
import { GLOBAL_SCOPE, type CgroupLimit, type FirstAbove, type Scope } from '#shared/model/scope.ts';
import { type ObservedCgroup, type Snapshot } from '../../collect/snapshot.ts';

const readers = new WeakMap<Snapshot, HeadroomReader>();

/** The headroom of every cgroup of a snapshot: the one source of that figure for lists, details, previews and warnings. */
export function headroomIn(snapshot: Snapshot): HeadroomReader {
  const known = readers.get(snapshot);
  if (known !== undefined) return known;
  const reader = headroomReader(snapshot.cgroups, machineMemory(snapshot));
  readers.set(snapshot, reader);
  return reader;
}

/** The same with other figures for one cgroup: newer ones, or a requested limit. */
export function headroomWith(snapshot: Snapshot, cgroup: ObservedCgroup): HeadroomReader {
  const cgroups = new Map([...snapshot.cgroups, [cgroup.path, cgroup]]);
  return headroomReader(cgroups, machineMemory(snapshot));
}

/** The machine around the cgroups of a snapshot. */
export function machineMemory({ memory, settings }: Snapshot): MachineMemory {
  return {
    availableBytes: memory.state.availableBytes,
    swapFreeBytes: memory.state.swap?.freeBytes ?? 0,
    swapGainBytes: swapGainBytes(memory.state.swap),
    swappiness: settings.swappiness,
  };
}

/** A cgroup as the contract has it. */
function limitOf(
  { path, usageBytes, limitBytes, oomGroup }: ObservedCgroup,
  { headroom, high }: Pick<LinkHeadroom, 'headroom' | 'high'>,
): CgroupLimit {
  return {
    path,
    label: labelOf(path),
    usageBytes,
    oomGroup,
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(headroom === undefined ? {} : { headroom }),
    ...(high === undefined ? {} : { high }),
  };
}

/** A cgroup of a snapshot with its headroom; undefined where nothing is known of that path. */
export function limitAt(snapshot: Snapshot, path: string): CgroupLimit | undefined {
  const cgroup = snapshot.cgroups.get(path);
  if (cgroup === undefined) return undefined;
  const [own] = headroomIn(snapshot).chain(path).links;
  return limitOf(cgroup, own?.path === path ? own : {});
}

/** What runs out before the cgroup at `path` does: a cgroup above it, or the machine. Undefined when that cgroup is first. */
export function firstAboveOf({ first }: ChainHeadroom, path: string): FirstAbove | undefined {
  if (first.path === path) return undefined;
  return {
    headroomBytes: first.headroom.headroomBytes,
    ...(first.path === undefined ? {} : { path: first.path }),
  };
}

/** Where memory runs out for a scope: itself where it has the least headroom, else the cgroup above it that has, or the machine. */
export function limitingScope(snapshot: Snapshot, scope: Scope): Scope {
  if (scope.kind === 'global') return scope;
  const { path } = headroomIn(snapshot).chain(scope.path).first;
  return path === undefined ? GLOBAL_SCOPE : { kind: 'cgroup', path };
}
