import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allowedPages,
  type AllocationInputs,
  answerAllocation,
  type CommitInputs,
  commitLimitPages,
  ratioForCharge,
  withCommitChange,
} from '#shared/kernel/sysctl/overcommit.ts';
import { parseKernelVersion } from '#shared/kernel/version.ts';

const PAGE = 4096;

/** 4 GiB of RAM, 1 GiB of swap. */
const COMMIT: CommitInputs = {
  totalRamPages: 1_048_576,
  hugetlbPages: 0,
  totalSwapPages: 262_144,
  overcommitRatio: 50,
  overcommitKbytes: 0,
  pageSizeBytes: PAGE,
};

const commitInputs = fc.record<CommitInputs>({
  totalRamPages: fc.integer({ min: 1000, max: 2 ** 34 }),
  hugetlbPages: fc.nat(999),
  totalSwapPages: fc.nat(2 ** 30),
  overcommitRatio: fc.nat(500),
  overcommitKbytes: fc.constant(0),
  pageSizeBytes: fc.constantFrom(4096, 16_384, 65_536),
});

describe('commitLimitPages', () => {
  it('is what this machine says, to the page', () => {
    const meminfo = readFileSync('/proc/meminfo', 'utf8');
    const sysctl = (name: string) => Number(readFileSync(`/proc/sys/vm/${name}`, 'utf8'));
    const kib = (name: string) => Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(meminfo)?.[1] ?? 0);
    const pageKib = Number(
      /^KernelPageSize: +(\d+) kB$/m.exec(readFileSync('/proc/self/smaps', 'utf8'))?.[1],
    );
    const limit = commitLimitPages({
      totalRamPages: kib('MemTotal') / pageKib,
      hugetlbPages: kib('Hugetlb') / pageKib,
      totalSwapPages: kib('SwapTotal') / pageKib,
      overcommitRatio: sysctl('overcommit_ratio'),
      overcommitKbytes: sysctl('overcommit_kbytes'),
      pageSizeBytes: pageKib * 1024,
    });
    expect(limit * pageKib).toBe(kib('CommitLimit'));
  });

  it.for<{ what: string; over: Partial<CommitInputs>; pages: number }>([
    { what: 'half of RAM, and swap', over: {}, pages: 786_432 },
    {
      what: 'rounded down',
      over: { totalRamPages: 1_048_577, overcommitRatio: 33 },
      pages: 346_030 + 262_144,
    },
    { what: 'without the huge pages', over: { hugetlbPages: 1_048_000 }, pages: 288 + 262_144 },
    { what: 'more than there is', over: { overcommitRatio: 200 }, pages: 2_359_296 },
    { what: 'swap alone', over: { overcommitRatio: 0 }, pages: 262_144 },
    { what: 'kbytes before ratio', over: { overcommitKbytes: 4000 }, pages: 1000 + 262_144 },
    { what: 'kbytes rounded down', over: { overcommitKbytes: 4003 }, pages: 1000 + 262_144 },
    {
      what: 'kbytes whatever the huge pages',
      over: { overcommitKbytes: 4000, hugetlbPages: 9 },
      pages: 263_144,
    },
  ])('$what: $pages pages', ({ over, pages }) => {
    expect(commitLimitPages({ ...COMMIT, ...over })).toBe(pages);
  });
});

describe('withCommitChange', () => {
  it('writing one of the two takes the other back', () => {
    const kbytes = withCommitChange(COMMIT, { overcommitKbytes: 4000 });
    expect(kbytes).toEqual({ ...COMMIT, overcommitRatio: 0, overcommitKbytes: 4000 });
    expect(withCommitChange(kbytes, { overcommitRatio: 50 })).toEqual(COMMIT);
  });

  it('the last one written counts, and nothing of what was before', () => {
    fc.assert(
      fc.property(commitInputs, fc.nat(200), fc.nat(10 ** 9), (inputs, overcommitRatio, overcommitKbytes) => {
        const byKbytes = withCommitChange(inputs, { overcommitKbytes });
        const andBack = withCommitChange(byKbytes, { overcommitRatio });
        expect(andBack).toEqual(withCommitChange(inputs, { overcommitRatio }));
        expect(withCommitChange(andBack, { overcommitKbytes })).toEqual(byKbytes);
        const kbytesPages = Math.floor(overcommitKbytes / (inputs.pageSizeBytes / 1024));
        expect(commitLimitPages(byKbytes)).toBe(kbytesPages + inputs.totalSwapPages);
      }),
    );
  });
});

function request(over: Partial<AllocationInputs> & { release?: string } = {}): AllocationInputs {
  const { release = '6.18.0', ...rest } = over;
  const version = parseKernelVersion(release);
  if (version === undefined) throw new Error('no version');
  return {
    version,
    mode: 2,
    requestPages: 1,
    committedPages: 0,
    commit: COMMIT,
    adminReserveKbytes: 8192,
    userReserveKbytes: 131_072,
    capSysAdmin: false,
    totalVmPages: 0,
    ...rest,
  };
}

describe('answerAllocation', () => {
  const everything = COMMIT.totalRamPages + COMMIT.totalSwapPages;

  it.for([
    { what: 'mode 1 grants anything', over: { mode: 1, requestPages: 2 ** 40 }, answer: 'granted' },
    {
      what: 'mode 0 grants all that there is',
      over: { mode: 0, requestPages: everything },
      answer: 'granted',
    },
    {
      what: 'mode 0 refuses a page more',
      over: { mode: 0, requestPages: everything + 1 },
      answer: 'refused',
    },
    {
      what: 'mode 0 does not ask what was promised',
      over: { mode: 0, requestPages: everything, committedPages: 2 ** 40 },
      answer: 'granted',
    },
    {
      what: 'mode 0 up to 5.1 hangs on what is free',
      over: { mode: 0, release: '5.1.21', requestPages: everything + 1 },
      answer: 'unknown',
    },
    { what: 'mode 1 up to 5.1 as well', over: { mode: 1, release: '5.1.21' }, answer: 'granted' },
  ] as const)('$what', ({ over, answer }) => {
    expect(answerAllocation(request(over))).toBe(answer);
  });

  it('mode 2 grants what stays strictly below what is allowed', () => {
    const allowed = 786_432 - 2048;
    const ask = (requestPages: number) =>
      answerAllocation(request({ committedPages: allowed - 100, requestPages }));
    expect([ask(99), ask(100), ask(101)]).toEqual(['granted', 'refused', 'refused']);
  });

  it('mode 2 is the same for old kernels', () => {
    const ask = (requestPages: number) => answerAllocation(request({ release: '4.19.0', requestPages }));
    expect([ask(786_432 - 2048 - 1), ask(786_432 - 2048)]).toEqual(['granted', 'refused']);
  });
});

describe('allowedPages', () => {
  it.for<{ what: string; over: Partial<AllocationInputs>; kept: number }>([
    { what: 'the reserve of the administrator', over: {}, kept: 2048 },
    { what: 'nothing from the administrator', over: { capSysAdmin: true }, kept: 0 },
    { what: 'a thirty-second of the process', over: { totalVmPages: 32_031 }, kept: 2048 + 1000 },
    { what: 'no more than the reserve of users', over: { totalVmPages: 2 ** 30 }, kept: 2048 + 32_768 },
    {
      what: 'nothing where nothing is reserved',
      over: { adminReserveKbytes: 0, userReserveKbytes: 0, totalVmPages: 2 ** 30 },
      kept: 0,
    },
  ])('keeps back $what', ({ over, kept }) => {
    expect(allowedPages(request(over))).toBe(786_432 - kept);
  });
});

describe('ratioForCharge', () => {
  it('is the smallest that leaves room', () => {
    fc.assert(
      fc.property(commitInputs, fc.nat(2 ** 31), (inputs, chargePages) => {
        const ratio = ratioForCharge(inputs, chargePages) ?? NaN;
        const limitAt = (overcommitRatio: number) =>
          commitLimitPages(withCommitChange(inputs, { overcommitRatio }));
        expect(limitAt(ratio)).toBeGreaterThan(chargePages);
        if (ratio > 0) expect(limitAt(ratio - 1)).toBeLessThanOrEqual(chargePages);
      }),
      { numRuns: 1000 },
    );
  });

  it('is 0 where swap alone has room', () => {
    expect(ratioForCharge(COMMIT, 262_143)).toBe(0);
  });

  it('is 1 where swap alone is just full', () => {
    expect(ratioForCharge(COMMIT, 262_144)).toBe(1);
  });

  it('is undefined where all of RAM is huge pages', () => {
    expect(ratioForCharge({ ...COMMIT, hugetlbPages: COMMIT.totalRamPages }, 300_000)).toBeUndefined();
  });
});
