import { expect, it } from 'vitest';
import { fuzzDeaths } from '../fuzz/deaths.ts';
import { fuzzHelperLines } from '../fuzz/helper-lines.ts';
import { fuzzLinks } from '../fuzz/links.ts';

/** The short forms of `npm run fuzz -- helper-lines`, `links` and `deaths`. */
const LINES = 40_000;
const LINK_REQUESTS = 300;
const DEATHS = 4;
/** V8 has compiled by then what runs often: until 12,000 lines compiled code makes RSS grow by some 3 MiB. */
const WARM_LINES = 20_000;
/**
 * Growth of RSS from then on. Measured in ten runs: 0.6 to 2.3 MiB, up and down, while what is in use after a collection grew by 0.1. A buffer
 * of a megabyte for one kind of request shows here as steps of its size.
 */
const RSS_GROWTH_KIB = 4 * 1024;

it(
  `the helper outlives ${LINES.toLocaleString('en')} hostile lines: nothing is written but what may be, memory stays flat`,
  {
    timeout: 240_000,
  },
  async () => {
    const seed = Number(process.env['LIFEBOAT_SEED'] ?? 20_261_120);
    const { tried, outcomes, lost, rssKib, heapBytes } = await fuzzHelperLines({ count: LINES, seed });
    process.stdout.write(`seed ${seed}, RSS ${rssKib.join(', ')} KiB, ${JSON.stringify(outcomes)}\n`);
    expect({ tried, lost }).toEqual({ tried: LINES, lost: [] });
    // Both kinds occurred often: requests that are refused, and requests that are carried out.
    expect(outcomes['bad-request']).toBeGreaterThan(LINES / 4);
    expect(outcomes['ok']).toBeGreaterThan(LINES / 200);
    // What leaks stays after a collection: 25 bytes a line would be too much.
    expect(Math.max(...heapBytes.slice(-3)) - Math.min(...heapBytes.slice(0, 3))).toBeLessThan(1024 * 1024);
    const [warm = NaN, ...later] = rssKib.slice((rssKib.length * WARM_LINES) / LINES - 1);
    expect(later.length).toBeGreaterThan(3);
    expect(Math.max(...later) - warm).toBeLessThan(RSS_GROWTH_KIB);
  },
);

it(
  'the helper writes nothing behind links that take the places of its folders and files',
  {
    timeout: 120_000,
  },
  async () => {
    const { tried, outcomes, lost } = await fuzzLinks({ count: LINK_REQUESTS, seed: 1 });
    expect({ tried, lost }).toEqual({ tried: LINK_REQUESTS, lost: [] });
    expect(outcomes['done']).toBeGreaterThan(0);
    expect(outcomes['refused-target']).toBeGreaterThan(0);
  },
);

it('deaths at random moments leave nothing behind that was not confirmed', { timeout: 120_000 }, async () => {
  const seed = Number(process.env['LIFEBOAT_SEED'] ?? 20_261_130);
  const { tried, lost } = await fuzzDeaths({ count: DEATHS, seed });
  expect({ tried, lost }).toEqual({ tried: DEATHS, lost: [] });
});
