import { type OomRules } from '../rules.ts';
import { type KernelTask } from '../task.ts';
import { badness } from './badness.ts';

const NOTHING = { rssPages: 0, swapPages: 0, pageTablePages: 0 };

/** The badness of a process in pages, in a scope of `totalPages`; a process without an address space counts as one of size 0. */
export function taskBadness(
  { memory, oomScoreAdj, capSysAdmin = false }: KernelTask,
  rules: OomRules,
  totalPages: number,
): number {
  const { rssPages, swapPages, pageTablePages } = memory ?? NOTHING;
  const input = { rssPages, swapPages, pageTablePages, oomScoreAdj, capSysAdmin };
  return badness(rules.formula, input, totalPages);
}
