import { labelOf, unitOf } from '#shared/kernel/cgroup/names.ts';
import { pathsDownTo } from '#shared/kernel/kill-order/oom-group.ts';
import { type Container } from '#shared/model/owners/container.ts';
import { type Headroom } from '#shared/model/headroom.ts';
import { type HeadroomReader } from '#shared/kernel/cgroup/headroom.ts';
import { type Group, type GroupEnd } from '#shared/model/owners/group.ts';
import { compact } from '#shared/optional.ts';
import { type Containers } from '../../containers/registry.ts';
import { type ObservedCgroup, type Snapshot } from '../../collect/snapshot.ts';
import { type GroupForecasts } from '../forecast/group-forecasts.ts';
import { headroomIn } from '../watch/headroom.ts';
import { countsBelow } from '../watch/scope-summaries.ts';
import { findGroups, type FoundGroup } from './find-groups.ts';
import { groupNames, type NameOfGroup } from './group-names.ts';

/** What is known of groups beside the snapshot. */
export interface GroupSources {
  readonly containers: Pick<Containers, 'of' | 'all'>;
  /** Absent: nothing is forecast, as of a single look. */
  readonly forecasts?: Pick<GroupForecasts, 'of'> | undefined;
}

/** All groups of a snapshot, and containers that have ended after a kill; without what is read of single ones (pressure, victim). */
export function groupsOf(snapshot: Snapshot, sources: GroupSources): readonly Group[] {
  const found = findGroups(snapshot);
  const counts = countsBelow(snapshot.processes.map(({ cgroup }) => cgroup));
  const kills = killsIn(snapshot);
  const nameOf = groupNames(snapshot, found, sources.containers);
  const groups = found.map((each) => groupOf(snapshot, each, { counts, kills, nameOf }, sources));
  const alive = new Set(groups.flatMap(({ container }) => container?.id ?? []));
  return [...groups, ...sources.containers.all().flatMap((container) => ended(container, alive))];
}

/** What is found once for all groups of a snapshot. */
interface OfAll {
  readonly counts: ReadonlyMap<string, number>;
  readonly kills: ReadonlyMap<string, number>;
  readonly nameOf: NameOfGroup;
}

function groupOf(
  snapshot: Snapshot,
  found: FoundGroup,
  { counts, kills, nameOf }: OfAll,
  { containers, forecasts }: GroupSources,
): Group {
  const { cgroup, kind } = found;
  const { path, usageBytes, limitBytes, highBytes, oomGroup, memswLimitBytes } = cgroup;
  const reader = headroomIn(snapshot);
  const { links, first } = reader.chain(path);
  const own = links[0]?.path === path ? links[0] : undefined;
  const container = kind === 'container' ? containers.of(path) : undefined;
  const unit = container === undefined ? unitOf(path) : undefined;
  const isUnit = unit !== undefined && path.endsWith(`/${unit.name}`);
  const killed = kills.get(path);
  return {
    key: path,
    kind,
    path,
    name: nameOf(found),
    processCount: counts.get(path) ?? 0,
    usageBytes,
    oomGroup,
    end: endOf(first.path, path, first.headroom.headroomBytes),
    ...compact({
      unit: isUnit ? unit : undefined,
      container,
      cacheBytes: cacheOf(cgroup, own?.headroom, reader),
      limitBytes: limitBytes ?? memswLimitBytes,
      highBytes,
      headroom: own?.headroom,
      high: own?.high,
      kills: killed === undefined ? undefined : killed + (container?.killsBefore ?? 0),
      restarts: container?.restartCount,
      ...forecasts?.of(path),
    }),
  };
}

/** What is dropped of it before a kill; of a cgroup with a limit the headroom has it already. */
function cacheOf(
  { path, usageBytes, stat }: ObservedCgroup,
  headroom: Headroom | undefined,
  reader: HeadroomReader,
): number | undefined {
  if (stat === undefined) return undefined;
  const bytes = headroom?.reclaimableBytes ?? reader.takenBack(path)?.sureBytes ?? 0;
  return Math.min(usageBytes, bytes);
}

function endOf(first: string | undefined, path: string, headroomBytes: number): GroupEnd {
  if (first === path) return { kind: 'itself' };
  if (first === undefined) return { kind: 'machine', headroomBytes };
  return { kind: 'above', path: first, name: labelOf(first), headroomBytes };
}

/** A container of which only the kill is left. Those that ended in peace are not listed: a machine has hundreds. */
function ended(container: Container, alive: ReadonlySet<string>): readonly Group[] {
  const { id, killsBefore, restartCount, limitsAsked } = container;
  if (killsBefore === 0 || alive.has(id) || container.state === 'running') return [];
  return [
    {
      key: `container:${id}`,
      kind: 'container',
      name: container.name ?? id.slice(0, 12),
      container,
      processCount: 0,
      oomGroup: false,
      kills: killsBefore,
      ...compact({ restarts: restartCount, limitBytes: limitsAsked?.memoryBytes }),
    },
  ];
}

/** Kills by path. Cgroup v2 counts those of the cgroups below as well; with v1 they are added here. */
function killsIn({ cgroups, host }: Snapshot): ReadonlyMap<string, number> {
  const kills = new Map<string, number>();
  for (const { path, oomKills } of cgroups.values()) if (oomKills !== undefined) kills.set(path, oomKills);
  if (host.memoryMount?.version !== 1) return kills;
  for (const { path, oomKills = 0 } of cgroups.values()) {
    if (oomKills === 0) continue;
    for (const above of pathsDownTo(path).slice(0, -1)) {
      const known = kills.get(above);
      if (known !== undefined) kills.set(above, known + oomKills);
    }
  }
  return kills;
}
