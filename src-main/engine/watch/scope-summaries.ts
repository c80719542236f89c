import { fullness } from '#shared/kernel/cgroup/headroom.ts';
import { FRAME_SCOPES, type ScopePage, type ScopeRange } from '#shared/contract/watch.ts';
import { type Container } from '#shared/model/owners/container.ts';
import { type Containers } from '../../containers/registry.ts';
import { matchesScope, type Scope, type ScopeSummary } from '#shared/model/scope.ts';
import { pathsDownTo } from '#shared/kernel/kill-order/oom-group.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type GroupForecasts } from '../forecast/group-forecasts.ts';
import { firstAboveOf, headroomIn, limitAt } from './headroom.ts';

/** All cgroups with a limit and processes in them, the fullest first, with what is forecast of them where that is followed. */
export function scopesOf(snapshot: Snapshot, forecasts?: Pick<GroupForecasts, 'of'>): ScopeSummary[] {
  const { cgroups, processes } = snapshot;
  const limited = [...cgroups.values()].filter(({ limitBytes }) => limitBytes !== undefined);
  if (limited.length === 0) return [];
  const counts = countsBelow(processes.map(({ cgroup }) => cgroup));
  const inhabited = limited.flatMap(({ path }) => {
    const processCount = counts.get(path) ?? 0;
    const limit = limitAt(snapshot, path);
    if (limit?.limitBytes === undefined || limit.headroom === undefined || processCount === 0) return [];
    const { limitBytes, headroom } = limit;
    const firstAbove = firstAboveOf(headroomIn(snapshot).chain(path), path);
    const above = firstAbove === undefined ? {} : { firstAbove };
    const outlook = forecasts?.of(path) ?? {};
    return [{ ...limit, limitBytes, headroom, processCount, ...above, ...outlook }];
  });
  return inhabited.sort((a, b) => fullness(b) - fullness(a));
}

/** What a frame lists of all of them: the first ones, and the one that is looked at. */
export function frameScopes(all: readonly ScopeSummary[], scope: Scope): readonly ScopeSummary[] {
  const first = all.slice(0, FRAME_SCOPES);
  if (scope.kind === 'global' || first.some(({ path }) => path === scope.path)) return first;
  return [...first, ...all.filter(({ path }) => path === scope.path)];
}

/** Those that match a query, as far as they are asked for. Of all of them the fullest have to be first. */
export function scopePage(
  all: readonly ScopeSummary[],
  { query, sort, from, count }: ScopeRange,
  containers?: Pick<Containers, 'of'>,
): ScopePage {
  const isMatch = (scope: ScopeSummary) =>
    matchesScope(scope, query) || matchesContainer(containers?.of(scope.path), query);
  const matching = query.trim() === '' ? all : all.filter(isMatch);
  const sorted = sort === 'fullness' ? matching : matching.toSorted(COMPARE[sort]);
  return { total: matching.length, scopes: sorted.slice(from, from + count) };
}

/** True when the text occurs in the name of the image, the project or the pod of a container. */
function matchesContainer(container: Container | undefined, query: string): boolean {
  if (container === undefined) return false;
  const { image, compose, pod } = container;
  const text = [image, compose?.project, compose?.service, pod?.name, pod?.namespace].join(' ');
  return text.toLowerCase().includes(query.trim().toLowerCase());
}

/** Those of which nothing is known come last, in the order that they have. */
const COMPARE: Record<'forecast' | 'growth', (a: ScopeSummary, b: ScopeSummary) => number> = {
  forecast: (a, b) => order(a.forecast?.middleSeconds ?? Infinity, b.forecast?.middleSeconds ?? Infinity),
  growth: (a, b) => order(b.growthBytesPerMinute ?? -Infinity, a.growthBytesPerMinute ?? -Infinity),
};

/** Two infinities are equal, not NaN apart. */
function order(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** How many of these cgroups of processes are each one or lie below it: counted once, since hosts of containers have hundreds. */
export function countsBelow(paths: readonly string[]): ReadonlyMap<string, number> {
  const own = new Map<string, number>();
  for (const path of paths) own.set(path, (own.get(path) ?? 0) + 1);
  const counts = new Map<string, number>();
  for (const [path, count] of own) {
    for (const step of ['/', ...pathsDownTo(path)]) counts.set(step, (counts.get(step) ?? 0) + count);
  }
  return counts;
}
