import { HOST_FILES } from '../../src-main/proc/kernel-files.ts';
import { SYSTEM_CLOCK } from '../../src-main/collect/clock.ts';
import { Sampler } from '../../src-main/collect/sampler.ts';

/** A sampler of this very machine, as the program opens it. */
export function openHostSampler(): Sampler {
  const sampler = Sampler.open(HOST_FILES, SYSTEM_CLOCK);
  if (!sampler.ok) throw new Error(sampler.error.code);
  return sampler.value;
}
