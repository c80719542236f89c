import { FORMULAS, type BadnessInput, type Formula } from './badness.ts';
import { oomScore } from './oom-score.ts';

/** One process read twice over: its figures, and the score that the kernel printed for it. */
export interface ScoreSample {
  readonly input: BadnessInput;
  readonly oomScore: number;
}

/** How many samples have to be there, and which share of them a formula must reproduce to be believed. */
const FEWEST_SAMPLES = 5;
const BELIEVED_SHARE = 0.9;

/** How the formula was chosen. `contradicted`: what the kernel prints fits none, and the version's is used. */
export type FormulaEvidence = 'version' | 'confirmed' | 'behaviour' | 'contradicted';

/**
 * The formula that the running kernel shows in its own scores. Distributions backport: the version's formula is kept as long as it
 * reproduces the scores; otherwise the newest that does. Scores may be one off, since memory moves between the two readings.
 * Where formulas print the same scores, the version decides between them.
 */
export function formulaByBehaviour(
  byVersion: Formula,
  samples: readonly ScoreSample[],
  globalTotalPages: number,
): { readonly formula: Formula; readonly evidence: FormulaEvidence } {
  if (samples.length < FEWEST_SAMPLES) return { formula: byVersion, evidence: 'version' };
  const reproduces = (formula: Formula) => {
    const predicted = (sample: ScoreSample) => oomScore(formula, sample.input, globalTotalPages);
    // From 5.9 on a 0 where there should be more means "passed over" (vfork, a dying one): on a small machine a few such
    // are more than a tenth. Where most are 0, the kernel does not report scores (gVisor).
    const reported = samples.filter(
      (sample) => formula !== '5.9' || sample.oomScore > 0 || predicted(sample) <= 1,
    );
    const right = reported.filter((sample) => Math.abs(predicted(sample) - sample.oomScore) <= 1);
    return reported.length * 2 > samples.length && right.length >= BELIEVED_SHARE * reported.length;
  };
  if (reproduces(byVersion)) return { formula: byVersion, evidence: 'confirmed' };
  const other = FORMULAS.toReversed().find(reproduces);
  return other === undefined
    ? { formula: byVersion, evidence: 'contradicted' }
    : { formula: other, evidence: 'behaviour' };
}
