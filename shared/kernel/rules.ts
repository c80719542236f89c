import { type Formula } from './badness/badness.ts';
import { atLeast, type KernelVersion } from './version.ts';

/** Everything about choosing a victim that has changed between kernels. */
export interface OomRules {
  readonly formula: Formula;
  /** Which of two with equal badness wins: the first or the last in the kernel's scan (select_bad_process()). */
  readonly tie: 'first' | 'last';
  /** A child of the chosen process dies in its place (oom_kill_process(), 2.6.36 to 5.0). */
  readonly sacrificesChild: boolean;
  /** memory.oom.group is honoured (mem_cgroup_get_oom_group(), 4.19). */
  readonly honoursOomGroup: boolean;
}

/** The rules of a kernel version (mm/oom_kill.c). A distribution may have brought in newer ones: see `formulaByBehaviour`. */
export function rulesOf(version: KernelVersion): OomRules {
  return {
    formula: formulaOf(version),
    tie: atLeast(version, 5, 3) ? 'last' : 'first',
    sacrificesChild: !atLeast(version, 5, 1),
    honoursOomGroup: atLeast(version, 4, 19),
  };
}

/**
 * The rules with the formula that the kernel's own scores show. The formula of 5.9 was brought to older kernels only where all that came
 * before it was there as well (5.4.144; RHEL 8 calls itself 4.18 and prints the reports of 5.4, without sacrificed children).
 */
export function withFormula(rules: OomRules, formula: Formula): OomRules {
  return formula === '5.9'
    ? { formula, tie: 'last', sacrificesChild: false, honoursOomGroup: true }
    : { ...rules, formula };
}

function formulaOf(version: KernelVersion): Formula {
  // Linux 5.4.144 has "mm, oom: make the calculation of oom badness more accurate" from 5.9; 5.5 to 5.8 were over by then.
  const stable54 = version.major === 5 && version.minor === 4 && version.patch >= 144;
  if (stable54 || atLeast(version, 5, 9)) return '5.9';
  if (atLeast(version, 4, 17)) return '4.17';
  if (atLeast(version, 3, 14)) return '3.14';
  if (atLeast(version, 3, 5)) return '3.5';
  if (atLeast(version, 2, 6, 39)) return '2.6.39';
  return '2.6.36';
}
