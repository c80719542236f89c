import { type ScopeSummary } from '#shared/model/scope.ts';
import { pathsDownTo } from '#shared/kernel/kill-order/oom-group.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { withoutInternals } from './process-detail.ts';

/** All cgroups with a limit and somebody in them, the fullest first. */
export function scopesOf({ cgroups, processes }: Snapshot): ScopeSummary[] {
  const limited = [...cgroups.values()].filter(({ limitBytes }) => limitBytes !== undefined);
  if (limited.length === 0) return [];
  const counts = countsBelow(processes.map(({ cgroup }) => cgroup));
  const inhabited = limited.flatMap((cgroup) => {
    const { limitBytes } = cgroup;
    const processCount = counts.get(cgroup.path) ?? 0;
    if (limitBytes === undefined || processCount === 0) return [];
    return [{ ...withoutInternals(cgroup), limitBytes, processCount }];
  });
  return inhabited.sort((a, b) => b.workingSetBytes / b.limitBytes - a.workingSetBytes / a.limitBytes);
}

/** How many of these cgroups of processes are each one or lie below it: counted once, since hosts of containers have hundreds. */
function countsBelow(paths: readonly string[]): ReadonlyMap<string, number> {
  const own = new Map<string, number>();
  for (const path of paths) own.set(path, (own.get(path) ?? 0) + 1);
  const counts = new Map<string, number>();
  for (const [path, count] of own) {
    for (const step of ['/', ...pathsDownTo(path)]) counts.set(step, (counts.get(step) ?? 0) + count);
  }
  return counts;
}
