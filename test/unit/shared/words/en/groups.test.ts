import { describe, expect, it } from 'vitest';
import { type Group } from '#shared/model/owners/group.ts';
import { groupDetailWords } from '#shared/words/en/groups/detail.ts';
import { groupRows } from '#shared/words/en/groups/rows.ts';
import { groupsView } from '#shared/words/en/groups/view.ts';
import { containerWith } from '../../../../helpers/containers/container.ts';

const MIB = 2 ** 20;
const headroom = (left: number) => ({
  ...{ headroomBytes: left * MIB, uncertainBytes: 0, comfortableBytes: 0, reclaimableBytes: 0, swapBytes: 0 },
});
const group = (more: Partial<Group> = {}): Group => ({
  ...{ key: '/web', path: '/web', kind: 'service', name: 'web', processCount: 2, oomGroup: false },
  ...{ usageBytes: 90 * MIB, limitBytes: 100 * MIB, headroom: headroom(10), end: { kind: 'itself' } },
  ...more,
});
const without = (...keys: readonly (keyof Group)[]): Group =>
  Object.fromEntries(
    Object.entries(group()).filter(([key]) => !keys.includes(key as keyof Group)),
  ) as unknown as Group;
const forecast = (low: number, high: number) => ({
  ...{
    lowSeconds: low,
    middleSeconds: (low + high) / 2,
    highSeconds: high,
    fallingSeconds: 99,
    fellBytes: MIB,
  },
});

describe('how soon a group is at its limit', () => {
  it.each<[string, Group, string, string]>([
    ['a forecast', group({ forecast: forecast(180, 360) }), 'in 3 to 6 min', 'danger'],
    ['a later one', group({ forecast: forecast(900, 1500) }), 'in 15 to 25 min', 'warning'],
    ['steady', group({ steadySeconds: 120 }), 'steady', 'none'],
    ['steady for long', group({ steadySeconds: 7300 }), 'steady for 2 h', 'none'],
    ['not known yet', group(), '–', 'none'],
    ['growing', group({ growthBytesPerMinute: MIB }), 'growing', 'none'],
    ['full', group({ headroom: headroom(0) }), 'at its limit', 'danger'],
    [
      'throttled',
      group({ high: { state: 'throttled', highBytes: 1, overBytes: 1 } }),
      'slows, no kill',
      'warning',
    ],
    [
      'ended by what is above',
      group({ end: { kind: 'machine', headroomBytes: 9 } }),
      'after the machine',
      'none',
    ],
    ['no limit', without('headroom', 'limitBytes'), 'no limit', 'none'],
    [
      'killed and not running',
      { ...without('usageBytes', 'headroom'), kills: 4 },
      'killed 4 times',
      'danger',
    ],
    ['gone', group({ gone: true }), 'ended', 'none'],
  ])('%s', (_, of, text, weight) => {
    expect(groupRows.reached(of)).toEqual({ text, weight });
  });

  it('is followed by what decides where it has no limit', () => {
    const shop = { kind: 'above', path: '/shop.slice', name: 'shop.slice', headroomBytes: 9 } as const;
    expect(groupRows.reason({ ...without('headroom', 'limitBytes'), end: shop })).toBe('with shop.slice');
  });
});

describe('what a group is made of', () => {
  const none = { anonBytes: 0, fileBytes: 0, shmemBytes: 0 };

  it.each([
    [
      'tmpfs',
      { ...none, shmemBytes: 90 },
      /^90.0% of it are files in tmpfs .*: they stay when processes die\.$/,
    ],
    ['sockets', { ...none, anonBytes: 60, socketBytes: 30 }, /buffers of sockets/],
    ['the kernel', { ...none, slabBytes: 40 }, /memory of the kernel/],
    ['page cache', { ...none, fileBytes: 70 }, /page cache, which the kernel drops/],
  ])('has %s as its story', (_, parts, sentence) => {
    expect(groupDetailWords.story(parts, 100)).toMatch(sentence);
  });

  it('has none where the processes have it', () => {
    expect(groupDetailWords.story({ ...none, anonBytes: 80, fileBytes: 20 }, 100)).toBeUndefined();
    expect(groupDetailWords.story(none, 0)).toBeUndefined();
  });

  it('spells the subtraction out, with swap where it counts', () => {
    const arithmetic = {
      limitBytes: 256 * MIB,
      usageBytes: 241 * MIB,
      reclaimableBytes: 23 * MIB,
      swapBytes: 0,
    };
    expect(groupDetailWords.subtraction({ ...arithmetic, headroomBytes: 38 * MIB })).toBe(
      '256 MiB limit, less 241 MiB used, plus 23.0 MiB that can be reclaimed.',
    );
    expect(
      groupDetailWords.subtraction({ ...arithmetic, swapBytes: 5 * MIB, headroomBytes: 43 * MIB }),
    ).toContain('plus 5.0 MiB that swap takes.');
  });
});

describe('where the engine and the kernel differ', () => {
  const detail = (
    memoryBytes: number | undefined,
    memorySwapBytes: number | undefined,
    swapLimitBytes?: number,
  ) => ({
    ...{ limits: [], places: [], killableCount: 0, history: [] },
    group: group({
      kind: 'container',
      container: containerWith({
        limitsAsked: { memoryBytes, memorySwapBytes, reservationBytes: undefined, oomScoreAdj: undefined },
      }),
    }),
    ...(swapLimitBytes === undefined ? {} : { swapLimitBytes }),
  });

  it('says both', () => {
    expect(groupDetailWords.differences(detail(64 * MIB, 64 * MIB))).toEqual([
      'Docker believes 64.0 MiB, the kernel enforces 100 MiB.',
      'Docker believes no swap, the kernel allows any.',
    ]);
  });

  it('says nothing where they agree', () => {
    expect(groupDetailWords.differences(detail(100 * MIB, 100 * MIB, 0))).toEqual([]);
    expect(groupDetailWords.differences(detail(100 * MIB, Infinity))).toEqual([]);
  });
});

describe('access to the engines', () => {
  const engine = { engine: 'docker', address: '/run/docker.sock', apiVersion: undefined } as const;

  it('is one calm line where it is missing, and none where it is there', () => {
    expect(groupsView.accessSentence([{ ...engine, state: 'denied' }])).toBe(
      'Names come from Docker. Lifeboat may not read its socket; ids are shown.',
    );
    expect(groupsView.accessSentence([{ ...engine, state: 'connected' }])).toBe('');
    expect(groupsView.accessSentence([])).toBe('');
  });
});
