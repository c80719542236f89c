import { type Scope } from '../../model/scope.ts';
import { OOM_SCORE_ADJ_MIN } from '../badness/badness.ts';
import { oomGroupOf } from './oom-group.ts';
import { type KernelTask } from '../task.ts';

/** What decides which other tasks die. */
export interface Together {
  readonly scope: Scope;
  readonly oomGroups: ReadonlySet<string>;
  readonly honoursOomGroup: boolean;
}

const NO_TASKS: readonly never[] = [];

/**
 * Returns a function from a victim to the tasks that are killed at the same moment, in scan order: all in its memory.oom.group, except
 * those at -1000 and global init (oom_kill_memcg_member()), and all that share an address space with one of these, even at -1000 and in any
 * cgroup (__oom_kill_process(), 4.8 on, goes through all processes of the machine). `outside`: those of them that are not in the scope.
 */
export function whoDiesWith<T extends KernelTask>(
  tasks: readonly T[],
  { scope, oomGroups, honoursOomGroup }: Together,
  outside: readonly T[] = NO_TASKS,
): (victim: T) => T[] {
  const hasGroups = honoursOomGroup && oomGroups.size > 0;
  const groupOf = hasGroups ? memoized((path) => oomGroupOf(path, scope, oomGroups)) : () => undefined;
  const members = hasGroups
    ? groupedBy(tasks, (task) => (diesWithGroup(task) ? groupOf(task.cgroup) : undefined))
    : new Map<string, T[]>();
  const all = outside.length === 0 ? tasks : [...tasks, ...outside];
  const sharers = groupedBy(all, ({ mm, globalInit, kernelThread }) =>
    globalInit || kernelThread ? undefined : mm,
  );
  const inScanOrder = scanSorter(all);
  const none: T[] = [];
  return (victim) => {
    if (victim.mm === undefined && members.size === 0) return none;
    const group = groupOf(victim.cgroup);
    const mates = (group === undefined ? undefined : members.get(group)) ?? [];
    const dying = new Set(mates).add(victim);
    const known = dying.size;
    for (const { mm } of [...dying]) {
      for (const sharer of (mm === undefined ? undefined : sharers.get(mm)) ?? []) dying.add(sharer);
    }
    if (dying.size === known) return mates.filter((task) => task !== victim);
    dying.delete(victim);
    return inScanOrder([...dying]);
  };
}

function diesWithGroup(task: KernelTask): boolean {
  const killable = !task.globalInit && !task.kernelThread && task.memory !== undefined;
  return killable && task.oomScoreAdj !== OOM_SCORE_ADJ_MIN;
}

/** Sorts some of the tasks in the order of all; indexes all of them at the first call. */
function scanSorter<T>(tasks: readonly T[]): (some: T[]) => T[] {
  let scanIndex: ReadonlyMap<T, number> | undefined;
  return (some) => {
    const index = (scanIndex ??= new Map(tasks.map((task, at) => [task, at])));
    return some.sort((a, b) => (index.get(a) ?? 0) - (index.get(b) ?? 0));
  };
}

function groupedBy<T, K>(items: readonly T[], keyOf: (item: T) => K | undefined): ReadonlyMap<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** Hundreds of processes share a cgroup: its path is taken apart once. */
function memoized<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    if (!known.has(key)) known.set(key, compute(key));
    return known.get(key) as T;
  };
}
