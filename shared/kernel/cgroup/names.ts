import { nameOfContainer, namesVersion } from '../../containers/known-names.ts';
import { managerOfUser, type Unit } from '../../model/unit.ts';
import { unescapeUnitText } from './unit-text.ts';

const UNIT = /^[^/]+\.(service|scope|socket|mount|swap|automount|timer|path|target|device)$/;

/** Where WSL puts a distribution (isolateDistroCgroup): with systemd its whole tree below `systemd`, else all of it in the folder itself. */
const IN_DISTRIBUTION = /^\/wsl-user\/(distro-\d+)(?:\/(?:non-)?systemd(?=\/|$))?/;

/** The path as the distribution's own systemd has it. */
function inDistribution(path: string): string {
  return path.replace(IN_DISTRIBUTION, '');
}

/** Systemd puts `_` before a unit whose name a controller's file could have (src/basic/cgroup-util.c cg_escape()). */
function unescapeUnit(component: string): string {
  return component.startsWith('_') ? component.slice(1) : component;
}

/** The first component that is no slice, and where it stands, if it is a unit. */
function firstUnit(
  components: readonly string[],
): { readonly unit: string; readonly at: number } | undefined {
  const at = components.findIndex((component) => !component.endsWith('.slice'));
  const unit = unescapeUnit(components[at] ?? '');
  return UNIT.test(unit) ? { unit, at } : undefined;
}

/**
 * The systemd units of this machine that a cgroup path lies in: the system manager's, and inside of a user manager (`user@1000.service`)
 * the user's own as well. Cgroups of a container's own systemd do not count: they are not units of this machine. Empty outside of systemd's
 * tree. As src/basic/cgroup-util.c cg_path_get_unit() and cg_path_get_user_unit().
 */
export function unitsOf(path: string): readonly Unit[] {
  const components = inDistribution(path)
    .split('/')
    .filter((component) => component !== '');
  const system = firstUnit(components);
  if (system === undefined) return [];
  const ofSystem: Unit = { manager: 'system', name: system.unit };
  const uid = /^user@(\d{1,10})\.service$/.exec(system.unit)?.[1];
  if (uid === undefined) return [ofSystem];
  const user = firstUnit(components.slice(system.at + 1));
  // The manager's own processes are there.
  if (user === undefined || user.unit === 'init.scope') return [ofSystem];
  return [ofSystem, { manager: managerOfUser(Number(uid)), name: user.unit }];
}

/** The innermost of them: `cron.service`, `session-2.scope` of the system, `firefox.service` of a user. */
export function unitOf(path: string): Unit | undefined {
  return unitsOf(path).at(-1);
}

/** The units and slices that a cgroup path lies in, outermost first, by name and manager. */
export function unitPathOf(path: string): readonly Unit[] {
  const [ofSystem, ofUser] = unitsOf(path);
  const components = inDistribution(path)
    .split('/')
    .filter((component) => component !== '')
    .map(unescapeUnit);
  const border = ofSystem === undefined ? components.length : components.indexOf(ofSystem.name) + 1;
  const isUnit = (name: string) => name.endsWith('.slice') || UNIT.test(name);
  const last = ofUser === undefined ? border : components.indexOf(ofUser.name, border) + 1;
  return components.slice(0, last).flatMap((name, index): Unit[] => {
    if (!isUnit(name)) return [];
    return [{ manager: index < border || ofUser === undefined ? 'system' : ofUser.manager, name }];
  });
}

const RUNTIMES: Readonly<Record<string, string>> = {
  docker: 'docker',
  libpod: 'podman',
  crio: 'cri-o',
  'cri-containerd': 'containerd',
  nerdctl: 'containerd',
};

/** Parents of bare ids (the cgroupfs driver) that are not Docker's: Kubernetes pods, and namespaces of containerd. */
const CONTAINERD_PARENT = /^(pod[0-9a-f-]{32,36}|k8s\.io|default)$/;

/** A container that has a 64-digit id. Not its monitor (conmon), and not its pod. */
function idContainer(component: string, parent: string | undefined): string | undefined {
  const match = /^(?:(.*)[-:])?([0-9a-f]{64})(?:\.scope)?$/s.exec(component);
  if (match === null) return undefined;
  const [, prefix, id = ''] = match;
  if (prefix === undefined) {
    return parent !== undefined && CONTAINERD_PARENT.test(parent) ? `containerd:${id}` : `docker:${id}`;
  }
  // With cgroupfs containerd takes the systemd form as one name: kubepods-besteffort-podUID.slice:cri-containerd:ID.
  const runtime = RUNTIMES[prefix.slice(prefix.lastIndexOf(':') + 1)];
  return runtime === undefined ? undefined : `${runtime}:${id}`;
}

/** A container that has a name. Virtual machines (`machine-qemu…`) do not count. */
function namedContainer(component: string, parent: string | undefined): string | undefined {
  if (component.startsWith('lxc.payload.')) return `lxc:${component.slice('lxc.payload.'.length)}`;
  if (parent === 'lxc') return `lxc:${component}`;
  const machine = /^(?:machine-(.+)\.scope|systemd-nspawn@(.+)\.service)$/s.exec(component);
  if (machine === null) return undefined;
  const escaped = machine[1] ?? machine[2] ?? '';
  const name = unescapeUnitText(escaped) ?? escaped;
  const libvirt = /^([a-z]+)-\d+-(.+)$/s.exec(name);
  if (machine[1] === undefined || libvirt === null) return `nspawn:${name}`;
  if (libvirt[1] === 'lxc') return `lxc:${libvirt[2] ?? ''}`;
  return libvirt[1] === 'qemu' ? undefined : `nspawn:${name}`;
}

/**
 * The container that a cgroup path lies in, as `runtime:id` or `runtime:name`: docker, podman, containerd and cri-o by their 64-digit
 * ids, lxc and nspawn by name. The innermost one; what lies below it (`/container`, `/init.scope`, a whole systemd) belongs to it.
 * Docker before Kubernetes 1.24 wrote the same paths below `kubepods` as containerd does: those are called containerd.
 */
export function containerOf(path: string): string | undefined {
  const components = path.split('/');
  for (let index = components.length - 1; index > 0; index--) {
    const component = components[index] ?? '';
    if (component === '') continue;
    const parent = components[index - 1];
    const container = idContainer(component, parent) ?? namedContainer(component, parent);
    if (container !== undefined) return container;
  }
  return undefined;
}

const labels = new Map<string, string>();
/** Forgotten altogether when there are more, and when a name is learned. */
const MOST_LABELS = 10_000;
let labelsVersion = -1;

/** What people call a cgroup: its container, with as much of the id as they know, its unit, or the last part of its path. */
export function labelOf(path: string): string {
  if (labelsVersion !== namesVersion() || labels.size >= MOST_LABELS) {
    labels.clear();
    labelsVersion = namesVersion();
  }
  const known = labels.get(path) ?? newLabelOf(path);
  labels.set(path, known);
  return known;
}

function newLabelOf(path: string): string {
  const container = containerOf(path);
  if (container !== undefined) return containerLabel(container);
  const [whole, distribution] = IN_DISTRIBUTION.exec(path) ?? [];
  // `systemd` and `non-systemd` are no names of anything.
  if (distribution !== undefined && whole === path) return distribution;
  const last = path.split('/').findLast((part) => part !== '') ?? path;
  const unit = unitOf(path);
  return unit !== undefined && path.endsWith(unit.name) ? unit.name : last;
}

/**
 * What people call a container, as they can type it: `shop-db-1` where its name is known, else `docker:16c48c5e68ad`, `lxc:web`. An id of 64
 * digits says as much by its first twelve; names stay whole.
 */
export function containerLabel(container: string): string {
  const name = nameOfContainer(container.slice(container.indexOf(':') + 1));
  return name ?? container.replace(/:([0-9a-f]{12})[0-9a-f]{52}$/, ':$1');
}
