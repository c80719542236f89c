import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNohangConf } from '#shared/killers/nohang-conf.ts';
import { nohangPressed, nohangTriggers, type NohangFigures } from '#shared/killers/nohang.ts';
import { actsAt, triggerState } from '#shared/killers/trigger.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const KEYS: Readonly<Record<string, string>> = {
  zram_checking_enabled: 'False',
  psi_checking_enabled: 'False',
  psi_path: '/proc/pressure/memory',
  psi_metrics: 'full_avg10',
  psi_excess_duration: '30',
  soft_threshold_min_mem: '5 %',
  soft_threshold_min_swap: '10 %',
  soft_threshold_max_zram: '55 %',
  soft_threshold_max_psi: '40',
  hard_threshold_min_mem: '2 %',
  hard_threshold_min_swap: '4 %',
  hard_threshold_max_zram: '60 %',
  hard_threshold_max_psi: '90',
};
const textOf = (keys: Readonly<Record<string, string | undefined>>) =>
  Object.entries({ ...KEYS, ...keys })
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${value}`]))
    .join('\n');

function confOf(keys: Readonly<Record<string, string>> = {}) {
  return parseNohangConf(textOf(keys)) ?? expect.unreachable();
}

const MACHINE: NohangFigures = {
  totalBytes: 10 * GIB,
  availableBytes: 6 * GIB,
  anonBytes: 3 * GIB,
  swapTotalBytes: 0,
  swapFreeBytes: 0,
  countsArc: false,
  pressurePercent: 'unmeasured',
  lastedSeconds: () => undefined,
};

const at = (figures: Partial<NohangFigures>, keys: Readonly<Record<string, string>> = {}) =>
  actsAt(nohangTriggers({ ...MACHINE, ...figures }, confOf(keys)));

describe('parseNohangConf', () => {
  it('reads lines in percent and MiB; those of swap in "M" are taken for KiB, as nohang does', () => {
    const conf = confOf({ soft_threshold_min_mem: '300M', soft_threshold_min_swap: '100 M' });
    expect(conf.soft).toMatchObject({
      minMem: { bytes: 300 * MIB },
      minSwap: { bytes: 100 * 1024 },
      maxPsi: 40,
    });
    expect(conf.hard).toMatchObject({ minMem: { percent: 2 }, minSwap: { percent: 4 } });
  });

  it.for([
    { soft_threshold_min_mem: '5' },
    { soft_threshold_min_mem: 'nan %' },
    { hard_threshold_max_psi: '0' },
    { hard_threshold_max_psi: '101' },
    { psi_checking_enabled: 'true' },
    { psi_path: undefined },
    { psi_metrics: 'full_avg5' },
    { soft_threshold_min_swap: '10' },
    { soft_threshold_min_mem: '5 %\nsoft_threshold_min_mem = 6 %' },
  ])('has no configuration with which nohang does not start: %j', (keys) => {
    expect(parseNohangConf(textOf(keys))).toBeUndefined();
  });

  it('never throws', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom(...textOf({}).split('\n')));
    fc.assert(fc.property(fc.array(line), (lines) => void parseNohangConf(lines.join('\n'))));
  });
});

describe('nohangTriggers', () => {
  it('acts by memory alone without swap, and needs little free swap with some', () => {
    expect(at({})).toMatchObject({ kind: 'when', availableBytes: 0.5 * GIB });
    expect(at({ availableBytes: 0.5 * GIB })).toMatchObject({ kind: 'now' });
    expect(at({ availableBytes: 0.5 * GIB, swapTotalBytes: GIB, swapFreeBytes: 0.11 * GIB })).toMatchObject({
      kind: 'also',
      missing: [{ figure: 'free-swap' }],
    });
    expect(at({ availableBytes: 0.5 * GIB, swapTotalBytes: GIB, swapFreeBytes: 0.1 * GIB })?.kind).toBe(
      'now',
    );
  });

  it('acts by pressure that lasts where there is swap, and never without', () => {
    const keys = { psi_checking_enabled: 'True' };
    const pressed = {
      availableBytes: 0.4 * GIB,
      swapTotalBytes: GIB,
      swapFreeBytes: GIB,
      pressurePercent: () => 40,
      lastedSeconds: () => 30,
    };
    expect(at(pressed, keys)?.kind).toBe('now');
    expect(at({ ...pressed, lastedSeconds: () => 29 }, keys)?.kind).toBe('also');
    const withoutSwap = nohangTriggers(
      { ...MACHINE, ...pressed, swapTotalBytes: 0, swapFreeBytes: 0 },
      confOf(keys),
    );
    expect(withoutSwap.map(triggerState)).toEqual(['holds', 'never', 'may', 'never']);
    const unmeasured = nohangTriggers(
      { ...MACHINE, ...pressed, pressurePercent: 'unmeasured' },
      confOf(keys),
    );
    expect(unmeasured.map(triggerState)).toEqual(['may', 'never', 'may', 'never']);
    expect(nohangPressed({ ...MACHINE, ...pressed }, confOf(keys))).toEqual(['soft']);
    expect(nohangPressed({ ...MACHINE, ...pressed, availableBytes: GIB }, confOf(keys))).toEqual([]);
  });

  it('does not claim to know a pressure that it does not read', () => {
    const keys = { psi_checking_enabled: 'True', psi_path: '/sys/fs/cgroup/memory.pressure' };
    const figures = { ...MACHINE, swapTotalBytes: GIB, swapFreeBytes: GIB, pressurePercent: () => 99 };
    expect(nohangTriggers(figures, confOf(keys)).map(triggerState)).toEqual([
      'may',
      'unknown',
      'may',
      'unknown',
    ]);
  });

  it('acts when zram is full, if it looks at that', () => {
    const keys = { zram_checking_enabled: 'True' };
    const swapped = { availableBytes: 0.3 * GIB, swapTotalBytes: 20 * GIB, swapFreeBytes: 10 * GIB };
    expect(at({ ...swapped, zramUsedBytes: 5.4 * GIB }, keys)?.kind).toBe('also');
    expect(at({ ...swapped, zramUsedBytes: 5.6 * GIB }, keys)?.kind).toBe('now');
    expect(at({ ...swapped, zramUsedBytes: 5.6 * GIB })?.kind).toBe('also');
  });

  it('knows only that it does not act above its line where it counts the cache of ZFS', () => {
    const triggers = (availableBytes: number) =>
      nohangTriggers({ ...MACHINE, availableBytes, countsArc: true }, confOf()).map(triggerState);
    expect(triggers(0.4 * GIB)).toEqual(['unknown', 'may']);
    expect(triggers(0.6 * GIB)).toEqual(['may', 'may']);
  });

  it('goes on acting as memory and free swap shrink', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, share, share, (mem, swap, lessMem, lessSwap) => {
        const acts = (available: number, free: number) =>
          at({ availableBytes: available * GIB, swapTotalBytes: GIB, swapFreeBytes: free * GIB })?.kind ===
          'now';
        if (acts(mem, swap)) expect(acts(mem * lessMem, swap * lessSwap)).toBe(true);
      }),
    );
  });
});
