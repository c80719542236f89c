import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BadnessInput, type Formula, FORMULAS } from '#shared/kernel/badness/badness.ts';
import { formulaByBehaviour, type ScoreSample } from '#shared/kernel/badness/formula-by-behaviour.ts';
import { oomScore } from '#shared/kernel/badness/oom-score.ts';

const TOTAL_PAGES = 2_000_000;

/** Processes that tell the formulas apart: with and without swap, page tables, an adjustment and CAP_SYS_ADMIN. */
const PROCESSES: readonly BadnessInput[] = Array.from({ length: 20 }, (_, at) => ({
  rssPages: 40_000 * at,
  swapPages: at % 5 === 0 ? 100_000 : 0,
  pageTablePages: at % 2 === 0 ? 60_000 : 0,
  oomScoreAdj: [0, 300, -100, 900][at % 4] ?? 0,
  capSysAdmin: at % 3 === 0,
}));

function printedBy(formula: Formula, processes = PROCESSES): ScoreSample[] {
  return processes.map((input) => ({ input, oomScore: oomScore(formula, input, TOTAL_PAGES) }));
}

describe('formulaByBehaviour', () => {
  it.for(FORMULAS)('confirms the formula of %s where it is the one of the version', (formula) => {
    expect(formulaByBehaviour(formula, printedBy(formula), TOTAL_PAGES)).toEqual({
      formula,
      evidence: 'confirmed',
    });
  });

  it('finds any formula behind any version', () => {
    const formula = fc.constantFrom(...FORMULAS);
    fc.assert(
      fc.property(formula, formula, (byVersion, real) => {
        expect(formulaByBehaviour(byVersion, printedBy(real), TOTAL_PAGES).formula).toBe(real);
      }),
    );
  });

  it('RHEL 8 calls itself 4.18 and prints the scores of 5.9', () => {
    expect(formulaByBehaviour('4.17', printedBy('5.9'), TOTAL_PAGES)).toEqual({
      formula: '5.9',
      evidence: 'behaviour',
    });
  });

  it('keeps the formula of the version where others would print the same', () => {
    const plain = PROCESSES.map((input) => ({ ...input, oomScoreAdj: 0, capSysAdmin: false }));
    expect(formulaByBehaviour('3.5', printedBy('4.17', plain), TOTAL_PAGES)).toEqual({
      formula: '3.5',
      evidence: 'confirmed',
    });
  });

  it('is not misled by a few that the kernel passes over, as in vfork, which print 0', () => {
    const few = printedBy('5.9', PROCESSES.slice(0, 10));
    const some = few.map((sample, at) => (at < 3 ? { ...sample, oomScore: 0 } : sample));
    expect(formulaByBehaviour('5.9', some, TOTAL_PAGES)).toEqual({ formula: '5.9', evidence: 'confirmed' });
    const most = few.map((sample, at) => (at < 6 ? { ...sample, oomScore: 0 } : sample));
    expect(formulaByBehaviour('5.9', most, TOTAL_PAGES).evidence).toBe('contradicted');
  });

  it('takes the newest of several that would print the same', () => {
    const plain = PROCESSES.map((input) => ({ ...input, oomScoreAdj: 0, capSysAdmin: false }));
    expect(formulaByBehaviour('5.9', printedBy('3.5', plain), TOTAL_PAGES)).toEqual({
      formula: '4.17',
      evidence: 'behaviour',
    });
  });

  it('believes a 0 where the figures give 1', () => {
    const idle = { rssPages: 0, swapPages: 0, pageTablePages: 0, oomScoreAdj: -998 };
    const samples = Array.from({ length: 5 }, () => ({ input: idle, oomScore: 0 }));
    expect(formulaByBehaviour('5.9', samples, TOTAL_PAGES).evidence).toBe('confirmed');
  });

  it('says so where nothing fits, and keeps the formula of the version', () => {
    const faked = printedBy('5.9').map((sample) => ({ ...sample, oomScore: sample.oomScore + 50 }));
    expect(formulaByBehaviour('5.9', faked, TOTAL_PAGES)).toEqual({
      formula: '5.9',
      evidence: 'contradicted',
    });
  });

  it('allows for one score more or less, since memory moves between two readings', () => {
    const moved = printedBy('5.9').map((sample, at) => ({
      ...sample,
      oomScore: sample.oomScore + (at % 2 === 0 ? 1 : -1),
    }));
    expect(formulaByBehaviour('5.9', moved, TOTAL_PAGES).evidence).toBe('confirmed');
  });

  it.for([
    { wrong: 2, evidence: 'confirmed' },
    { wrong: 3, evidence: 'contradicted' },
  ] as const)('$wrong of 20 processes that changed much: $evidence', ({ wrong, evidence }) => {
    const samples = printedBy('5.9').map((sample, at) =>
      at < wrong ? { ...sample, oomScore: sample.oomScore + 100 } : sample,
    );
    expect(formulaByBehaviour('5.9', samples, TOTAL_PAGES).evidence).toBe(evidence);
  });

  it.for([
    { count: 4, evidence: 'version' },
    { count: 5, evidence: 'behaviour' },
  ] as const)('$count processes: $evidence', ({ count, evidence }) => {
    expect(formulaByBehaviour('4.17', printedBy('5.9').slice(0, count), TOTAL_PAGES).evidence).toBe(evidence);
  });
});
