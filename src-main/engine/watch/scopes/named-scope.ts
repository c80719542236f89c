import { containerOf } from '#shared/kernel/cgroup/names.ts';
import { type Container } from '#shared/model/owners/container.ts';
import { type NamedScope, type Scope } from '#shared/model/scope.ts';
import { unitApplication } from '#shared/names/unit-app.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { type Containers } from '../../../containers/registry.ts';
import { isContainer } from '../../rules/rule.ts';

/** Names that are listed where none fits, or several do. */
const MOST_CHOICES = 10;

/** A cgroup that a name of that kind may mean. */
interface Candidate {
  readonly path: string;
  /** What it is asked for by: `container:shop-db-1`. */
  readonly selector: string;
  readonly isMeant: boolean;
}

/**
 * The cgroup that a name means: of a container, of the only container of a compose project or service, of a pod, of an application. A project has no
 * cgroup of its own: one with several containers is as ambiguous as a name that several have.
 */
export function scopeNamed(
  { cgroups }: Pick<Snapshot, 'cgroups'>,
  containers: Pick<Containers, 'of'>,
  { what, name }: NamedScope,
): Result<Scope> {
  const paths = [...cgroups.keys()];
  const all =
    what === 'app'
      ? applications(paths, name)
      : placesOf(paths, containers).flatMap((place) => candidateOf(place, what, name) ?? []);
  const candidates = [...new Map(all.map((candidate) => [candidate.path, candidate])).values()];
  const meant = candidates.filter(({ isMeant }) => isMeant);
  const [only, ...others] = meant;
  const text = `${what}:${name}`;
  if (only === undefined) {
    const known = [...new Set(candidates.map(({ selector }) => selector))];
    return fail('not-found', { what: 'scope', name: text, others: known.slice(0, MOST_CHOICES) });
  }
  if (others.length === 0) return ok({ kind: 'cgroup', path: only.path });
  const choices = meant.slice(0, MOST_CHOICES).map(({ path, selector }) => {
    const isUnique = meant.filter((each) => each.selector === selector).length === 1;
    return isUnique ? selector : `cgroup:${path}`;
  });
  return fail('ambiguous', { what: 'scope', name: text, choices });
}

/** A container with the uppermost of its cgroups. */
interface Place {
  readonly path: string;
  readonly container: Container;
}

function placesOf(paths: readonly string[], containers: Pick<Containers, 'of'>): readonly Place[] {
  const places = new Map<string, Place>();
  for (const path of paths) {
    const container = containers.of(path);
    if (container === undefined) continue;
    const key = `${container.engine}:${container.id}`;
    const known = places.get(key);
    if (known === undefined || path.length < known.path.length) places.set(key, { path, container });
  }
  return [...places.values()];
}

function candidateOf(
  { path, container }: Place,
  what: Exclude<NamedScope['what'], 'app'>,
  name: string,
): Candidate | undefined {
  const own = `container:${container.name ?? container.id.slice(0, 12)}`;
  if (what === 'container') {
    const isMeant = container.name === name || isContainer(name, containerOf(path));
    return { path, selector: own, isMeant };
  }
  if (what === 'compose') {
    if (container.compose === undefined) return undefined;
    const { project, service } = container.compose;
    const isMeant = name === project || (service !== undefined && name === `${project}/${service}`);
    return { path, selector: isMeant ? own : `compose:${project}`, isMeant };
  }
  if (container.pod === undefined) return undefined;
  const { name: pod, namespace } = container.pod;
  const full = namespace === undefined ? pod : `${namespace}/${pod}`;
  return { path: podCgroup(path), selector: `pod:${full}`, isMeant: name === pod || name === full };
}

/** The cgroup of the pod right above that of its container; the container's own where the pod has none. */
function podCgroup(path: string): string {
  const above = path.slice(0, path.lastIndexOf('/'));
  return /(?:^|[-/])pod[^/]*$/.test(above) ? above : path;
}

function applications(paths: readonly string[], name: string): readonly Candidate[] {
  return paths.flatMap((path): Candidate[] => {
    const last = path.slice(path.lastIndexOf('/'));
    const found = unitApplication(last);
    if (found === undefined) return [];
    const short = found.id.slice(found.id.lastIndexOf('.') + 1);
    const isMeant = [found.id, short].some((each) => each.toLowerCase() === name.toLowerCase());
    return [{ path, selector: `app:${found.id}`, isMeant }];
  });
}
