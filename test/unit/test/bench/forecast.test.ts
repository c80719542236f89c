/** The benchmark of the forecast in short: few seeds of every scenario. `npm run bench -- --only forecast` plays them all. */
import { describe, expect, it } from 'vitest';
import { judge, type Judged } from '../../../bench/forecast/judge.ts';
import { SCENARIOS } from '../../../bench/forecast/scenarios.ts';

const judged = (name: string, seeds: number): Judged => {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  return judge(scenario, seeds, 'even');
};

describe('the forecast', () => {
  it.for(['quiet', 'random walk', 'sleeps', 'memory given back'])(
    'says nothing where nothing happens: %s',
    (name) => {
      expect(judged(name, 1)).toMatchObject({ said: 0, falseAlarmsPerDay: 0 });
    },
  );

  it.for(['leak, 300 MiB a minute', 'runaway, 1.5 GiB a minute', 'accelerating'])(
    'tells of %s in time, with a span that holds the truth and is narrow enough to be of use',
    (name) => {
      const { covered = 0, width = Infinity, said } = judged(name, 4);
      expect(covered).toBeGreaterThan(0.7);
      expect(width).toBeLessThan(3);
      expect(said).toBeGreaterThan(0.4);
    },
  );
});
