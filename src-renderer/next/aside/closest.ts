import { fullness } from '#shared/kernel/cgroup/headroom.ts';
import { type ScopeSummary } from '#shared/model/scope.ts';

/** The same cgroups, those first that end first: by the time that is forecast, then by how full they are. */
export function closest(scopes: readonly ScopeSummary[]): readonly ScopeSummary[] {
  const seconds = ({ forecast }: ScopeSummary) => forecast?.middleSeconds ?? Number.MAX_VALUE;
  return scopes.toSorted((a, b) => seconds(a) - seconds(b) || fullness(b) - fullness(a));
}
