/** The largest oom_score that a kernel prints (5.9 on); older ones go to about the same with adj 1000. */
const HIGHEST_SCORE = 2000;

/** One process with the score that the kernel printed in this tick. */
export interface Scored {
  readonly oomScore: number;
}

/** The processes that have to be read closely. */
export interface Front<T> {
  /** All processes above the edge, and those at it if they are few: read in any case. */
  readonly sure: readonly T[];
  /** Those that share the edge score when they are many: any of them may belong to the front. */
  readonly edge: readonly T[];
  /** True when the first place itself is among the many at the edge. */
  readonly edgeHoldsFirst: boolean;
}

/** Up to this number are read without checking first whether they changed. */
const FEW = 24;

/**
 * Splits processes by their score: the first `count` with all ties at the edge. The score is coarse (1.5 permille of memory a step)
 * and was read a moment before the figures, so one step below the edge still belongs to it. One pass, no sorting.
 */
export function frontOf<T extends Scored>(all: readonly T[], count: number): Front<T> {
  const histogram = new Uint32Array(HIGHEST_SCORE + 1);
  const slot = (score: number) => Math.min(HIGHEST_SCORE, Math.max(0, score));
  for (const { oomScore } of all) {
    const at = slot(oomScore);
    histogram[at] = (histogram[at] ?? 0) + 1;
  }
  let edgeScore = HIGHEST_SCORE;
  let above = 0;
  while (edgeScore > 0 && above + (histogram[edgeScore] ?? 0) < count) {
    above += histogram[edgeScore] ?? 0;
    edgeScore -= 1;
  }
  let highest = HIGHEST_SCORE;
  while (highest > 0 && histogram[highest] === 0) highest -= 1;
  const lowest = Math.max(0, edgeScore - 1);
  const sure: T[] = [];
  const edge: T[] = [];
  for (const one of all) {
    const score = slot(one.oomScore);
    if (score > edgeScore) sure.push(one);
    else if (score >= lowest) edge.push(one);
  }
  if (edge.length <= FEW) return { sure: [...sure, ...edge], edge: [], edgeHoldsFirst: false };
  return { sure, edge, edgeHoldsFirst: highest <= edgeScore + 1 };
}
