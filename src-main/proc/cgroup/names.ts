const UNIT = /^[^/]+\.(service|scope|socket|mount|swap|automount|timer|path|target|device)$/;

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
 * The systemd unit of this machine that a cgroup path lies in: `cron.service`, `session-2.scope`. Inside of a user manager
 * (`user@1000.service`) the user's own unit. What a container's own systemd made is not looked at: those are no units of ours.
 * Undefined outside of systemd's tree. As src/basic/cgroup-util.c cg_path_get_unit() and cg_path_get_user_unit().
 */
export function unitOf(path: string): string | undefined {
  const components = path.split('/').filter((component) => component !== '');
  const system = firstUnit(components);
  if (system === undefined || !/^user@\d+\.service$/.test(system.unit)) return system?.unit;
  const user = firstUnit(components.slice(system.at + 1));
  return user === undefined || user.unit === 'init.scope' ? system.unit : user.unit;
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

/** `\x2d` and the like in a unit's name. */
function unescapeName(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

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

/** A container that has a name. Virtual machines (`machine-qemu…`) are none. */
function namedContainer(component: string, parent: string | undefined): string | undefined {
  if (component.startsWith('lxc.payload.')) return `lxc:${component.slice('lxc.payload.'.length)}`;
  if (parent === 'lxc') return `lxc:${component}`;
  const machine = /^(?:machine-(.+)\.scope|systemd-nspawn@(.+)\.service)$/s.exec(component);
  if (machine === null) return undefined;
  const name = unescapeName(machine[1] ?? machine[2] ?? '');
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
