import { LeftSeries } from '../../../src-main/engine/forecast/left-series.ts';
import { judge, type Judged } from './judge.ts';
import { Random } from './random.ts';
import { SCENARIOS, STEP_SECONDS, TOTAL_MIB } from './scenarios.ts';

const MIB = 1024 * 1024;

export interface ForecastFigures {
  readonly judged: readonly Judged[];
  /** CPU of one estimate, of the scenario that takes longest. */
  readonly microseconds: number;
}

/** Measures what an estimate costs, in a process that is warm and has nothing else to do, and plays all scenarios. */
export function measureForecast(seeds: number, parity: 'odd' | 'even'): ForecastFigures {
  for (const { left } of SCENARIOS) costOf(left);
  const microseconds = Math.max(...SCENARIOS.map(({ left }) => costOf(left)));
  return { microseconds, judged: SCENARIOS.map((scenario) => judge(scenario, seeds, parity)) };
}

/** The middle of two hours, a reading and an estimate every two seconds. */
function costOf(left: (typeof SCENARIOS)[number]['left']): number {
  const curve = left(new Random(1), 3600);
  const series = new LeftSeries(TOTAL_MIB * MIB);
  let microseconds = 0;
  curve.forEach((mib, step) => {
    const before = process.cpuUsage();
    series.add(step * STEP_SECONDS, mib * MIB);
    series.estimate();
    const { user, system } = process.cpuUsage(before);
    if (step >= 1200) microseconds += user + system;
  });
  return microseconds / (curve.length - 1200);
}
