import { openContainers, openNaming, openUnitFacts } from '../../src-main/this-machine.ts';
import { openHostSampler } from './host.ts';
import { median, say, withProcesses } from './tools.ts';

const ROUNDS = 9;

/** CPU of naming, in milliseconds: the first time with the desktop files to be read, and that of the middle round without. */
export interface NamesCost {
  readonly firstMs: number;
  readonly medianMs: number;
  /** Of asking for all of them again, when nothing has changed. */
  readonly againMs: number;
}

/** Names all of `total` processes at once, each round as if all of them were new. */
export async function measureNames(crowd: string, total: number): Promise<NamesCost> {
  say(`names of ${total} new processes ...`);
  return withProcesses(crowd, 'varied', total, async () => {
    const sampler = openHostSampler();
    const sources = { containers: openContainers(sampler), unitFacts: openUnitFacts() };
    const everything = { orderCount: 10, watched: [], scopes: [], everything: true, glance: false };
    const { naming } = openNaming(sources);
    const times: number[] = [];
    let againMs = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      // One that has named nothing yet, with the desktop files of the first.
      sampler.naming = naming;
      naming.forget();
      const sampled = sampler.sample(everything);
      if (!sampled.ok) throw new Error(sampled.error.code);
      const { processes, namesOf } = sampled.value;
      const nameAll = () =>
        cpuMs(() => {
          processes.forEach((process) => namesOf?.(process));
        });
      times.push(nameAll());
      againMs = nameAll();
    }
    sampler.close();
    const [firstMs = NaN, ...others] = times;
    return Promise.resolve({ firstMs, medianMs: median(others), againMs });
  });
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
