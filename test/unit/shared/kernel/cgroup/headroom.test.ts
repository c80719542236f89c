// Over 300 lines: cases of one subject, which share what stands at the top.
import { describe, expect, it } from 'vitest';
import { type GroupMemory, type GroupStat, type MachineMemory } from '#shared/kernel/cgroup/group-memory.ts';
import { fullness, headroomReader, machineHeadroom } from '#shared/kernel/cgroup/headroom.ts';

const MIB = 2 ** 20;
const machine: MachineMemory = { availableBytes: 8192 * MIB, swapFreeBytes: 0, swappiness: 60 };

function stat(mib: Partial<Record<keyof GroupStat, number | undefined>> = {}): GroupStat {
  const all = {
    ...{ inactiveFileBytes: 0, activeFileBytes: 0, inactiveAnonBytes: 0, activeAnonBytes: 0 },
    ...{ unevictableBytes: 0, slabReclaimableBytes: 0, dirtyBytes: 0, writebackBytes: 0 },
    ...mib,
  };
  const present = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([key, value]) => [key, (value ?? 0) * MIB])) as unknown as GroupStat;
}

function reader(groups: readonly GroupMemory[], around: Partial<MachineMemory> = {}) {
  return headroomReader(new Map(groups.map((group) => [group.path, group])), { ...machine, ...around });
}

function headroomOf(group: Omit<GroupMemory, 'path'>, around: Partial<MachineMemory> = {}) {
  const headroom = reader([{ path: '/a', ...group }], around).chain('/a').links[0]?.headroom;
  if (headroom === undefined) throw new Error('there is a limit');
  return headroom;
}

describe('what Linux took before it killed', () => {
  /* Read in cgroups of Debian's 6.12 and 6.1 kernels, and of a 6.18 one with cgroup v1, right before memory was taken until the kernel killed. MiB. */
  const kills: readonly {
    what: string;
    limit: number;
    usage: number;
    stat: Parameters<typeof stat>[0];
    swapMax?: number;
    swapFree?: number;
    took: number;
  }[] = [
    { what: 'anonymous memory', limit: 66.6, usage: 36.6, stat: { inactiveAnonBytes: 36.2 }, took: 30 },
    {
      what: 'clean cache, with the slab of its file system',
      ...{ limit: 80, usage: 50, took: 74.5 },
      stat: { inactiveFileBytes: 40, slabReclaimableBytes: 4.5, inactiveAnonBytes: 4.9 },
    },
    {
      what: 'dirty cache on a fast disk',
      ...{ limit: 79.8, usage: 49.8, took: 74.4 },
      stat: { inactiveFileBytes: 40, dirtyBytes: 40, slabReclaimableBytes: 4.5, inactiveAnonBytes: 4.9 },
    },
    {
      what: 'dirty cache on a disk that takes 2 MB/s',
      ...{ limit: 80, usage: 50, took: 34.8 },
      stat: { inactiveFileBytes: 40, dirtyBytes: 40, slabReclaimableBytes: 4.5, inactiveAnonBytes: 4.9 },
    },
    {
      what: 'tmpfs, which is on the anonymous lists',
      ...{ limit: 66.9, usage: 36.9, took: 30.2 },
      stat: { inactiveAnonBytes: 36.2, slabReclaimableBytes: 0.1 },
    },
    {
      what: 'locked memory, which is on neither list',
      ...{ limit: 66.9, usage: 36.9, took: 30 },
      stat: { unevictableBytes: 31.6, inactiveAnonBytes: 4.9 },
    },
    {
      what: 'a locked file with a little cache that is not',
      ...{ limit: 66.9, usage: 36.9, took: 32.9 },
      stat: {
        inactiveFileBytes: 2.7,
        unevictableBytes: 27.7,
        inactiveAnonBytes: 4.9,
        slabReclaimableBytes: undefined,
      },
    },
    {
      what: 'slab',
      ...{ limit: 50.9, usage: 20.9, took: 45.6 },
      stat: { slabReclaimableBytes: 15.3, inactiveAnonBytes: 4.9 },
    },
    {
      what: 'slab where the kernel does not tell it from other memory of its own (v1)',
      ...{ limit: 64.2, usage: 34.2, took: 58.8 },
      stat: { slabReclaimableBytes: undefined, inactiveAnonBytes: 5.3 },
    },
    {
      what: 'anonymous memory with swap, which new memory goes to as well',
      ...{ limit: 66.9, usage: 36.9, took: 158, swapFree: 128 },
      stat: { inactiveAnonBytes: 36.2 },
    },
    {
      what: 'anonymous memory with some swap',
      ...{ limit: 66.9, usage: 36.9, took: 50.2, swapFree: 128, swapMax: 20 },
      stat: { inactiveAnonBytes: 36.2 },
    },
    {
      what: 'anonymous memory that may not use the swap that there is',
      ...{ limit: 66.9, usage: 36.9, took: 30.4, swapFree: 128, swapMax: 0 },
      stat: { inactiveAnonBytes: 36.2 },
    },
    {
      what: 'locked memory with swap',
      ...{ limit: 67.2, usage: 37.2, took: 157.9, swapFree: 128 },
      stat: { unevictableBytes: 31.6, inactiveAnonBytes: 4.9 },
    },
  ];

  it.each(kills)(
    '$what: within 2% of the limit',
    ({ limit, usage, stat: terms, swapMax, swapFree, took }) => {
      const { headroomBytes, uncertainBytes } = headroomOf(
        {
          limitBytes: limit * MIB,
          usageBytes: usage * MIB,
          stat: stat(terms),
          ...(swapMax === undefined ? {} : { swapLimitBytes: swapMax * MIB, swapUsageBytes: 0 }),
        },
        { swapFreeBytes: (swapFree ?? 0) * MIB },
      );
      expect(took * MIB).toBeGreaterThan(headroomBytes - 0.02 * limit * MIB);
      expect(took * MIB).toBeLessThan(headroomBytes + uncertainBytes + 0.02 * limit * MIB);
    },
  );
});

describe('headroom of a cgroup', () => {
  const full = { limitBytes: 100 * MIB, usageBytes: 90 * MIB };

  it('calls comfortable what docker stats leaves free', () => {
    const { comfortableBytes, headroomBytes } = headroomOf({
      ...full,
      stat: stat({ inactiveFileBytes: 20, activeFileBytes: 30 }),
    });
    expect(comfortableBytes).toBe(30 * MIB);
    expect(headroomBytes).toBe(60 * MIB);
  });

  it('has none where there is no limit', () => {
    expect(reader([{ path: '/a', usageBytes: MIB }]).chain('/a').links).toEqual([{ path: '/a' }]);
  });

  it('is never negative: a limit may be below what is in use', () => {
    expect(headroomOf({ limitBytes: 10 * MIB, usageBytes: 90 * MIB, stat: stat() })).toMatchObject({
      headroomBytes: 0,
      comfortableBytes: 0,
    });
  });

  it('takes a term that the kernel does not print as unknown, not as 0', () => {
    const file = { inactiveFileBytes: 40, inactiveAnonBytes: 50 };
    expect(headroomOf({ ...full, stat: stat({ ...file, dirtyBytes: undefined }) })).toMatchObject({
      headroomBytes: 10 * MIB,
      uncertainBytes: 40 * MIB,
    });
    expect(headroomOf({ ...full, stat: stat({ ...file, slabReclaimableBytes: undefined }) })).toMatchObject({
      headroomBytes: 50 * MIB,
      uncertainBytes: 0,
    });
    expect(headroomOf(full)).toMatchObject({ headroomBytes: 10 * MIB, uncertainBytes: 90 * MIB });
  });

  it.each([
    { what: 'vm.swappiness is 0', group: {}, around: { swappiness: 0 } },
    { what: 'its own swappiness is 0 (v1)', group: { swappiness: 0 }, around: {} },
    { what: 'there is no swap', group: {}, around: { swapFreeBytes: 0 } },
  ])('counts no swap where $what', ({ group, around }) => {
    const headroom = headroomOf({ ...full, ...group, stat: stat() }, { swapFreeBytes: 64 * MIB, ...around });
    expect(headroom).toMatchObject({ headroomBytes: 10 * MIB, swapBytes: 0 });
  });

  it('is bounded by memory and swap together (v1)', () => {
    const memsw = { memswLimitBytes: 130 * MIB, memswUsageBytes: 100 * MIB };
    const cache = stat({ inactiveFileBytes: 20 });
    expect(headroomOf({ ...full, ...memsw, stat: cache }, { swapFreeBytes: 500 * MIB })).toMatchObject({
      headroomBytes: 50 * MIB,
      swapBytes: 20 * MIB,
    });
    expect(headroomOf({ usageBytes: 90 * MIB, ...memsw, stat: stat() })).toMatchObject({
      headroomBytes: 30 * MIB,
      comfortableBytes: 30 * MIB,
      swapBytes: 0,
    });
  });
});

describe('a chain of cgroups', () => {
  const pod: GroupMemory = { path: '/pod', limitBytes: 100 * MIB, usageBytes: 80 * MIB, stat: stat() };
  const app: GroupMemory = { path: '/pod/app', limitBytes: 90 * MIB, usageBytes: 50 * MIB, stat: stat() };

  it('runs out first where least can be taken, named by its path', () => {
    const { links, first } = reader([pod, app]).chain('/pod/app');
    expect(links.map(({ path, headroom }) => [path, headroom?.headroomBytes])).toEqual([
      ['/pod/app', 40 * MIB],
      ['/pod', 20 * MIB],
    ]);
    expect(first).toMatchObject({ path: '/pod', headroom: { headroomBytes: 20 * MIB } });
  });

  it('runs out in the lowest of two that are equal', () => {
    const same = { ...app, limitBytes: 70 * MIB };
    expect(reader([pod, same]).chain('/pod/app').first.path).toBe('/pod/app');
  });

  it('runs out with the machine where that has less, or where there is no limit', () => {
    const machineFirst = reader([pod, app], { availableBytes: 5 * MIB, swapFreeBytes: 2 * MIB });
    expect(machineFirst.chain('/pod/app').first).toEqual({
      headroom: machineHeadroom({ availableBytes: 5 * MIB, swapFreeBytes: 2 * MIB }),
    });
    expect(reader([]).chain('/unknown').first.headroom.headroomBytes).toBe(8192 * MIB);
  });

  it('can use no more swap than the cgroups above allow', () => {
    const slice = { ...pod, swapLimitBytes: 30 * MIB, swapUsageBytes: 25 * MIB };
    const { links } = reader([slice, app], { swapFreeBytes: 64 * MIB }).chain('/pod/app');
    expect(links.map(({ headroom }) => headroom?.swapBytes)).toEqual([5 * MIB, 5 * MIB]);
  });

  it('can use no swap where nothing below may', () => {
    const locked = { ...app, swapLimitBytes: 0, swapUsageBytes: 0 };
    const { links } = reader([pod, locked], { swapFreeBytes: 64 * MIB }).chain('/pod');
    expect(links[0]?.headroom?.swapBytes).toBe(0);
  });

  it('cannot reclaim what memory.min protects below', () => {
    const cache = stat({ inactiveFileBytes: 50 });
    const outer = { ...pod, stat: cache };
    const inner = (more: Partial<GroupMemory>) => ({ ...app, stat: cache, ...more });
    const headroomWith = (more: Partial<GroupMemory>, path = '/pod') =>
      reader([outer, inner(more)]).chain(path).links[0]?.headroom?.headroomBytes;
    expect(headroomWith({})).toBe(70 * MIB);
    expect(headroomWith({ minBytes: 30 * MIB })).toBe(40 * MIB);
    expect(headroomWith({ minBytes: 300 * MIB })).toBe(20 * MIB);
    /* At its own limit its own protection counts for nothing. */
    expect(headroomWith({ minBytes: 30 * MIB }, '/pod/app')).toBe(90 * MIB);
  });

  it('passes on no more protection than it has', () => {
    const cache = stat({ inactiveFileBytes: 50 });
    const deep: GroupMemory = { path: '/pod/app/x', usageBytes: 50 * MIB, minBytes: 50 * MIB, stat: cache };
    const headroomWith = (minBytes: number) =>
      reader([{ ...pod, stat: cache }, { ...app, stat: cache, minBytes }, deep]).chain('/pod').links[0]
        ?.headroom?.headroomBytes;
    expect(headroomWith(0)).toBe(70 * MIB);
    expect(headroomWith(20 * MIB)).toBe(50 * MIB);
  });
});

describe('above memory.high', () => {
  const group: GroupMemory = { path: '/a', usageBytes: 610 * MIB, highBytes: 600 * MIB };
  const highOf = (more: Partial<GroupMemory>, around: Partial<MachineMemory> = {}) =>
    reader([{ ...group, ...more }], around).chain('/a').links[0]?.high;

  it('stands still when nothing can be taken back', () => {
    expect(highOf({ stat: stat({ inactiveAnonBytes: 610 }) })).toEqual({
      state: 'stalled',
      highBytes: 600 * MIB,
      overBytes: 10 * MIB,
    });
  });

  it.each([
    { what: 'cache', more: { stat: stat({ inactiveFileBytes: 20 }) }, around: {} },
    { what: 'dirty cache', more: { stat: stat({ inactiveFileBytes: 20, dirtyBytes: 20 }) }, around: {} },
    {
      what: 'swap',
      more: { stat: stat({ inactiveAnonBytes: 600 }) },
      around: { swapFreeBytes: 20 * MIB },
    },
  ])('is slowed down when $what is enough', ({ more, around }) => {
    expect(highOf(more, around)?.state).toBe('throttled');
  });

  it('stands still when swap may not take it', () => {
    const locked = { stat: stat({ inactiveAnonBytes: 600 }), swapLimitBytes: 0, swapUsageBytes: 0 };
    expect(highOf(locked, { swapFreeBytes: 20 * MIB })?.state).toBe('stalled');
    const unevictable = { stat: stat({ unevictableBytes: 605 }) };
    expect(highOf(unevictable, { swapFreeBytes: 20 * MIB })?.state).toBe('stalled');
  });

  it('is comfortable only as far as inactive cache makes room below it', () => {
    const limited = { ...group, limitBytes: 800 * MIB };
    const comfortable = (terms: Parameters<typeof stat>[0], more: Partial<GroupMemory> = {}) =>
      reader([{ ...limited, ...more, stat: stat(terms) }]).chain('/a').links[0]?.headroom?.comfortableBytes;
    /* It stands still. */
    expect(comfortable({ inactiveAnonBytes: 610 })).toBe(0);
    expect(comfortable({ inactiveFileBytes: 4, inactiveAnonBytes: 600 })).toBe(0);
    /* It is slowed down only until 10 of 25 are dropped. */
    expect(comfortable({ inactiveFileBytes: 25 })).toBe(15 * MIB);
    /* Not yet above it: the next 50 are free. */
    expect(comfortable({ inactiveAnonBytes: 550 }, { usageBytes: 550 * MIB })).toBe(50 * MIB);
    expect(comfortable({ inactiveAnonBytes: 610 }, { highBytes: Infinity })).toBe(190 * MIB);
  });

  it('is comfortable for none of those below it that stand still with it', () => {
    const inner: GroupMemory = {
      ...{ path: '/a/b', usageBytes: 10 * MIB, limitBytes: 200 * MIB },
      stat: stat({ inactiveAnonBytes: 10 }),
    };
    const outer = { ...group, stat: stat({ inactiveAnonBytes: 610 }) };
    const [own] = reader([outer, inner]).chain('/a/b').links;
    expect(own?.headroom).toMatchObject({ headroomBytes: 190 * MIB, comfortableBytes: 0 });
  });

  it('is no state at or below it', () => {
    expect(highOf({ usageBytes: 600 * MIB, stat: stat() })).toBeUndefined();
  });
});

describe('what a lower limit could take back', () => {
  it('swaps no more than is anonymous, and than each cgroup below may', () => {
    const outer: GroupMemory = {
      path: '/a',
      usageBytes: 100 * MIB,
      stat: stat({ inactiveAnonBytes: 60, activeAnonBytes: 10, inactiveFileBytes: 20, dirtyBytes: 5 }),
    };
    const inner: GroupMemory = {
      path: '/a/b',
      usageBytes: 50 * MIB,
      stat: stat({ inactiveAnonBytes: 50 }),
      swapLimitBytes: 10 * MIB,
      swapUsageBytes: 4 * MIB,
    };
    const roomy = reader([outer, inner], { swapFreeBytes: 500 * MIB });
    expect(roomy.takenBack('/a')).toEqual({
      sureBytes: 15 * MIB,
      uncertainBytes: 5 * MIB,
      swapBytes: 26 * MIB,
    });
    expect(roomy.takenBack('/a/b')?.swapBytes).toBe(6 * MIB);
    expect(roomy.takenBack('/none')).toBeUndefined();
  });
});

describe('fullness', () => {
  it('is the share of the limit that cannot be had any more', () => {
    const headroom = headroomOf({ limitBytes: 100 * MIB, usageBytes: 90 * MIB, stat: stat() });
    expect(fullness({ limitBytes: 100 * MIB, headroom })).toBeCloseTo(0.9);
    expect(fullness({ limitBytes: 5 * MIB, headroom })).toBe(0);
    expect(fullness({ limitBytes: 0, headroom })).toBe(1);
  });
});
