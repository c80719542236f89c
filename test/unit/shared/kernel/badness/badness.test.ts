import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  adjustmentPages,
  badness,
  type BadnessInput,
  type Formula,
  FORMULAS,
  usagePages,
} from '#shared/kernel/badness/badness.ts';
import { oomScoreOfBadness } from '#shared/kernel/badness/oom-score.ts';

const NOTHING: BadnessInput = { rssPages: 0, swapPages: 0, pageTablePages: 0, oomScoreAdj: 0 };

/** What a kernel printed in `Kill process … score`, with the row of its table and its totalpages. */
const PRINTED: readonly {
  readonly where: string;
  readonly formula: Formula;
  readonly input: Partial<BadnessInput>;
  readonly totalPages: number;
  readonly score: number;
}[] = [
  {
    where: '2.6.36 to 2.6.38, as root',
    formula: '2.6.36',
    input: { rssPages: 10_245, capSysAdmin: true },
    totalPages: 15_297,
    score: 639,
  },
  {
    where: 'Ubuntu 3.13, machine without swap',
    formula: '3.5',
    input: { rssPages: 398_810, pageTablePages: 788 },
    totalPages: 445_340 - 10_614,
    score: 919,
  },
  {
    where: 'RHEL 7, machine with swap',
    formula: '3.5',
    input: { rssPages: 5_157_063, pageTablePages: 15_483, swapPages: 1_527_848 },
    totalPages: 8_379_834 - 192_987 + 8_388_604 / 4,
    score: 651,
  },
  {
    where: 'Gentoo 4.8, container of 20 MiB and as much swap',
    formula: '3.14',
    input: { rssPages: 5191, pageTablePages: 34 + 4, swapPages: 5489 },
    totalPages: 40_960 / 4,
    score: 1046,
  },
  {
    where: 'Gentoo 4.8, container of 300 MiB and as much swap',
    formula: '3.14',
    input: { rssPages: 62_557, pageTablePages: 315 + 4, swapPages: 91_187 },
    totalPages: 614_400 / 4,
    score: 1003,
  },
  {
    where: 'Ubuntu 4.15, pod with oom_score_adj 968',
    formula: '3.14',
    input: { rssPages: 65_119, pageTablePages: Math.trunc(577_536 / 4096), oomScoreAdj: 968 },
    totalPages: 65_536,
    score: 1955,
  },
  {
    where: 'ELRepo 4.15, root moved into a cgroup of 10 MiB',
    formula: '3.14',
    input: { rssPages: 2_218_486, pageTablePages: 17_838_080 / 4096, capSysAdmin: true },
    totalPages: 2560,
    score: 842_248,
  },
  {
    where: 'Arch 4.17, cgroup of 10 MiB',
    formula: '4.17',
    input: { rssPages: 652, pageTablePages: 73_728 / 4096 },
    totalPages: 10_240 / 4,
    score: 261,
  },
];

describe('badness', () => {
  it.for(PRINTED)(
    'gives the score that was printed: $where, $score',
    ({ formula, input, totalPages, score }) => {
      const points = badness(formula, { ...NOTHING, ...input }, totalPages);
      expect(oomScoreOfBadness(formula, points, totalPages)).toBe(score);
    },
  );

  it.for([
    // 100 permille of memory, 10 of page tables; the administrator's discount is 30 permille of all memory, later 3% of what it uses.
    { formula: '2.6.36', plain: 100, admin: 70 },
    { formula: '2.6.39', plain: 110, admin: 80 },
    { formula: '3.5', plain: 11_000, admin: 8000 },
    { formula: '3.14', plain: 11_000, admin: 10_670 },
    { formula: '4.17', plain: 11_000, admin: 11_000 },
    { formula: '5.9', plain: 11_000, admin: 11_000 },
  ] as const)('$formula: $plain, with CAP_SYS_ADMIN $admin', ({ formula, plain, admin }) => {
    const input = { rssPages: 6000, swapPages: 4000, pageTablePages: 1000, oomScoreAdj: 0 };
    expect([
      badness(formula, input, 100_000),
      badness(formula, { ...input, capSysAdmin: true }, 100_000),
    ]).toEqual([plain, admin]);
  });

  it.for([
    { formula: '2.6.36', points: 1 },
    { formula: '2.6.39', points: 1 },
    { formula: '3.5', points: 1 },
    { formula: '3.14', points: 1 },
    { formula: '4.17', points: 1 },
    { formula: '5.9', points: 100 - 998 * 65 },
  ] as const)('$formula: a task that comes out below zero has $points', ({ formula, points }) => {
    expect(badness(formula, { ...NOTHING, rssPages: 100, oomScoreAdj: -998 }, 65_536)).toBe(points);
  });

  it.for([
    { formula: '3.5', points: 1 },
    { formula: '3.14', points: 1 },
    { formula: '4.17', points: 1 },
    { formula: '5.9', points: 0 },
  ] as const)('$formula: a task that comes out at zero has $points', ({ formula, points }) => {
    expect(badness(formula, NOTHING, 65_536)).toBe(points);
  });

  it('rounds the discount of 3% down', () => {
    const input = { ...NOTHING, rssPages: 119, capSysAdmin: true };
    expect(badness('3.14', input, 65_536)).toBe(116);
  });

  it.for(['2.6.36', '2.6.39'] as const)('%s: no task has more than 1000', (formula) => {
    expect(badness(formula, { ...NOTHING, rssPages: 900, oomScoreAdj: 500 }, 1000)).toBe(1000);
  });

  it('counts RSS, swap and page tables alike', () => {
    expect(usagePages({ rssPages: 1, swapPages: 20, pageTablePages: 300 })).toBe(321);
  });

  it('never falls when any term or the adjustment grows', () => {
    const pages = fc.integer({ min: 0, max: 2 ** 36 });
    const more = fc.constantFrom('rssPages', 'swapPages', 'pageTablePages', 'oomScoreAdj');
    const input = fc.record({
      rssPages: pages,
      swapPages: pages,
      pageTablePages: pages,
      oomScoreAdj: fc.integer({ min: -999, max: 999 }),
      capSysAdmin: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...FORMULAS),
        input,
        more,
        fc.integer({ min: 1, max: 2 ** 36 }),
        (formula, before, term, totalPages) => {
          const after = { ...before, [term]: before[term] + 1 };
          const rise = badness(formula, after, totalPages) - badness(formula, before, totalPages);
          expect(rise).toBeGreaterThanOrEqual(0);
          if (formula === '5.9') {
            expect(rise).toBe(term === 'oomScoreAdj' ? Math.trunc(totalPages / 1000) : 1);
          }
        },
      ),
    );
  });
});

describe('adjustmentPages', () => {
  it.for([
    { adj: 968, totalPages: 65_536, pages: 62_920 },
    { adj: 1, totalPages: 1000, pages: 1 },
    { adj: -1, totalPages: 1999, pages: -1 },
    { adj: 1000, totalPages: 999, pages: 0 },
    { adj: -999, totalPages: 999, pages: 0 },
    { adj: 0, totalPages: 10 ** 9, pages: 0 },
  ])('$adj of $totalPages pages: $pages, since the kernel divides first', ({ adj, totalPages, pages }) => {
    expect(adjustmentPages(adj, totalPages)).toBe(pages);
  });
});
