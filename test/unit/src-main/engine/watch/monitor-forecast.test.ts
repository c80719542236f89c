import { describe, expect, it } from 'vitest';
import { monitored, VIEW } from '../../../../helpers/monitored.ts';

const MIB = 2 ** 20;

describe('Monitor', () => {
  it('says when memory will be gone', () => {
    const { tree, monitor, next, client } = monitored();
    monitor.start();
    const { client: looking, frames } = client();
    const silent: boolean[] = [];
    // Watched all the time: the time between two ticks is the same.
    monitor.watch(looking, VIEW);
    for (let tick = 1; tick <= 160; tick++) {
      tree.setMeminfo({ memAvailableBytes: (6000 - tick * 20) * MIB });
      next();
      if (tick === 60) silent.push(frames.at(-1)?.forecast === undefined);
    }
    // A fall that has lasted for one minute does not tell of the next five.
    expect(silent).toEqual([true]);
    const { forecast, intervalMs = 0 } = frames.at(-1) ?? {};
    const truth = ((6000 - 160 * 20) / 20) * (intervalMs / 1000);
    expect(forecast?.lowSeconds).toBeLessThan(truth);
    expect(forecast?.highSeconds).toBeGreaterThan(truth * 0.8);
    expect(forecast?.fallingSeconds).toBeGreaterThan(60);
  });
});
