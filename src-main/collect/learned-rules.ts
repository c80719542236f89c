import { formulaByBehaviour, type FormulaEvidence } from '#shared/kernel/badness/formula-by-behaviour.ts';
import { counterMode, type CounterMode } from '#shared/kernel/badness/precision.ts';
import { type OomRules, withFormula } from '#shared/kernel/rules.ts';
import { type HostFacts } from './machine/host-facts.ts';
import { type TrackedProcess } from './processes/process-table.ts';

/** What the kernel's own figures say of it where its version does not. */
export interface LearnedRules {
  readonly rules: OomRules;
  readonly formulaEvidence: FormulaEvidence;
  readonly counters: CounterMode;
}

/** Compares the scores of all processes with each formula, and the counters of stat with those of status. */
export function learnRules(
  host: HostFacts,
  processes: readonly TrackedProcess[],
  totalPages: number,
): LearnedRules {
  const seen = processes.flatMap(({ observed, oomScore }) =>
    observed.memory === undefined ? [] : [{ observed, memory: observed.memory, oomScore }],
  );
  const killable = seen.filter(({ observed }) => !observed.globalInit && observed.oomScoreAdj > -1000);
  const { formula, evidence } = formulaByBehaviour(
    host.rules.formula,
    killable.map(({ observed, memory, oomScore }) => ({
      input: { ...memory, oomScoreAdj: observed.oomScoreAdj, capSysAdmin: observed.capSysAdmin === true },
      oomScore,
    })),
    totalPages,
  );
  const pages = seen.map(({ observed, memory }) => ({
    statPages: memory.rssPages,
    statusPages: observed.statusRssPages,
  }));
  return {
    rules: withFormula(host.rules, formula),
    formulaEvidence: evidence,
    counters: counterMode(host.version, pages),
  };
}
