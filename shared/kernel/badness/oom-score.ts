import { badness, type BadnessInput, type Formula } from './badness.ts';

/**
 * What /proc/PID/oom_score prints for an eligible process; it prints 0 for the others. The machine's totals are used there even
 * for a process in a cgroup. Follows fs/proc/base.c, proc_oom_score().
 */
export function oomScore(formula: Formula, input: BadnessInput, globalTotalPages: number): number {
  const points = badness(formula, input, globalTotalPages);
  return oomScoreOfBadness(formula, points, globalTotalPages);
}

/** The lossy map from badness to oom_score. From 5.9 on: 0..2000, 666 for nothing at all, monotone. */
export function oomScoreOfBadness(formula: Formula, points: number, globalTotalPages: number): number {
  switch (formula) {
    case '2.6.36':
    case '2.6.39':
      return points;
    case '3.5':
    case '3.14':
    case '4.17':
      return Math.trunc((points * 1000) / globalTotalPages);
    case '5.9':
      return Math.trunc(((1000 + Math.trunc((points * 1000) / globalTotalPages)) * 2) / 3) + 0;
  }
}

/** The smallest and the largest badness (pages) that print as a score; undefined where the score says nothing. */
export function badnessRangeOfScore(
  formula: Formula,
  score: number,
  globalTotalPages: number,
): { readonly low: number; readonly high: number } | undefined {
  // Before 5.9 all scores below one are printed as 0, and 0 also means "never".
  if (formula !== '5.9' || score <= 0) return undefined;
  const lowest = Math.ceil((score * 3) / 2) - 1000;
  const highest = Math.ceil(((score + 1) * 3) / 2) - 1 - 1000;
  // Multiplied first, so that what comes out even is exact. C division truncates: quotient 0 stands for both sides of it.
  const pages = (permille: number) => (permille * globalTotalPages) / 1000;
  const low = lowest > 0 ? Math.ceil(pages(lowest)) : Math.floor(pages(lowest - 1)) + 1;
  const high = highest >= 0 ? Math.ceil(pages(highest + 1)) - 1 : Math.floor(pages(highest));
  return { low, high };
}

/**
 * True when the kernel prints 0 for a process whose figures give more: oom_badness() then returned LONG_MIN, because its memory is being
 * taken away already (MMF_OOM_SKIP) or it is in vfork(). Only the formula from 5.9 on shows this.
 */
export function isPassedOver(
  formula: Formula,
  input: BadnessInput,
  printedScore: number,
  globalTotalPages: number,
): boolean {
  // Two, not one: figures and score are read one after the other.
  return formula === '5.9' && printedScore === 0 && oomScore(formula, input, globalTotalPages) >= 2;
}
