import { finding, type DoctorFinding } from '#shared/contract/doctor.ts';
import { type Containers } from '../../containers/registry.ts';

/** Whether the engines say what the containers of this machine are called, and what stands in the way. */
export function engines(containers: Pick<Containers, 'all' | 'access'>): DoctorFinding {
  const running = containers.all().filter(({ state }) => state !== 'exited');
  const kinds = new Set(running.map(({ engine }) => engine));
  // Kubernetes may run on anything, and LXC says its names itself.
  if (!kinds.has('docker') && !kinds.has('podman')) return finding('engines', 'unneeded', '');
  const access = containers.access();
  const blocked = (['denied', 'malformed', 'silent', 'remote'] as const).flatMap((state) =>
    access.filter((each) => each.state === state && (state === 'remote' || kinds.has(each.engine))),
  );
  const isConnected = (kind: string) =>
    access.some(({ engine, state }) => state === 'connected' && engine === kind);
  if ([...kinds].every((kind) => (kind !== 'docker' && kind !== 'podman') || isConnected(kind))) {
    const connected = access.filter(({ state }) => state === 'connected');
    return finding('engines', 'connected', connected.map(({ address }) => address).join(', '));
  }
  const [first] = blocked;
  if (first === undefined || first.state === 'asking' || first.state === 'connected')
    return finding('engines', 'no-socket', '');
  return finding('engines', first.state, first.address);
}
