import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oomScoreOfBadness } from '#shared/kernel/badness/oom-score.ts';
import {
  counterLagPages,
  counterMode,
  type CounterMode,
  type UsageEvidence,
  usageRange,
} from '#shared/kernel/badness/precision.ts';
import { parseKernelVersion } from '#shared/kernel/version.ts';

/** `count` readings, of which some differ between stat and status. */
function pairs(count: number, differing: number) {
  return Array.from({ length: count }, (_, at) => ({
    statPages: 2755,
    statusPages: at < differing ? 2770 : 2755,
  }));
}

describe('counterMode', () => {
  it.for<{ release: string; of: number; differing: number; mode: CounterMode }>([
    { release: '6.1.192', of: 12, differing: 12, mode: 'same' },
    { release: '6.2.0', of: 12, differing: 0, mode: 'same' },
    { release: '6.12.117', of: 12, differing: 12, mode: 'lagging' },
    { release: '6.18.44', of: 12, differing: 3, mode: 'lagging' },
    { release: '6.18.44', of: 12, differing: 2, mode: 'same' },
    { release: '6.18.44', of: 0, differing: 0, mode: 'same' },
    { release: '7.0.0', of: 12, differing: 0, mode: 'exact' },
  ])('$release, $differing of $of readings differ: $mode', ({ release, of, differing, mode }) => {
    const version = parseKernelVersion(release);
    if (version === undefined) throw new Error('no version');
    expect(counterMode(version, pairs(of, differing))).toBe(mode);
  });
});

describe('counterLagPages', () => {
  it.for([
    { cpuCount: 1, pages: 31 },
    { cpuCount: 2, pages: 62 },
    { cpuCount: 16, pages: 496 },
    { cpuCount: 17, pages: 561 },
    { cpuCount: 256, pages: 130_816 },
  ])('$cpuCount CPUs: $pages pages', ({ cpuCount, pages }) => {
    expect(counterLagPages(cpuCount)).toBe(pages);
  });
});

const TOTAL_PAGES = 100_000;

/** A process of 10,000 pages, half of it swapped out, on a machine of two CPUs where the counters lag. */
function evidence(over: Partial<UsageEvidence> & { swapPages?: number } = {}): UsageEvidence {
  const { swapPages = 5000, ...rest } = over;
  const rssPages = 4900;
  const usage = rssPages + swapPages + 100;
  const oomScoreAdj = rest.oomScoreAdj ?? 0;
  const points = usage + oomScoreAdj * (TOTAL_PAGES / 1000);
  return {
    counters: 'lagging',
    cpuCount: 2,
    figures: {
      rssPages,
      rssAnonPages: rssPages,
      rssFilePages: 0,
      rssShmemPages: 0,
      swapPages,
      pageTablePages: 100,
    },
    statusRssPages: rssPages,
    mayHaveSwapped: true,
    oomScoreAdj,
    oomScore: oomScoreOfBadness('5.9', points, TOTAL_PAGES),
    formula: '5.9',
    globalTotalPages: TOTAL_PAGES,
    ...rest,
  };
}

describe('usageRange', () => {
  it('is exact where oom_badness() reads the counters that /proc shows', () => {
    expect(usageRange(evidence({ counters: 'same' }))).toEqual({ low: 10_000, high: 10_000 });
  });

  it('is exact where nothing was ever swapped: the resident pages lag alike', () => {
    expect(usageRange(evidence({ mayHaveSwapped: false, swapPages: 0 }))).toEqual({ low: 5000, high: 5000 });
  });

  it('is off by the lag of the swap counter, as far as the printed score allows', () => {
    // 10,000 of 100,000 pages print as 733, and so do 9,950 to 10,049 of them.
    const oomScore = 733;
    expect(oomScoreOfBadness('5.9', 10_000, TOTAL_PAGES)).toBe(oomScore);
    expect(usageRange(evidence({ oomScore }))).toEqual({ low: 10_000, high: 10_062 });
  });

  it('goes by the lag alone where the score says nothing', () => {
    expect(usageRange(evidence({ formula: '4.17' }))).toEqual({ low: 9938, high: 10_062 });
  });

  it('leaves out a score that was read at another moment', () => {
    expect(usageRange(evidence({ oomScore: 900 }))).toEqual({ low: 9938, high: 10_062 });
  });

  it('does not let the swap counter fall below nothing', () => {
    expect(usageRange(evidence({ swapPages: 7, formula: '4.17' }))).toEqual({ low: 5000, high: 5069 });
  });

  it('takes the adjustment off before it compares with the score', () => {
    expect(usageRange(evidence({ oomScoreAdj: 300 }))).toEqual(
      // 40,000 pages with the adjustment: 933, which 39,950 to 40,099 print as.
      { low: 10_000, high: 10_062 },
    );
  });

  it('since 7.0 lies between what stat and status say', () => {
    const both = (statusRssPages: number) =>
      usageRange(evidence({ counters: 'exact', statusRssPages, formula: '4.17' }));
    expect([both(4920), both(4880), both(4900)]).toEqual([
      { low: 10_000, high: 10_020 },
      { low: 9980, high: 10_000 },
      { low: 10_000, high: 10_000 },
    ]);
  });

  it('always holds the figures themselves, and what the kernel sees when it lags', () => {
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.integer({ min: -999, max: 1000 }),
        fc.integer({ min: 1, max: 64 }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (swapPages, oomScoreAdj, cpuCount, share) => {
          const usage = 5000 + swapPages;
          const kernelSwap = Math.max(0, swapPages + Math.trunc(share * counterLagPages(cpuCount)));
          const kernelUsage = 5000 + kernelSwap;
          const points = kernelUsage + oomScoreAdj * (TOTAL_PAGES / 1000);
          const oomScore = oomScoreOfBadness('5.9', points, TOTAL_PAGES);
          const { low, high } = usageRange(evidence({ swapPages, oomScoreAdj, cpuCount, oomScore }));
          for (const pages of [usage, kernelUsage]) {
            expect(pages).toBeGreaterThanOrEqual(low);
            expect(pages).toBeLessThanOrEqual(high);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
