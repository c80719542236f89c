import { describe, expect, it } from 'vitest';
import { earlyoomTriggers } from '#shared/killers/earlyoom.ts';
import { type MachineFigures } from '#shared/killers/machine-figures.ts';
import { oomdTriggers } from '#shared/killers/oomd.ts';
import { withActsAt } from '#shared/killers/trigger.ts';
import { type Killer, type KillerTrigger } from '#shared/model/killer.ts';
import { killers as words } from '#shared/words/en/memory/killers.ts';

const GIB = 2 ** 30;
const MACHINE: MachineFigures = {
  totalBytes: 16 * GIB,
  availableBytes: 10 * GIB,
  anonBytes: 4 * GIB,
  swapTotalBytes: 8 * GIB,
  swapFreeBytes: 7 * GIB,
};
const LOW = { ...MACHINE, availableBytes: GIB, anonBytes: 13 * GIB };

function killer(
  name: Killer['name'],
  triggers: readonly KillerTrigger[],
  more: Partial<Killer> = {},
): Killer {
  return withActsAt({ name, pid: 5, triggers, unknown: [], ...more });
}
const earlyoom = (figures: MachineFigures, scale: 'user' | 'unknown' = 'user', swap = 10) =>
  killer(
    'earlyoom',
    earlyoomTriggers(
      figures,
      { swapPercent: { term: swap, kill: swap } },
      scale === 'unknown' ? undefined : scale,
    ),
  );
const oomd = (swap: readonly string[], percent?: number | 'unmeasured') =>
  killer(
    'systemd-oomd',
    oomdTriggers(
      { ...MACHINE, swapTotalBytes: 0, swapFreeBytes: 0 },
      {
        swapUsedPercent: 90,
        swap,
        pressure: percent === undefined ? [] : [{ cgroup: '/a', limitPercent: 50, seconds: 20 }],
        rules: [],
      },
      () => ({
        ...(percent === undefined ? {} : { pressurePercent: percent }),
        lastedSeconds: () => undefined,
      }),
    ),
  );

describe('what is said of other killers', () => {
  it.for([
    { each: earlyoom(MACHINE, 'user', 100), said: 'earlyoom acts below 1.4 GiB' },
    { each: earlyoom(MACHINE, 'unknown', 100), said: 'earlyoom acts below 1.4 GiB to 1.6 GiB' },
    {
      each: earlyoom(MACHINE),
      said: 'earlyoom acts below 1.4 GiB when at most 10% of swap is free, too (now 87.5%)',
    },
    { each: earlyoom({ ...LOW, swapFreeBytes: 0 }), said: 'earlyoom acts now' },
    { each: oomd(['/'], 12), said: 'systemd-oomd acts on pressure' },
    { each: oomd(['/']), said: 'systemd-oomd runs, and cannot act here' },
    { each: oomd([]), said: 'systemd-oomd runs, and cannot act here' },
    { each: oomd(['/'], 'unmeasured'), said: 'systemd-oomd runs, and cannot act here' },
    {
      each: killer('nohang', [], { unknown: ['configuration'] }),
      said: 'nohang runs, when it acts is not known',
    },
    { each: killer('earlyoom', [], { rehearses: true }), said: 'earlyoom only rehearses' },
  ])('is short where there is no room: $said', ({ each, said }) => {
    expect(words.brief(each)).toBe(said);
  });

  it('has a sentence for each way to act, with which conditions hold and which do not', () => {
    expect(words.sentences(earlyoom(LOW))).toEqual([
      'earlyoom sends SIGTERM when at most 1.4 GiB is available (holds: 1.0 GiB) and at most 10% of swap is free (not yet: 87.5%).',
      'earlyoom sends SIGKILL when at most 717 MiB is available (not yet: 1.0 GiB) and at most 10% of swap is free (not yet: 87.5%).',
    ]);
    expect(words.sentences(oomd(['/'], 12))).toEqual([
      'systemd-oomd kills a cgroup when at most 1.6 GiB is available (not yet: 10.0 GiB) and there is swap (never here). It never does here.',
      'systemd-oomd kills below /a when pressure (full avg10) is above 50% for 20 s (not yet: 12%) and memory was reclaimed in the last 30 s (not yet).',
    ]);
  });
});
