import { type Container, type ContainerEngine } from '../model/owners/container.ts';
import { containerOf } from '../kernel/cgroup/names.ts';

const ENGINES: Readonly<Record<string, ContainerEngine>> = {
  docker: 'docker',
  podman: 'podman',
  containerd: 'containerd',
  'cri-o': 'kubernetes',
  lxc: 'lxc',
  nspawn: 'nspawn',
};

/** The folder or slice above all pods of kubelet: `/kubepods/burstable/pod…`, `kubepods-burstable-pod….slice`. */
const IN_KUBEPODS = /(?:^|\/)(?:kubelet-)?kubepods(?:[-./]|$)/;

/** What a cgroup path alone tells of the container that it lies in: its engine and its id, or its name where the path holds one. */
export function containerInPath(path: string): Container | undefined {
  const found = containerOf(path);
  if (found === undefined) return undefined;
  const colon = found.indexOf(':');
  const runtime = ENGINES[found.slice(0, colon)];
  if (runtime === undefined) return undefined;
  const id = found.slice(colon + 1);
  const engine = runtime === 'containerd' && IN_KUBEPODS.test(path) ? 'kubernetes' : runtime;
  const name = engine === 'lxc' || engine === 'nspawn' ? id : undefined;
  return { ...NOTHING_KNOWN, id, engine, name };
}

const NOTHING_KNOWN = {
  image: undefined,
  compose: undefined,
  pod: undefined,
  devcontainer: undefined,
  restartPolicy: undefined,
  restartCount: undefined,
  health: undefined,
  state: undefined,
  mainPid: undefined,
  limitsAsked: undefined,
  killsBefore: 0,
} as const;
