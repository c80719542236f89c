// Over 300 lines: cases of one subject, which share what stands at the top.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TuningMachine } from '#shared/kernel/sysctl/effect-context.ts';
import { sysctlEffects, valuesAfter } from '#shared/kernel/sysctl/effects.ts';
import { presetDiff, SYSCTL_PRESETS } from '#shared/kernel/sysctl/presets.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl/specs.ts';
import {
  SYSCTL_NAMES,
  type SysctlChange,
  type SysctlFact,
  type SysctlName,
  type SysctlState,
} from '#shared/model/sysctl/sysctl.ts';

const GiB = 2 ** 30;
const MiB = 2 ** 20;

const MACHINE: TuningMachine = {
  version: { major: 6, minor: 12, patch: 0 },
  pageSizeBytes: 4096,
  totalBytes: 32 * GiB,
  availableBytes: 4 * GiB,
  hugetlbBytes: 0,
  swapBytes: 8 * GiB,
  chargeBytes: 41 * GiB,
  cgroupsWithLimit: 6,
  next: 'chrome',
};

const DEFAULTS: Partial<Record<SysctlName, number>> = {
  'vm.overcommit_memory': 0,
  'vm.overcommit_ratio': 50,
  'vm.overcommit_kbytes': 0,
  'vm.panic_on_oom': 0,
  'kernel.panic': 0,
  'vm.oom_kill_allocating_task': 0,
  'vm.oom_dump_tasks': 1,
  'vm.swappiness': 60,
  'vm.min_free_kbytes': 67_584,
  'vm.admin_reserve_kbytes': 8_192,
  'vm.user_reserve_kbytes': 131_072,
};

function states(values: Partial<Record<SysctlName, number>> = {}): readonly SysctlState[] {
  const all = { ...DEFAULTS, ...values };
  return SYSCTL_NAMES.map((name) => {
    const now = all[name];
    return {
      spec: SYSCTL_SPECS[name],
      overridden: [],
      unread: [],
      ignored: [],
      decidedBy: 'files',
      later: [],
      drifts: false,
      ...(now === undefined ? {} : { now }),
    };
  });
}

/** `[weight, fact]` of everything that these changes bring. */
function effects(
  requested: Partial<Record<SysctlName, number>>,
  {
    values = {},
    machine = {},
  }: { values?: Partial<Record<SysctlName, number>>; machine?: Partial<TuningMachine> } = {},
) {
  const changes = Object.entries(requested).map(([name, value]) => ({ name: name as SysctlName, value }));
  return sysctlEffects(states(values), { ...MACHINE, ...machine }, changes).map(({ weight, fact }) => [
    weight,
    fact,
  ]);
}

describe('what may be promised', () => {
  it('mode 2 with more promised than allowed breaks at once, and says what would make it safe', () => {
    expect(effects({ 'vm.overcommit_memory': 2 })).toEqual([
      ['note', { kind: 'commit-limit', beforeBytes: 24 * GiB, afterBytes: 24 * GiB, counts: true }],
      ['danger', { kind: 'breaks-at-once', chargeBytes: 41 * GiB, limitBytes: 24 * GiB - 8 * MiB }],
      ['note', { kind: 'safe-with', ratio: 104, moreSwapBytes: 17 * GiB + 8 * MiB + 8192 }],
    ]);
  });

  it('what it calls safe is safe, and one less is not', () => {
    fc.assert(
      fc.property(
        fc.record({
          totalBytes: fc.integer({ min: 2 ** 15, max: 2 ** 26 }).map((pages) => pages * 4096),
          swapBytes: fc.integer({ min: 0, max: 2 ** 24 }).map((pages) => pages * 4096),
          chargeBytes: fc.integer({ min: 2 ** 14, max: 2 ** 27 }).map((pages) => pages * 4096),
        }),
        (machine) => {
          const facts = effects({ 'vm.overcommit_memory': 2 }, { machine }).map(
            ([, fact]) => fact as SysctlFact,
          );
          const safe = facts.find((fact) => fact.kind === 'safe-with');
          if (safe === undefined) {
            expect(facts.map(({ kind }) => kind)).toContain('headroom');
            return;
          }
          const breaks = (ratio: number, swapBytes: number) =>
            effects(
              { 'vm.overcommit_ratio': ratio, 'vm.overcommit_memory': 2 },
              { machine: { ...machine, swapBytes } },
            )
              .map(([, fact]) => (fact as SysctlFact).kind)
              .includes('breaks-at-once');
          expect(breaks(safe.ratio ?? NaN, machine.swapBytes)).toBe(false);
          expect(breaks((safe.ratio ?? NaN) - 1, machine.swapBytes)).toBe(true);
          expect(breaks(50, machine.swapBytes + safe.moreSwapBytes)).toBe(false);
          expect(breaks(50, machine.swapBytes + safe.moreSwapBytes - 4096)).toBe(true);
        },
      ),
    );
  });

  it('mode 2 with room says how much, and warns when it is little', () => {
    expect(effects({ 'vm.overcommit_memory': 2 }, { machine: { chargeBytes: 10 * GiB } }).at(-1)).toEqual([
      'note',
      { kind: 'headroom', leftBytes: 14 * GiB - 8 * MiB - 4096 },
    ]);
    expect(effects({ 'vm.overcommit_memory': 2 }, { machine: { chargeBytes: 23 * GiB } }).at(-1)?.[0]).toBe(
      'warning',
    );
  });

  it('modes 0 and 1', () => {
    expect(effects({ 'vm.overcommit_memory': 1 })).toEqual([['warning', { kind: 'promises-everything' }]]);
    expect(effects({ 'vm.overcommit_memory': 0 }, { values: { 'vm.overcommit_memory': 1 } })).toEqual([
      ['note', { kind: 'refuses-obvious', mostBytes: 40 * GiB }],
    ]);
  });

  it('a ratio clears kbytes, and says that it counts in mode 2 only', () => {
    const values = { 'vm.overcommit_ratio': 0, 'vm.overcommit_kbytes': 4 * MiB };
    expect(effects({ 'vm.overcommit_ratio': 80 }, { values })).toEqual([
      [
        'note',
        {
          kind: 'commit-limit',
          beforeBytes: 12 * GiB,
          afterBytes: 0.8 * 32 * GiB + 8 * GiB - ((0.8 * 32 * GiB) % 4096),
          counts: false,
        },
      ],
      ['note', { kind: 'clears', other: 'vm.overcommit_kbytes', from: 4 * MiB }],
      ['note', { kind: 'counts-only-in-mode-2' }],
    ]);
  });

  it('kbytes 0 in mode 2 leaves swap alone to promise', () => {
    const facts = effects({ 'vm.overcommit_kbytes': 0 }, { values: { 'vm.overcommit_memory': 2 } });
    expect(facts).toContainEqual(['note', { kind: 'clears', other: 'vm.overcommit_ratio', from: 50 }]);
    expect(facts).toContainEqual([
      'danger',
      { kind: 'breaks-at-once', chargeBytes: 41 * GiB, limitBytes: 8 * GiB - 8 * MiB },
    ]);
  });

  it('states the effect on running programs once when several changes are requested', () => {
    const kinds = effects({ 'vm.overcommit_ratio': 60, 'vm.overcommit_memory': 2 }).map(
      ([, fact]) => (fact as SysctlFact).kind,
    );
    expect(kinds).toEqual(['commit-limit', 'breaks-at-once', 'safe-with']);
  });

  it('the reserve for root counts in mode 2, and in mode 0 before 5.2', () => {
    const reserve = { 'vm.admin_reserve_kbytes': 131_072 };
    expect(effects(reserve)).toEqual([
      ['note', { kind: 'reserve', bytes: 128 * MiB, share: 1 / 256 }],
      ['note', { kind: 'counts-only-in-mode-2' }],
    ]);
    expect(effects(reserve, { machine: { version: { major: 5, minor: 1, patch: 9 } } })).toHaveLength(1);
    const inMode2 = effects({ 'vm.admin_reserve_kbytes': 0 }, { values: { 'vm.overcommit_memory': 2 } });
    expect(inMode2).toContainEqual(['warning', { kind: 'too-little', bytes: 0, leastBytes: 8 * MiB }]);
  });
});

describe('when memory is gone', () => {
  it('a panic without a restart hangs', () => {
    expect(effects({ 'vm.panic_on_oom': 1 })).toEqual([
      ['danger', { kind: 'panics', alsoCgroups: false, panicSeconds: 0, cgroupsWithLimit: 6 }],
      ['danger', { kind: 'hangs' }],
    ]);
    expect(effects({ 'kernel.panic': 0 }, { values: { 'kernel.panic': 10 } })).toEqual([
      ['warning', { kind: 'hangs' }],
    ]);
    expect(effects({ 'kernel.panic': 0 }, { values: { 'kernel.panic': 10, 'vm.panic_on_oom': 2 } })).toEqual([
      ['danger', { kind: 'hangs' }],
    ]);
  });

  it('a restart that is set together with it is seen', () => {
    expect(effects({ 'kernel.panic': 10, 'vm.panic_on_oom': 2 })).toEqual([
      ['note', { kind: 'restarts-after', seconds: 10 }],
      ['danger', { kind: 'panics', alsoCgroups: true, panicSeconds: 10, cgroupsWithLimit: 6 }],
    ]);
  });

  it('the victim, and what is stated about it', () => {
    expect(effects({ 'vm.panic_on_oom': 0 }, { values: { 'vm.panic_on_oom': 1 } })).toEqual([
      ['note', { kind: 'kills', next: 'chrome' }],
    ]);
    expect(effects({ 'vm.oom_kill_allocating_task': 1 })).toEqual([
      ['warning', { kind: 'kills-allocating-task' }],
    ]);
    expect(effects({ 'vm.oom_dump_tasks': 0 })).toEqual([['warning', { kind: 'no-task-list' }]]);
    expect(effects({ 'vm.oom_dump_tasks': 1 }, { values: { 'vm.oom_dump_tasks': 0 } })).toEqual([
      ['note', { kind: 'task-list' }],
    ]);
  });
});

describe('swapping and free memory', () => {
  it('swappiness with and without swap, and beyond 100 since 5.8', () => {
    const old = { machine: { version: { major: 5, minor: 7, patch: 19 } } };
    expect(effects({ 'vm.swappiness': 10 })).toEqual([['note', { kind: 'swaps', value: 10, hasSwap: true }]]);
    expect(effects({ 'vm.swappiness': 0 })).toEqual([
      ['warning', { kind: 'swaps', value: 0, hasSwap: true }],
    ]);
    expect(effects({ 'vm.swappiness': 0 }, { machine: { swapBytes: 0 } })[0]?.[0]).toBe('note');
    expect(effects({ 'vm.swappiness': 180 })).toEqual([
      ['note', { kind: 'swaps', value: 180, hasSwap: true }],
    ]);
    expect(effects({ 'vm.swappiness': 180 }, old)).toEqual([
      ['danger', { kind: 'refused-by-kernel', lowest: 0, highest: 100 }],
    ]);
    expect(effects({ 'vm.swappiness': 100 }, old)[0]?.[0]).toBe('note');
  });

  it('min_free_kbytes is dangerous when it is next to nothing, and when it takes all that is available', () => {
    expect(effects({ 'vm.min_free_kbytes': 512 })[0]?.[0]).toBe('danger');
    expect(effects({ 'vm.min_free_kbytes': 131_072 })).toEqual([
      ['note', { kind: 'reserve', bytes: 128 * MiB, share: 1 / 256 }],
    ]);
    expect(effects({ 'vm.min_free_kbytes': 2 * MiB })[0]?.[0]).toBe('warning');
    expect(effects({ 'vm.min_free_kbytes': 4 * MiB })[0]?.[0]).toBe('danger');
  });
});

describe('every change', () => {
  it('that changes nothing says so', () => {
    expect(effects({ 'vm.swappiness': 60 })).toEqual([['note', { kind: 'no-change' }]]);
    // The same ratio, but it would clear kbytes.
    expect(
      effects({ 'vm.overcommit_ratio': 50 }, { values: { 'vm.overcommit_kbytes': 5 } })[0]?.[1],
    ).toMatchObject({
      kind: 'commit-limit',
    });
  });

  it('outside of what the kernel takes is refused', () => {
    expect(effects({ 'vm.overcommit_memory': 3 })).toEqual([
      ['danger', { kind: 'refused-by-kernel', lowest: 0, highest: 2 }],
    ]);
  });

  it('names the file that would set it back', () => {
    const change = { name: 'vm.swappiness', value: 10 } as const;
    const winner = { value: '60', file: '/usr/lib/sysctl.d/99-x.conf', line: 3 };
    expect(sysctlEffects(states(), MACHINE, [change], new Map([['vm.swappiness', winner]])).at(-1)).toEqual({
      name: 'vm.swappiness',
      weight: 'warning',
      fact: { kind: 'other-file-wins', file: '/usr/lib/sysctl.d/99-x.conf', value: '60' },
    });
  });

  it('brings at least one effect, whatever can be read', () => {
    const name = fc.constantFrom(...SYSCTL_NAMES);
    const readable = fc.subarray([...SYSCTL_NAMES]);
    fc.assert(
      fc.property(name, fc.nat(), readable, fc.nat({ max: 2 }), (requested, value, names, mode) => {
        const some = states({ 'vm.overcommit_memory': mode }).filter(({ spec }) => names.includes(spec.name));
        expect(sysctlEffects(some, MACHINE, [{ name: requested, value }]).length).toBeGreaterThan(0);
      }),
    );
  });

  it('writes in order, so that the last of ratio and kbytes stays', () => {
    const changes: SysctlChange[] = [
      { name: 'vm.overcommit_kbytes', value: 5 },
      { name: 'vm.overcommit_ratio', value: 70 },
    ];
    const after = valuesAfter(new Map([['vm.overcommit_ratio', 50]]), changes);
    expect([after.get('vm.overcommit_kbytes'), after.get('vm.overcommit_ratio')]).toEqual([0, 70]);
  });
});

describe('presets', () => {
  const diffOf = (id: string, values: Partial<Record<SysctlName, number>>) => {
    const preset = SYSCTL_PRESETS.find((each) => each.id === id);
    if (preset === undefined) throw new Error(`no preset ${id}`);
    return presetDiff(preset, states(values));
  };

  it('list only the values that differ from the present ones', () => {
    expect(diffOf('default', {})).toEqual([]);
    expect(diffOf('default', { 'vm.swappiness': 10 })).toEqual([{ name: 'vm.swappiness', value: 60 }]);
    expect(diffOf('reboot-after-oom', { 'kernel.panic': 10 })).toEqual([
      { name: 'vm.panic_on_oom', value: 1 },
    ]);
  });

  it('the defaults give back the ratio that kbytes had cleared', () => {
    const values = { 'vm.overcommit_ratio': 0, 'vm.overcommit_kbytes': 9 };
    const after = valuesAfter(
      new Map(Object.entries(values) as [SysctlName, number][]),
      diffOf('default', values),
    );
    expect([after.get('vm.overcommit_kbytes'), after.get('vm.overcommit_ratio')]).toEqual([0, 50]);
  });

  it('never promises more than memory and swap', () => {
    const machine = { chargeBytes: 10 * GiB };
    const requested = Object.fromEntries(
      diffOf('never-promise-more', {}).map(({ name, value }) => [name, value]),
    );
    const limits = effects(requested, { machine }).flatMap(([, fact]) => {
      const each = fact as SysctlFact;
      return each.kind === 'commit-limit' ? [each.afterBytes] : [];
    });
    expect(limits).toEqual([40 * GiB]);
  });

  it('leave alone what cannot be read', () => {
    const preset = SYSCTL_PRESETS[0];
    if (preset === undefined) throw new Error('no preset');
    expect(presetDiff(preset, [])).toEqual([]);
  });
});

describe('on the running kernel', () => {
  it('the limit before a change is CommitLimit of /proc/meminfo, to the byte', () => {
    const meminfo = execFileSync('cat', ['/proc/meminfo'], { encoding: 'utf8' });
    const bytes = (key: string) =>
      Number(new RegExp(`^${key}: +(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
    const value = (name: string) =>
      Number(execFileSync('cat', [`/proc/sys/vm/${name}`], { encoding: 'utf8' }));
    const pageSizeBytes = Number(execFileSync('getconf', ['PAGE_SIZE'], { encoding: 'utf8' }));
    const ratio = value('overcommit_ratio');
    const [limit] = effects(
      { 'vm.overcommit_ratio': ratio + 1 },
      {
        values: { 'vm.overcommit_ratio': ratio, 'vm.overcommit_kbytes': value('overcommit_kbytes') },
        machine: {
          pageSizeBytes,
          totalBytes: bytes('MemTotal'),
          hugetlbBytes: bytes('Hugetlb'),
          swapBytes: bytes('SwapTotal'),
        },
      },
    );
    expect(limit?.[1]).toMatchObject({ kind: 'commit-limit', beforeBytes: bytes('CommitLimit') });
  });
});
