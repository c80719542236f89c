import { describe, expect, it } from 'vitest';
import { parseOomdDump } from '#shared/killers/oomd-dump.ts';
import { type OomdCgroupFigures, oomdTriggers } from '#shared/killers/oomd.ts';
import { parseOomdConf, parseOomRule, type OomdSetup } from '#shared/killers/oomd-setup.ts';
import { setupOfUnits } from '#shared/killers/oomd-units.ts';
import { parsePercent, parseTimeSpan } from '#shared/killers/systemd-values.ts';
import { actsAt, triggerState } from '#shared/killers/trigger.ts';

const GIB = 2 ** 30;
const MACHINE = {
  totalBytes: 10 * GIB,
  availableBytes: 6 * GIB,
  anonBytes: 3 * GIB,
  swapTotalBytes: 4 * GIB,
  swapFreeBytes: 2 * GIB,
};
const USER = '/user.slice/user-1000.slice/user@1000.service';
const QUIET: OomdCgroupFigures = { pressurePercent: 0, lastedSeconds: () => undefined };
const setup = (parts: Partial<OomdSetup>): OomdSetup => ({
  swapUsedPercent: 90,
  swap: [],
  pressure: [],
  rules: [],
  ...parts,
});

/** oomctl of systemd 258, as src/oom/oomd-util.c writes it. */
const DUMP = `Dry Run: no
Swap Used Limit: 90.00%
Default Memory Pressure Limit: 60.00%
Default Memory Pressure Duration: 20s
System Context:
	Memory: Used: 3.1G, Total: 7.6G
	Swap: Used: 0B, Total: 8G
Swap Monitored CGroups:
	Path: /
		Swap Usage: (see System Context)
Memory Pressure Monitored CGroups:
	Path: ${USER}
		Memory Pressure Limit: 50.00%
		Memory Pressure Duration: 1min 30s
		Pressure: Avg10: 0.00, Avg60: 0.00, Avg300: 0.00, Total: 3s
		Current Memory Usage: 1.2G
		Memory Min: 250M
		Memory Low: 0B
		Pgscan: 0
		Last Pgscan: 0
	Path: /system.slice
		Memory Pressure Limit: 80.00%
		Pressure: Avg10: 1.00, Avg60: 0.00, Avg300: 0.00, Total: 3s
`;

describe('systemd’s values', () => {
  it.for([
    ['20s', 20],
    ['1min 30s', 90],
    ['90', 90],
    ['2min', 120],
    ['1h 1.5s', 3601.5],
    ['500ms', 0.5],
    ['infinity', undefined],
    ['', undefined],
    ['5 parsecs', undefined],
  ] as const)('reads the time span %s', ([text, seconds]) => {
    expect(parseTimeSpan(text)).toBe(seconds);
  });

  it.for([
    ['90%', 90],
    ['62.25%', 62.25],
    ['900‰', 90],
    ['9000‱', 90],
    ['101%', undefined],
    ['90', undefined],
    ['-1%', undefined],
  ] as const)('reads the share %s', ([text, percent]) => {
    expect(parsePercent(text)).toBe(percent);
  });
});

describe('what systemd-oomd is told to watch', () => {
  it('reads what oomctl prints', () => {
    expect(parseOomdDump(DUMP)).toEqual({
      swapUsedPercent: 90,
      swap: ['/'],
      pressure: [
        { cgroup: USER, limitPercent: 50, seconds: 90 },
        { cgroup: '/system.slice', limitPercent: 80, seconds: 20 },
      ],
    });
    expect(parseOomdDump('Failed to dump context: no such bus')).toBeUndefined();
  });

  it('reads its files: the last value counts, an empty one is the default, one that is none is passed over', () => {
    expect(parseOomdConf([])).toEqual({ swapUsedPercent: 90, pressurePercent: 60, seconds: 30 });
    expect(
      parseOomdConf([
        '[OOM]\n#SwapUsedLimit=1%\nSwapUsedLimit = 80%\nDefaultMemoryPressureLimit=70%\n[Other]\nSwapUsedLimit=3%',
        '[OOM]\nDefaultMemoryPressureLimit=\nDefaultMemoryPressureDurationSec=500ms\nSwapUsedLimit=lots',
      ]),
    ).toEqual({ swapUsedPercent: 80, pressurePercent: 60, seconds: 30 });
  });

  it('reads units and rules', () => {
    const rule = parseOomRule(
      'full',
      '[Rule]\nMemoryPressureAbove=40%\nSwapUsageMax=80%\nAction=kill-all\nLastingSec=3s',
    );
    expect(parseOomRule('empty', '[Rule]\nAction=kill-all')).toBeUndefined();
    const units = [
      'ControlGroup=/\nManagedOOMSwap=kill\nManagedOOMMemoryPressure=auto\nManagedOOMMemoryPressureLimit=0',
      `ControlGroup=${USER}\nManagedOOMSwap=auto\nManagedOOMMemoryPressure=kill\nManagedOOMMemoryPressureLimit=2147483647\nOOMRules=full none`,
      'ControlGroup=/system.slice\nManagedOOMMemoryPressure=kill\nManagedOOMMemoryPressureLimit=80%\nManagedOOMMemoryPressureDurationUSec=5s',
      'ControlGroup=\nManagedOOMMemoryPressure=kill\nManagedOOMMemoryPressureLimit=80%',
    ];
    const defaults = { swapUsedPercent: 90, pressurePercent: 60, seconds: 30 };
    expect(
      setupOfUnits(units.join('\n\n'), defaults, new Map([['full', rule ?? expect.unreachable()]])),
    ).toEqual({
      swapUsedPercent: 90,
      swap: ['/'],
      pressure: [
        { cgroup: USER, limitPercent: 50, seconds: 30 },
        { cgroup: '/system.slice', limitPercent: 80, seconds: 5 },
      ],
      rules: [{ cgroup: USER, name: 'full', pressurePercent: 40, swapUsedPercent: 80, seconds: 3 }],
    });
  });
});

describe('oomdTriggers', () => {
  const swap = (figures: Partial<typeof MACHINE>, swapUsedPercent = 90) =>
    oomdTriggers({ ...MACHINE, ...figures }, setup({ swap: ['/'], swapUsedPercent }), () => QUIET);

  it('has no line where it cannot act: without swap, without a cgroup to watch, with a limit of all swap', () => {
    expect(swap({ swapTotalBytes: 0, swapFreeBytes: 0, availableBytes: 0 }).map(triggerState)).toEqual([
      'never',
    ]);
    expect(actsAt(swap({ swapTotalBytes: 0, swapFreeBytes: 0 }))).toBeUndefined();
    expect(oomdTriggers(MACHINE, setup({}), () => QUIET)).toEqual([]);
    expect(swap({ swapFreeBytes: 0, availableBytes: 0 }, 100).map(triggerState)).toEqual(['never']);
  });

  it('acts by swap when less than a tenth is available and less than a tenth of swap is free', () => {
    const line = Math.floor(GIB);
    expect(actsAt(swap({}))).toMatchObject({
      kind: 'also',
      availableBytes: line,
      missing: [{ figure: 'free-swap' }],
    });
    const full = { swapFreeBytes: 0.1 * GIB };
    expect(actsAt(swap(full))).toMatchObject({ kind: 'when', availableBytes: line });
    expect(actsAt(swap({ ...full, availableBytes: line }))?.kind).toBe('when');
    expect(actsAt(swap({ ...full, availableBytes: line - 1 }))?.kind).toBe('now');
  });

  it.for([
    { pressurePercent: 50, lasted: undefined, ago: 0, state: 'may' },
    { pressurePercent: 50.01, lasted: 19.9, ago: 0, state: 'may' },
    { pressurePercent: 50.01, lasted: 20, ago: 30, state: 'holds' },
    { pressurePercent: 99, lasted: 60, ago: 31, state: 'may' },
    { pressurePercent: 99, lasted: 60, ago: undefined, state: 'may' },
    { pressurePercent: 'unmeasured', lasted: undefined, ago: undefined, state: 'never' },
    { pressurePercent: undefined, lasted: undefined, ago: undefined, state: 'unknown' },
  ] as const)(
    'acts by pressure that lasts, with reclaim: $pressurePercent for $lasted, $ago: $state',
    (each) => {
      const { pressurePercent, lasted, ago, state } = each;
      const watched = setup({ pressure: [{ cgroup: USER, limitPercent: 50, seconds: 20 }] });
      const triggers = oomdTriggers(MACHINE, watched, () => ({
        ...(pressurePercent === undefined ? {} : { pressurePercent }),
        ...(ago === undefined ? {} : { reclaimedSecondsAgo: ago }),
        lastedSeconds: () => lasted,
      }));
      expect(triggers.map(triggerState)).toEqual([state]);
      // It has no line of memory either way.
      expect(actsAt(triggers)?.availableBytes).toBeUndefined();
    },
  );

  it('joins what a rule names', () => {
    const rule = { cgroup: USER, name: 'full', seconds: 0 };
    const state = (more: object, free: number) =>
      oomdTriggers(
        { ...MACHINE, swapFreeBytes: free * GIB },
        setup({ rules: [{ ...rule, ...more }] }),
        () => ({
          pressurePercent: 45,
          lastedSeconds: () => 0,
        }),
      ).map(triggerState);
    expect(state({ pressurePercent: 40, swapUsedPercent: 80 }, 0.7)).toEqual(['holds']);
    expect(state({ pressurePercent: 40, swapUsedPercent: 80 }, 0.9)).toEqual(['may']);
    expect(state({ pressurePercent: 46, swapUsedPercent: 80 }, 0.7)).toEqual(['may']);
    expect(state({ swapUsedPercent: 80, seconds: 5 }, 0.7)).toEqual(['unknown']);
  });
});
