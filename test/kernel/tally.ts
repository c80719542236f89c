import { type Outcome, type Verdict } from './judge.ts';
import { closeKinds, type ScenarioKind } from './scenario.ts';

export interface Counts extends Record<Outcome, number> {
  /** How many of the close ones were equal to the page. */
  ties: number;
  /** Differences in pages, row by row. */
  readonly differences: number[];
}

/** What came of the kills, by machine and kind. */
export class Tally {
  readonly machines = new Map<string, Map<ScenarioKind, Counts>>();

  add(machine: string, kind: ScenarioKind, verdicts: readonly Verdict[]): void {
    const kinds = this.machines.get(machine) ?? new Map<ScenarioKind, Counts>();
    this.machines.set(machine, kinds);
    const counts = kinds.get(kind) ?? noCounts();
    kinds.set(kind, counts);
    for (const { outcome, isTie, rowDifferences } of verdicts) {
      counts[outcome]++;
      if (outcome === 'close' && isTie) counts.ties++;
      counts.differences.push(...rowDifferences);
    }
  }

  /** One machine, or all; one kind, or all. */
  counts(machine?: string, kind?: ScenarioKind): Counts {
    const sum = noCounts();
    for (const [name, kinds] of this.machines) {
      if (machine !== undefined && name !== machine) continue;
      for (const [own, counts] of kinds) {
        if (kind === undefined || own === kind) addTo(sum, counts);
      }
    }
    return sum;
  }

  /** The share of "A or B" among the answers where sizes were not made to be near each other, and are not equal. */
  closeShare(): number {
    let close = 0;
    let answers = 0;
    for (const kinds of this.machines.values()) {
      for (const [kind, counts] of kinds) {
        if (closeKinds.has(kind)) continue;
        close += counts.close - counts.ties;
        answers += counts.close + counts.certain + counts.wrong;
      }
    }
    return answers === 0 ? 0 : close / answers;
  }
}

export function killCount(counts: Counts): number {
  return counts.certain + counts.close + counts.followed + counts.wrong;
}

/** Median and largest; undefined when the kernel printed no table. */
export function spread(differences: readonly number[]): { median: number; largest: number } | undefined {
  const sorted = [...differences].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  const largest = sorted.at(-1);
  return median === undefined || largest === undefined ? undefined : { median, largest };
}

function noCounts(): Counts {
  return { certain: 0, close: 0, followed: 0, wrong: 0, ties: 0, differences: [] };
}

function addTo(sum: Counts, counts: Counts): void {
  sum.certain += counts.certain;
  sum.close += counts.close;
  sum.followed += counts.followed;
  sum.wrong += counts.wrong;
  sum.ties += counts.ties;
  sum.differences.push(...counts.differences);
}
