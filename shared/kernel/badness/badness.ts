import { type MemoryFigures } from '../../model/process.ts';

/**
 * The formulas that oom_badness() has had, each named by the first kernel with it. All changes to *which* page-table pages count
 * (nr_ptes, then nr_pmds from 4.0, bytes from 4.15) are in what `pageTablePages` is read from, not here.
 */
export const FORMULAS = ['2.6.36', '2.6.39', '3.5', '3.14', '4.17', '5.9'] as const;
export type Formula = (typeof FORMULAS)[number];

/** oom_score_adj at which a process is never chosen (include/uapi/linux/oom.h). */
export const OOM_SCORE_ADJ_MIN = -1000;
export const OOM_SCORE_ADJ_MAX = 1000;

/** What oom_badness() reads of one process. */
export interface BadnessInput extends Pick<MemoryFigures, 'rssPages' | 'swapPages' | 'pageTablePages'> {
  readonly oomScoreAdj: number;
  /** CAP_SYS_ADMIN, which was worth a discount before 4.17. Absent: not. */
  readonly capSysAdmin?: boolean;
}

/** RSS + swap + page tables: the part of the badness that is memory. */
export function usagePages(
  figures: Pick<MemoryFigures, 'rssPages' | 'swapPages' | 'pageTablePages'>,
): number {
  return figures.rssPages + figures.swapPages + figures.pageTablePages;
}

/** What oom_score_adj adds to the badness: the kernel divides first, so in scopes below 1,000 pages it adds nothing. */
export function adjustmentPages(oomScoreAdj: number, totalPages: number): number {
  // `+ 0` turns the -0 of a negative adj in a tiny scope into 0.
  return oomScoreAdj * Math.trunc(totalPages / 1000) + 0;
}

/**
 * The badness of an eligible process as the kernel computes it, in pages (before 3.5: in permille of `totalPages`).
 * Follows mm/oom_kill.c, oom_badness(), of the version that the formula is named after; integer division truncates as in C.
 */
export function badness(formula: Formula, input: BadnessInput, totalPages: number): number {
  const { rssPages, swapPages, pageTablePages, oomScoreAdj } = input;
  const admin = input.capSysAdmin === true;
  switch (formula) {
    case '2.6.36':
      return permille(rssPages + swapPages, oomScoreAdj, admin, totalPages);
    case '2.6.39':
      return permille(rssPages + swapPages + pageTablePages, oomScoreAdj, admin, totalPages);
    case '3.5': {
      const adj = oomScoreAdj - (admin ? 30 : 0);
      return atLeastOne(usagePages(input) + adjustmentPages(adj, totalPages));
    }
    case '3.14': {
      const usage = usagePages(input);
      const discount = admin ? Math.trunc((usage * 3) / 100) : 0;
      return atLeastOne(usage - discount + adjustmentPages(oomScoreAdj, totalPages));
    }
    case '4.17':
      return atLeastOne(usagePages(input) + adjustmentPages(oomScoreAdj, totalPages));
    case '5.9':
      return usagePages(input) + adjustmentPages(oomScoreAdj, totalPages);
  }
}

function permille(usage: number, oomScoreAdj: number, admin: boolean, totalPages: number): number {
  const points = Math.trunc((usage * 1000) / totalPages) - (admin ? 30 : 0) + oomScoreAdj;
  return Math.min(1000, atLeastOne(points));
}

/** `points > 0 ? points : 1`: up to 5.8 all tasks below zero tie at one. */
function atLeastOne(points: number): number {
  return points > 0 ? points : 1;
}
