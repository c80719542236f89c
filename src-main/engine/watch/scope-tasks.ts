import { compact } from '#shared/optional.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { isWithin } from '#shared/kernel/kill-order/oom-group.ts';
import { type OomContext } from '#shared/kernel/kill-order/kill-order.ts';
import { type Scope } from '#shared/model/scope.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { headroomIn } from './headroom.ts';

/** The processes of a scope in the kernel's scan order, and all else that decides there. */
export interface ScopeTasks {
  readonly tasks: readonly ObservedProcess[];
  /** Processes outside of the scope that share an address space with one in it: a kill of that one kills both. */
  readonly outside: readonly ObservedProcess[];
  readonly context: OomContext;
  /** What people call them. */
  readonly namesOf?: Snapshot['namesOf'];
}

/** Fails when the scope is no memory cgroup (`scope-unknown`), or has no limit to run out of (`scope-unlimited`). */
export function scopeTasks(snapshot: Snapshot, scope: Scope): Result<ScopeTasks> {
  const { rules, settings } = snapshot;
  const oomGroups = new Set<string>();
  for (const [path, { oomGroup }] of snapshot.cgroups) if (oomGroup) oomGroups.add(path);
  const common = {
    rules,
    scope,
    panicOnOom: settings.panicOnOom,
    killAllocatingTask: settings.killAllocatingTask,
    oomGroups,
  };
  const named = compact({ namesOf: snapshot.namesOf });
  if (scope.kind === 'global') {
    const context = { ...common, totalPages: snapshot.globalTotalPages, scanOrderKnown: true };
    return ok({ tasks: snapshot.processes, outside: [], context, ...named });
  }
  const cgroup = snapshot.cgroups.get(scope.path);
  const hasRoot = snapshot.host.memoryMount !== undefined && scope.path === '/';
  if (cgroup === undefined && !hasRoot) return unknownScope(snapshot, scope.path);
  if (cgroup?.totalPages === undefined) {
    return unlimitedScope(snapshot, scope.path);
  }
  const members = snapshot.scopeMembers.get(scope.path);
  const tasks = members === undefined ? tasksBelow(snapshot, scope.path) : tasksOf(snapshot, members);
  return ok({
    tasks,
    outside: sharersOutside(snapshot, tasks),
    context: {
      ...common,
      totalPages: cgroup.totalPages,
      oomKillDisable: cgroup.oomKillDisable,
      // cgroup.procs is sorted in v1: the order in which the kernel scans one cgroup is hidden there.
      scanOrderKnown: members !== undefined && snapshot.host.cgroups.version === 2,
    },
    ...named,
  });
}

function unknownScope({ host }: Snapshot, path: string): Result<never> {
  return fail('scope-unknown', { path, mountPoint: host.memoryMount?.mountPoint });
}

/** Where memory runs out for a cgroup that has no limit of its own: in the cgroup above it with the least headroom, or the machine. */
function unlimitedScope(snapshot: Snapshot, path: string): Result<never> {
  const { first } = headroomIn(snapshot).chain(path);
  const { headroomBytes } = first.headroom;
  return fail('scope-unlimited', { path, limitedBy: first.path, headroomBytes });
}

function sharersOutside({ processes }: Snapshot, tasks: readonly ObservedProcess[]): ObservedProcess[] {
  const shared = new Set(tasks.flatMap(({ mm }) => mm ?? []));
  if (shared.size === 0) return [];
  const inside = new Set(tasks);
  return processes.filter(
    (process) => process.mm !== undefined && shared.has(process.mm) && !inside.has(process),
  );
}

function tasksOf(snapshot: Snapshot, pids: readonly number[]): ObservedProcess[] {
  const byPid = new Map(snapshot.processes.map((process) => [process.pid, process]));
  return pids.flatMap((pid) => byPid.get(pid) ?? []);
}

/** Asked for many scopes of one snapshot: its processes are grouped by their cgroup once. */
function tasksBelow({ processes }: Snapshot, path: string): ObservedProcess[] {
  const found = [...byCgroup(processes)].flatMap(([cgroup, inside]) =>
    isWithin(cgroup, path) ? inside : [],
  );
  return found.sort((a, b) => a.at - b.at).map(({ process }) => process);
}

interface Numbered {
  readonly at: number;
  readonly process: ObservedProcess;
}

const grouped = new WeakMap<readonly ObservedProcess[], ReadonlyMap<string, readonly Numbered[]>>();

function byCgroup(processes: readonly ObservedProcess[]): ReadonlyMap<string, readonly Numbered[]> {
  const known = grouped.get(processes);
  if (known !== undefined) return known;
  const numbered = processes.map((process, at): Numbered => ({ at, process }));
  const groups = Map.groupBy(numbered, ({ process }) => process.cgroup);
  grouped.set(processes, groups);
  return groups;
}
