import { type MemoryFigures } from '../../model/process.ts';
import { adjustmentPages, usagePages, type Formula } from './badness.ts';
import { badnessRangeOfScore } from './oom-score.ts';
import { atLeast, type KernelVersion } from '../version.ts';

/**
 * Which counters oom_badness() adds up, compared with what /proc shows.
 * `same`: one set of counters (before 6.2, and 6.2 to 6.15 without stable updates), so that the figures agree to the page.
 * `lagging`: /proc/PID/status sums the per-CPU parts, oom_badness() does not (6.16 on, 6.6 and 6.12 with their stable updates). The resident
 * pages in /proc/PID/stat lag in the same way and agree to the page; the swapped pages have no such twin.
 * `exact`: both sum (get_mm_counter_sum() in oom_badness(), 7.0 on).
 */
export type CounterMode = 'same' | 'lagging' | 'exact';

/** One process whose resident pages were read from both files, one right after the other. */
export interface RssPair {
  readonly statPages: number;
  readonly statusPages: number;
}

/**
 * Tells the mode from what the kernel shows. Where the counters are the same, only the few processes that changed between the two readings
 * differ; where one lags, nearly all do.
 */
export function counterMode(version: KernelVersion, pairs: readonly RssPair[]): CounterMode {
  if (atLeast(version, 7, 0)) return 'exact';
  if (!atLeast(version, 6, 2)) return 'same';
  const differing = pairs.filter((pair) => pair.statPages !== pair.statusPages).length;
  return differing > 0 && differing * 4 >= pairs.length ? 'lagging' : 'same';
}

/**
 * How far a lagging per-CPU counter may be from its sum, in pages: each CPU keeps up to batch - 1 to itself
 * (lib/percpu_counter.c: batch = max(32, 2 * CPUs online)).
 */
export function counterLagPages(cpuCount: number): number {
  return (Math.max(32, 2 * cpuCount) - 1) * cpuCount;
}

/** From where to where a figure may be, in pages, both included. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** What bounds the kernel's own view of a process's memory. */
export interface UsageEvidence {
  readonly counters: CounterMode;
  readonly cpuCount: number;
  readonly figures: MemoryFigures;
  /** Resident pages by /proc/PID/status. */
  readonly statusRssPages: number;
  /** False when nothing of it can ever have been swapped: its swap counter has never moved. */
  readonly mayHaveSwapped: boolean;
  readonly oomScoreAdj: number;
  readonly oomScore: number;
  readonly formula: Formula;
  readonly globalTotalPages: number;
}

/**
 * Where the memory part of the kernel's badness lies: the figures with what they may be off, narrowed by what its printed oom_score
 * allows. A score that contradicts the figures was read at another moment and is left out.
 */
export function usageRange(evidence: UsageEvidence): Range {
  const usage = usagePages(evidence.figures);
  const { low, high } = figuresRange(evidence, usage);
  if (low === high) return { low, high };
  const printed = badnessRangeOfScore(evidence.formula, evidence.oomScore, evidence.globalTotalPages);
  if (printed === undefined) return { low, high };
  const adjustment = adjustmentPages(evidence.oomScoreAdj, evidence.globalTotalPages);
  const narrowed = {
    low: Math.max(low, printed.low - adjustment),
    high: Math.min(high, printed.high - adjustment),
  };
  const contradicts = narrowed.low > usage || narrowed.high < usage;
  return contradicts ? { low, high } : narrowed;
}

function figuresRange(evidence: UsageEvidence, usage: number): Range {
  const { counters, figures, statusRssPages } = evidence;
  switch (counters) {
    case 'same':
      return { low: usage, high: usage };
    case 'lagging': {
      if (!evidence.mayHaveSwapped) return { low: usage, high: usage };
      const lag = counterLagPages(evidence.cpuCount);
      // percpu_counter_read_positive() never goes below 0.
      return { low: usage - Math.min(lag, figures.swapPages), high: usage + lag };
    }
    case 'exact': {
      // No kernel with the exact sums was at hand to confirm it: both readings stay possible.
      const difference = statusRssPages - figures.rssPages;
      return { low: usage + Math.min(0, difference), high: usage + Math.max(0, difference) };
    }
  }
}
