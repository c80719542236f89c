import { type Result } from '#shared/result.ts';
import { type Scope } from '#shared/model/scope.ts';
import { type Interest } from '../../../collect/sampler.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { type UnitFactsCache } from '../../../collect/units/unit-facts.ts';
import { ContainerNames } from '../../container-names.ts';
import { openNaming, openSampler } from '../../../this-machine.ts';

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

/** One look at the machine, without names. */
export function lookOnce(scope: Scope): Result<Snapshot> {
  const sampler = openSampler();
  if (!sampler.ok) return sampler;
  try {
    return sampler.value.sample(interestIn(scope));
  } finally {
    sampler.value.close();
  }
}

/** The same with what people call its processes; sentences name the containers that were seen from then on. */
export async function lookWithNames(scope: Scope, unitFacts: UnitFactsCache): Promise<Result<Snapshot>> {
  const sampler = openSampler();
  if (!sampler.ok) return sampler;
  const names = new ContainerNames(sampler.value, false);
  sampler.value.naming = openNaming({ containers: names.registry, unitFacts }).naming;
  try {
    const sampled = sampler.value.sample(interestIn(scope));
    if (sampled.ok) await names.learn(sampled.value, true);
    return sampled;
  } finally {
    names.close();
    sampler.value.close();
  }
}
