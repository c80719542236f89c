import { type Result } from '#shared/result.ts';
import { type Scope } from '#shared/model/scope.ts';
import { type Interest } from '../../../collect/sampler.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { ContainerNames } from '../../container-names.ts';
import { openSampler } from '../../../this-machine.ts';

/** What a command that shows one scope needs: exact figures of all processes. */
export function interestIn(scope: Scope): Interest {
  return {
    orderCount: Number.MAX_SAFE_INTEGER,
    watched: [],
    scopes: scope.kind === 'cgroup' ? [scope.path] : [],
    everything: true,
    glance: false,
  };
}

/** One look at the machine. */
export function lookOnce(scope: Scope): Result<Snapshot> {
  const sampler = openSampler();
  if (!sampler.ok) return sampler;
  try {
    return sampler.value.sample(interestIn(scope));
  } finally {
    sampler.value.close();
  }
}

/** The same, and from then on sentences name the containers that were seen. */
export async function lookWithNames(scope: Scope): Promise<Result<Snapshot>> {
  const snapshot = lookOnce(scope);
  if (!snapshot.ok) return snapshot;
  const names = new ContainerNames(snapshot.value, false);
  await names.learn(snapshot.value);
  names.close();
  return snapshot;
}
