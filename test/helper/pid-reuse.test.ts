import { expect, it } from 'vitest';
import { fuzzPidReuse } from '../fuzz/pid-reuse.ts';

/** The short form of `npm run fuzz -- pid-reuse`. */
const ROUNDS = 1000;

it(
  `a pid that another process takes is never written to, in ${ROUNDS.toLocaleString('en')} rounds`,
  {
    timeout: 240_000,
  },
  async () => {
    const { tried, outcomes, lost } = await fuzzPidReuse({ count: ROUNDS, seed: 1 });
    process.stdout.write(`${JSON.stringify(outcomes)}\n`);
    expect({ tried, lost }).toEqual({ tried: ROUNDS, lost: [] });
    // Threads of Node take a pid now and then, and a busy machine lets ticks go by.
    expect(outcomes['pid taken in the same tick']).toBeGreaterThan(ROUNDS / 10);
  },
);
