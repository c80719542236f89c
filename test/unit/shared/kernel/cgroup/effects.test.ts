import { describe, expect, it } from 'vitest';
import { cgroupEffects, type CgroupMachine } from '#shared/kernel/cgroup/effects.ts';
import { type Headroom } from '#shared/model/headroom.ts';
import {
  cgroupValueOf,
  goesBelowUsage,
  type CgroupEffect,
  type CgroupSetting,
  type CgroupValue,
} from '#shared/model/cgroup-change.ts';

const MIB = 2 ** 20;
const victim = (pid: number) => ({ pid, startTicks: 1, name: `p${pid}` });

function headroomOf(mib: number, uncertainMib = 0): Headroom {
  const own = { headroomBytes: mib * MIB, uncertainBytes: uncertainMib * MIB };
  return { ...own, comfortableBytes: 0, reclaimableBytes: 0, swapBytes: 0 };
}

const MACHINE: CgroupMachine = {
  version: 2,
  before: 'max',
  usageBytes: 400 * MIB,
  takenBack: { sureBytes: 100 * MIB, uncertainBytes: 0, swapBytes: 0 },
  first: { path: '/a', headroom: headroomOf(150) },
  machineBytes: 1024 * MIB,
  processCount: 7,
  victims: [5, 6, 7, 8].map(victim),
};

function effects(setting: CgroupSetting, value: CgroupValue, machine: Partial<CgroupMachine> = {}) {
  return cgroupEffects({ path: '/a', setting, value }, { ...MACHINE, ...machine });
}
const weights = (all: readonly CgroupEffect[]) => all.map(({ weight, fact }) => `${weight} ${fact.kind}`);

describe('a limit', () => {
  it('that leaves headroom says how much, and which process would be killed first when it is used up', () => {
    expect(effects('max', 500 * MIB, { headroom: headroomOf(180, 20) })).toEqual([
      {
        weight: 'note',
        fact: {
          kind: 'headroom',
          headroomBytes: 180 * MIB,
          uncertainBytes: 20 * MIB,
          next: victim(5),
        },
      },
    ]);
    expect(effects('max', 400 * MIB, { victims: [], headroom: headroomOf(100) })).toEqual([
      { weight: 'note', fact: { kind: 'headroom', headroomBytes: 100 * MIB, uncertainBytes: 0 } },
    ]);
  });

  it('below usage drops cache first, then swaps out, to the byte', () => {
    expect(effects('max', 300 * MIB)).toEqual([
      { weight: 'warning', fact: { kind: 'reclaims', cacheBytes: 100 * MIB, swapBytes: 0 } },
    ]);
    expect(weights(effects('max', 300 * MIB - 1))).toEqual(['danger kills']);
    const takenBack = { sureBytes: 100 * MIB, uncertainBytes: 0, swapBytes: 50 * MIB };
    expect(effects('max', 250 * MIB, { takenBack })).toEqual([
      { weight: 'warning', fact: { kind: 'reclaims', cacheBytes: 100 * MIB, swapBytes: 50 * MIB } },
    ]);
    expect(weights(effects('max', 250 * MIB - 1, { takenBack }))).toEqual(['danger kills']);
  });

  it('below what is certain to be reclaimed kills in v2, and is refused in v1', () => {
    const takenBack = { sureBytes: 100 * MIB, uncertainBytes: 7, swapBytes: 9 };
    const beyond = { overBytes: 100 * MIB - 9, swapBytes: 9, uncertainBytes: 7 };
    expect(effects('max', 200 * MIB, { takenBack })).toEqual([
      { weight: 'danger', fact: { kind: 'kills', ...beyond, victims: [5, 6, 7].map(victim) } },
    ]);
    expect(effects('max', 200 * MIB, { version: 1, takenBack })).toEqual([
      { weight: 'danger', fact: { kind: 'refused-busy', ...beyond } },
    ]);
  });

  it('is not what matters where something above runs out first', () => {
    const above = { path: '/', headroom: headroomOf(50) };
    expect(effects('max', 500 * MIB, { first: above })).toContainEqual({
      weight: 'note',
      fact: { kind: 'limit-above', path: '/', headroomBytes: 50 * MIB },
    });
    expect(weights(effects('max', 500 * MIB, { first: { headroom: headroomOf(50) } }))).toEqual([
      'note headroom',
      'note machine-first',
    ]);
    expect(weights(effects('max', 399 * MIB, { first: above }))).toEqual(['warning reclaims']);
    expect(weights(effects('max', 'max', { first: above, before: 5 }))).toEqual([
      'note unlimited',
      'note limit-above',
      'warning goes-back',
    ]);
    expect(weights(effects('max', 'max', { first: { headroom: headroomOf(50) }, before: 'max' }))).toEqual([
      'note no-change',
    ]);
  });

  it('that is raised says what going back would mean, where the kernel kills for it', () => {
    const raised = (before: CgroupValue, version: 1 | 2) =>
      weights(effects('max', 500 * MIB, { before, version })).includes('warning goes-back');
    expect([raised(450 * MIB, 2), raised(450 * MIB, 1), raised('max', 2), raised(600 * MIB, 2)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('the others', () => {
  it.for<[CgroupSetting, CgroupValue, Partial<CgroupMachine>, readonly string[]]>([
    ['max', 'max', {}, ['note no-change']],
    ['high', 4096, { before: 4096 }, ['note no-change']],
    ['high', 300 * MIB, {}, ['warning throttles']],
    ['high', 300 * MIB - 1, {}, ['danger stalls']],
    ['high', 400 * MIB, {}, ['note throttles-from']],
    ['high', 'max', { before: 1 }, ['note unlimited']],
    ['low', 500 * MIB, { before: 0 }, ['note protects']],
    ['low', 600 * MIB, { before: 0 }, ['warning protects']],
    ['min', 600 * MIB, { before: 0 }, ['danger protects']],
    ['min', 'max', { before: 0 }, ['danger protects']],
    [
      'low',
      500 * MIB,
      { before: 0, protectionAbove: { path: '/p', bytes: 500 * MIB - 1 } },
      ['note protects', 'warning protected-less-above'],
    ],
    ['low', 500 * MIB, { before: 0, protectionAbove: { path: '/p', bytes: 500 * MIB } }, ['note protects']],
    ['soft', 300 * MIB, { version: 1 }, ['note reclaimed-first']],
    ['soft', 'max', { version: 1, before: 5 }, ['note unlimited']],
    ['oom-group', 1, { before: 0 }, ['warning dies-together']],
    ['oom-group', 0, { before: 1 }, ['note dies-alone']],
  ])('%s at %o', ([setting, value, machine, expected]) => {
    expect(weights(effects(setting, value, machine))).toEqual(expected);
  });
});

describe('goesBelowUsage', () => {
  it.for<[CgroupValue, 1 | 2, boolean]>([
    [500 * MIB, 2, false],
    [300 * MIB, 2, true],
    [100 * MIB, 2, true],
    [100 * MIB, 1, true],
    ['max', 2, false],
  ])('at %o of v%d: %o', ([value, version, expected]) => {
    const change = { path: '/a', setting: 'max', value } as const;
    const before = 1;
    const all = cgroupEffects(change, { ...MACHINE, version, before });
    expect(goesBelowUsage({ effects: all })).toBe(expected);
  });
});

describe('cgroupValueOf', () => {
  it.for([
    ['max', 'max'],
    ['4096', 4096],
    ['0', 0],
    ['9223372036854771712', 'max'],
    ['18014398509481983000', 'max'],
    ['', undefined],
    ['-1', undefined],
    ['1 2', undefined],
    ['9'.repeat(40), undefined],
  ] as const)('%j is %o', ([text, value]) => {
    expect(cgroupValueOf(text)).toBe(value);
  });
});
