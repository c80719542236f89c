import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VIEWS } from '../../../../src-renderer/shell/navigation.svelte.ts';
import { en } from '#shared/words/en.ts';

const GIB = 1024 ** 3;

describe('ordinal', () => {
  it.each([
    [1, 'first'],
    [4, 'fourth'],
    [10, 'tenth'],
    [11, '11th'],
    [12, '12th'],
    [13, '13th'],
    [21, '21st'],
    [22, '22nd'],
    [23, '23rd'],
    [24, '24th'],
    [111, '111th'],
    [1002, '1\u202f002nd'],
  ])('%d is %s', (rank, word) => {
    expect(en.ordinal(rank)).toBe(word);
  });

  it('has a word for every place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_194_304 }), (rank) => {
        expect(en.ordinal(rank)).toMatch(/^([a-z]+|[\d\u202f]+(st|nd|rd|th))$/);
      }),
    );
  });
});

describe('the header', () => {
  it.each([
    [{ some10: 0, full10: 0 }, 'no stalls'],
    [{ some10: 0.5, full10: 0 }, 'brief stalls'],
    [{ some10: 12.4, full10: 2 }, 'some tasks stalled'],
    [{ some10: 74, full10: 38 }, 'all tasks stalled at times'],
  ])('has a word for a pressure of %j', (pressure, word) => {
    expect(en.header.pressureWord({ some60: 0, full60: 0, ...pressure })).toBe(word);
  });

  it.each([
    [0, 'limit 23.7 GiB, not enforced'],
    [1, 'limit 23.7 GiB, not enforced'],
    [2, 'hard limit 23.7 GiB'],
  ] as const)('says in mode %d whether the commit limit holds', (mode, word) => {
    expect(en.header.promisedWord({ chargeBytes: 1, limitBytes: 23.7 * GIB, mode })).toBe(word);
  });

  it('says the unit of the commit limit once, where the charge above it has the same', () => {
    const commit = { chargeBytes: 41.7 * GIB, limitBytes: 23.7 * GIB, mode: 0 } as const;
    expect(en.header.promisedWord(commit)).toBe('limit 23.7, not enforced');
    expect(en.header.promisedBar(commit)).toBe(
      '41.7 GiB committed, the commit limit is 23.7 GiB and not enforced',
    );
    expect(en.header.promisedBar({ ...commit, mode: 2 })).toBe(
      '41.7 GiB committed, the commit limit is 23.7 GiB',
    );
  });

  it('does not speak of swap where there is none', () => {
    const memory = {
      totalBytes: 8 * GIB,
      freeBytes: GIB,
      availableBytes: 2 * GIB,
      anonBytes: 5 * GIB,
      shmemBytes: 0,
      cacheBytes: 2 * GIB,
      commit: { chargeBytes: 1, limitBytes: 1, mode: 0 },
    } as const;
    expect(en.header.of(memory)).toBe('of 8.0 GiB, no swap');
    expect(en.header.bar(memory, 5 * GIB)).toMatch(/; no swap$/);
    const swap = { totalBytes: 2 * GIB, freeBytes: GIB };
    expect(en.header.of({ ...memory, swap })).toBe('of 8.0 GiB and 2.0 GiB swap');
    expect(en.header.bar({ ...memory, swap }, 5 * GIB)).toMatch(/; swap: 1\.0 GiB of 2\.0 GiB used$/);
  });
});

describe('the limits of a process', () => {
  it('say the headroom until a kill, and how far that is certain', () => {
    const headroom = (headroomBytes: number, uncertainBytes: number) => ({
      ...{ headroomBytes, uncertainBytes, comfortableBytes: GIB / 2, reclaimableBytes: 0, swapBytes: 0 },
    });
    expect(en.detail.limit(8 * GIB, headroom(GIB, 0))).toBe('8.0 GiB, headroom 1.0 GiB');
    expect(en.detail.limit(8 * GIB, headroom(GIB, GIB))).toBe('8.0 GiB, headroom 1.0 GiB to 2.0 GiB');
    expect(en.detail.limit(8 * GIB, headroom(GIB, 4096))).toBe('8.0 GiB, headroom 1.0 GiB');
    expect(en.headroom.untilKill(headroom(0, 0))).toBe('no headroom: the next allocation kills');
    expect(en.headroom.untilKill(headroom(0, GIB))).toBe('0 to 1.0 GiB until a kill');
    expect(en.headroom.comfortable(headroom(GIB, 0))).toBe('512 MiB comfortable');
  });

  it('name what runs out before, and stand above memory.high in two ways', () => {
    expect(en.headroom.firstAbove({ path: '/a/b.service', headroomBytes: GIB })).toMatch(
      /^a\/b\.service above it runs out first/,
    );
    expect(en.headroom.firstAbove({ headroomBytes: GIB })).toContain('The machine runs out first');
    const high = { highBytes: GIB, overBytes: GIB / 4 };
    expect(en.headroom.high.throttled({ state: 'throttled', ...high })).toMatch(/^Throttled: 256 MiB above/);
    expect(en.headroom.high.stalled({ state: 'stalled', ...high })).toMatch(/^Stands still: 256 MiB above/);
  });

  it('name the processes that die there', () => {
    expect(en.detail.tightest('jenkins', 1)).toContain('In it, this process is first.');
    expect(en.detail.tightest('jenkins', undefined)).toContain('In it, this process is never killed.');
  });
});

describe('the doctor’s summary', () => {
  it.each([
    [2, 3, 'Some answers are wrong or missing on this machine.'],
    [0, 3, 'The answers are right, with limits.'],
    [0, 0, 'Nothing limits the answers on this machine.'],
  ])('of %d bad and %d warnings', (bad, warnings, lead) => {
    expect(en.doctorView.lead(bad, warnings)).toBe(lead);
  });
});

describe('counts', () => {
  it('are right for one and for many', () => {
    expect(en.next.killed(1)).toBe('The kernel has killed a process.');
    expect(en.next.killed(3)).toBe('The kernel has killed 3 processes.');
    expect(en.table.found(1)).toBe('1 process');
    expect(en.table.found(0)).toBe('0 processes');
    expect(en.scope.processes(2)).toBe('2 processes');
    expect(en.timeline.kills(1)).toBe('1 kill');
    expect(en.timeline.summary(4 * GIB, GIB, 0)).toBe(
      'Available memory went from 4.0 GiB to 1.0 GiB; no kills',
    );
    expect(en.next.protectedMore(0, GIB)).toBe('1.0 GiB');
  });
});

describe('views', () => {
  it('all have a name', () => {
    expect(VIEWS.map((view) => en.views[view]).every((name) => name.length > 0)).toBe(true);
  });
});
