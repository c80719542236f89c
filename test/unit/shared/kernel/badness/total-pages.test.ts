import { describe, expect, it } from 'vitest';
import { globalTotalPages, type MemcgLimits, memcgTotalPages } from '#shared/kernel/badness/total-pages.ts';
import { parseKernelVersion } from '#shared/kernel/version.ts';

const MIB = 1024 * 1024;
const NO_LIMIT = 9_007_199_254_740_988 * 1024;

describe('globalTotalPages', () => {
  it('is RAM and swap in pages', () => {
    expect(globalTotalPages(8 * 1024 * MIB, 2 * 1024 * MIB, 4096)).toBe(2_621_440);
  });

  it('counts in pages of the machine', () => {
    expect(globalTotalPages(8 * 1024 * MIB, 0, 65_536)).toBe(131_072);
  });
});

describe('memcgTotalPages', () => {
  const before = parseKernelVersion('5.9.16');
  const since = parseKernelVersion('5.10.0');
  const v1: MemcgLimits = { version: 1, limitBytes: 20 * MIB, swappiness: 60 };
  const v2: MemcgLimits = { version: 2, limitBytes: 20 * MIB, swappiness: 60 };

  const ROWS: { what: string; limits: MemcgLimits; swapPages: number; pages: number }[] = [
    {
      what: 'v1, no swap on the machine',
      limits: { ...v1, memswLimitBytes: NO_LIMIT },
      swapPages: 0,
      pages: 5120,
    },
    {
      what: 'v1, memory and swap unlimited',
      limits: { ...v1, memswLimitBytes: NO_LIMIT },
      swapPages: 9000,
      pages: 14_120,
    },
    { what: 'v1, no swap accounting', limits: v1, swapPages: 9000, pages: 14_120 },
    {
      what: 'v1, 40 MiB of memory and swap',
      limits: { ...v1, memswLimitBytes: 40 * MIB },
      swapPages: 9000,
      pages: 10_240,
    },
    {
      what: 'v1, more allowed than there is',
      limits: { ...v1, memswLimitBytes: 40 * MIB },
      swapPages: 100,
      pages: 5220,
    },
    {
      what: 'v1, no swap allowed',
      limits: { ...v1, memswLimitBytes: 20 * MIB },
      swapPages: 9000,
      pages: 5120,
    },
    {
      what: 'v1, swappiness 0',
      limits: { ...v1, memswLimitBytes: 40 * MIB, swappiness: 0 },
      swapPages: 9000,
      pages: 5120,
    },
    { what: 'v2, swap unlimited', limits: v2, swapPages: 9000, pages: 14_120 },
    { what: 'v2, 8 MiB of swap', limits: { ...v2, swapLimitBytes: 8 * MIB }, swapPages: 9000, pages: 7168 },
    {
      what: 'v2, more swap allowed than there is',
      limits: { ...v2, swapLimitBytes: 8 * MIB },
      swapPages: 7,
      pages: 5127,
    },
    { what: 'v2, no swap allowed', limits: { ...v2, swapLimitBytes: 0 }, swapPages: 9000, pages: 5120 },
    { what: 'v2, swappiness 0', limits: { ...v2, swappiness: 0 }, swapPages: 9000, pages: 5120 },
    {
      what: 'a limit of nothing',
      limits: { ...v2, limitBytes: 0, swapLimitBytes: 0 },
      swapPages: 9000,
      pages: 1,
    },
    {
      what: 'a limit below a page',
      limits: { ...v2, limitBytes: 4095, swappiness: 0 },
      swapPages: 0,
      pages: 1,
    },
  ];

  it.for(ROWS)('$what: $pages pages, before 5.10 and since', ({ limits, swapPages, pages }) => {
    if (before === undefined || since === undefined) throw new Error('no version');
    expect([before, since].map((version) => memcgTotalPages(limits, swapPages, 4096, version))).toEqual([
      pages,
      pages,
    ]);
  });

  it.for([
    // memsw below memory cannot be set up; what counts is that neither reading goes wrong on it.
    { release: '5.9.16', pages: 2560 },
    { release: '5.10.0', pages: 5120 },
  ])('$release: memory and swap limited below memory: $pages pages', ({ release, pages }) => {
    const version = parseKernelVersion(release);
    if (version === undefined) throw new Error('no version');
    expect(memcgTotalPages({ ...v1, memswLimitBytes: 10 * MIB }, 9000, 4096, version)).toBe(pages);
  });
});
