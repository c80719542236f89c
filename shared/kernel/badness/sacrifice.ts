import { type Ranked } from '../kill-order/ranking.ts';
import { compareForkOrder, type KernelTask } from '../task.ts';

/**
 * Answers for a chosen process which child dies in its place up to Linux 5.0: the worst one with an address space of its own. The
 * kernel's running maximum starts at zero, not at the parent's points, so that any eligible child will do; of equals the oldest, since
 * the list of children is in fork order. Follows mm/oom_kill.c of 4.19, oom_kill_process().
 *
 * `dead` may only grow from one question to the next.
 */
export function sacrificedChild<T extends KernelTask>(
  ranked: readonly Ranked<T>[],
): (parent: T, dead: ReadonlySet<T>) => Ranked<T> | undefined {
  const byPid = new Map(ranked.map(({ task }) => [task.pid, task]));
  const childrenOf = new Map<T, Ranked<T>[]>();
  const leastFirst = ranked.toSorted((a, b) => a.points - b.points || compareForkOrder(b.task, a.task));
  for (const child of leastFirst) {
    const parent = byPid.get(child.task.parentPid);
    const sharesMm = parent?.mm !== undefined && parent.mm === child.task.mm;
    if (parent === undefined || sharesMm) continue;
    const siblings = childrenOf.get(parent);
    if (siblings === undefined) childrenOf.set(parent, [child]);
    else siblings.push(child);
  }
  return (parent, dead) => {
    const children = childrenOf.get(parent) ?? [];
    for (let worst = children.at(-1); worst !== undefined; worst = children.at(-1)) {
      if (!dead.has(worst.task)) return worst;
      children.pop();
    }
    return undefined;
  };
}
