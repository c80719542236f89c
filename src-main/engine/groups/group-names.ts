import { containerLabel, containerOf, labelOf } from '#shared/kernel/cgroup/names.ts';
import { pathsDownTo } from '#shared/kernel/kill-order/oom-group.ts';
import { type Container } from '#shared/model/owners/container.ts';
import { unitApplication } from '#shared/names/unit-app.ts';
import { type Containers } from '../../containers/registry.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type FoundGroup } from './find-groups.ts';

/** What people call the groups of a snapshot. */
export type NameOfGroup = (found: FoundGroup) => string;

/** A container by its engine's name, a pod by that of its containers, an application by its desktop file, all else by its unit or cgroup. */
export function groupNames(
  snapshot: Snapshot,
  found: readonly FoundGroup[],
  containers: Pick<Containers, 'of'>,
): NameOfGroup {
  const pods = podNames(found, containers);
  const apps = new Set(found.flatMap(({ kind, cgroup }) => (kind === 'app' ? cgroup.path : [])));
  const inApp = firstIn(snapshot, apps);
  return ({ cgroup: { path }, kind }) => {
    const label = labelOf(path);
    if (kind === 'container') return containerName(path, containers.of(path));
    if (kind === 'service') return label.replace(/\.service$/, '');
    if (kind === 'pod') return pods.get(path) ?? podOfPath(path);
    if (kind !== 'app') return label;
    const process = inApp.get(path);
    const named = process === undefined ? undefined : snapshot.namesOf?.(process).app?.name;
    return named ?? unitApplication(path)?.id ?? label;
  };
}

/** The same of a container: the first digits of its id where no engine says a name. */
function containerName(path: string, container: Container | undefined): string {
  return container?.name ?? containerLabel(containerOf(path) ?? labelOf(path)).replace(/^[a-z-]+:/, '');
}

/** Engines name containers: the pod that one lies in has the name that it says. */
function podNames(
  found: readonly FoundGroup[],
  containers: Pick<Containers, 'of'>,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { kind, cgroup } of found) {
    const pod = kind === 'container' ? containers.of(cgroup.path)?.pod : undefined;
    const above = pathsDownTo(cgroup.path).at(-2);
    if (pod !== undefined && above !== undefined) names.set(above, pod.name);
  }
  return names;
}

/** The first digits of its UID. */
function podOfPath(path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1);
  return /pod_?([0-9a-f]{8})/.exec(last)?.[1] ?? last;
}

/** A process of each of these cgroups. */
function firstIn({ processes }: Snapshot, paths: ReadonlySet<string>): ReadonlyMap<string, ObservedProcess> {
  const first = new Map<string, ObservedProcess>();
  if (paths.size === 0) return first;
  for (const process of processes) {
    const path = pathsDownTo(process.cgroup).find((step) => paths.has(step));
    if (path !== undefined && !first.has(path)) first.set(path, process);
  }
  return first;
}
