import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { earlyoomScale, earlyoomTriggers } from '#shared/killers/earlyoom.ts';
import { type EarlyoomOptions } from '#shared/killers/earlyoom-options.ts';
import { actsAt, triggerState } from '#shared/killers/trigger.ts';
import { type MachineFigures } from '#shared/killers/machine-figures.ts';

const GIB = 2 ** 30;

/** 16 GiB, of which programs can use 14: 10 are available, and 4 are anonymous. */
const MACHINE: MachineFigures = {
  totalBytes: 16 * GIB,
  availableBytes: 10 * GIB,
  anonBytes: 4 * GIB,
  swapTotalBytes: 0,
  swapFreeBytes: 0,
};

/** earlyoom 1.9.0, meminfo.c parse_meminfo() and main.c lowmem_sig(), in its own units. */
function sourceSays({ availableBytes, anonBytes, swapTotalBytes, swapFreeBytes }: MachineFigures) {
  const kib = (bytes: number) => bytes / 1024;
  const memPercent = (kib(availableBytes) * 100) / (kib(availableBytes) + kib(anonBytes));
  const swapPercent = swapTotalBytes > 0 ? (kib(swapFreeBytes) * 100) / kib(swapTotalBytes) : 0;
  return { term: memPercent <= 10 && swapPercent <= 10, kill: memPercent <= 5 && swapPercent <= 5 };
}

const kib = (most: number) => fc.integer({ min: 0, max: most }).map((value) => value * 1024);
const machines: fc.Arbitrary<MachineFigures> = fc
  .record({
    available: kib(2 ** 21),
    anon: kib(2 ** 24),
    swapTotal: kib(2 ** 20),
    swapUsed: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ available, anon, swapTotal, swapUsed }) => ({
    totalBytes: 16 * GIB,
    availableBytes: available,
    anonBytes: anon + 1024,
    swapTotalBytes: swapTotal,
    swapFreeBytes: Math.floor((swapTotal / 1024) * (1 - swapUsed ** 0.2)) * 1024,
  }));

describe('earlyoomScale', () => {
  it.for([
    ['1.4', undefined],
    ['1.5', 'total'],
    ['1.7-1+b1', 'total'],
    ['v1.7', 'total'],
    ['1.8', 'user'],
    ['1.8.2', 'user'],
    ['1.10', 'user'],
    ['2.0', 'user'],
    ['1.7000000', undefined],
    ['?', undefined],
    [undefined, undefined],
  ] as const)('knows what %s takes percentages of', ([version, scale]) => {
    expect(earlyoomScale(version)).toBe(scale);
  });
});

describe('earlyoomTriggers', () => {
  it.for([
    { scale: 'total', options: {}, line: 1.6 },
    { scale: 'user', options: {}, line: 1.4 },
    // 1 GiB is 6.25% of MemTotal, and that of 14 GiB is less than 1 GiB.
    { scale: 'user', options: { memKib: { term: 2 ** 20, kill: 2 ** 19 } }, line: 0.875 },
    { scale: 'total', options: { memKib: { term: 2 ** 20, kill: 2 ** 19 } }, line: 1 },
    {
      scale: 'total',
      options: { memKib: { term: 2 ** 20, kill: 1 }, memPercent: { term: 4, kill: 2 } },
      line: 0.64,
    },
  ] as const)('takes percentages of $scale: $options', ({ scale, options, line }) => {
    const at = actsAt(earlyoomTriggers(MACHINE, options, scale));
    expect(at).toMatchObject({ kind: 'when', missing: [] });
    expect(at?.availableBytes).toBeCloseTo(line * GIB, -2);
    expect(at?.leastAvailableBytes).toBeUndefined();
  });

  it('gives both lines where the version is not known, and does not claim to know in between', () => {
    const at = actsAt(earlyoomTriggers(MACHINE, {}, undefined));
    expect(at?.availableBytes).toBeCloseTo(1.6 * GIB, -2);
    expect(at?.leastAvailableBytes).toBeCloseTo(1.4 * GIB, -2);
    const between = { ...MACHINE, availableBytes: 1.5 * GIB, anonBytes: 12.5 * GIB };
    const [term] = earlyoomTriggers(between, {}, undefined);
    expect(term && triggerState(term)).toBe('unknown');
  });

  it('waits for swap to fill where there is some, and acts without when there is none', () => {
    const low = { ...MACHINE, availableBytes: GIB, anonBytes: 13 * GIB };
    const full = { ...low, swapTotalBytes: GIB, swapFreeBytes: 0.88 * GIB };
    expect(actsAt(earlyoomTriggers(low, {}, 'user'))?.kind).toBe('now');
    expect(actsAt(earlyoomTriggers(full, {}, 'user'))).toMatchObject({
      kind: 'also',
      missing: [{ figure: 'free-swap', nowPercent: 88, linePercent: 10, holding: 'may' }],
    });
    expect(actsAt(earlyoomTriggers({ ...full, swapFreeBytes: 0.1 * GIB }, {}, 'user'))?.kind).toBe('now');
  });

  it('ignores -S without swap, and takes it in percent of all swap with some', () => {
    const options: EarlyoomOptions = { swapKib: { term: 2 ** 19, kill: 2 ** 18 } };
    const swapLine = (swapTotalBytes: number) =>
      earlyoomTriggers({ ...MACHINE, swapTotalBytes }, options, 'user')[0]?.conditions[1];
    expect(swapLine(0)).toMatchObject({ linePercent: 10, holding: 'holds' });
    expect(swapLine(GIB)).toMatchObject({ linePercent: 50 });
  });

  it('never holds otherwise than earlyoom 1.9.0 reckons', () => {
    fc.assert(
      fc.property(machines, (figures) => {
        const [term, kill] = earlyoomTriggers(figures, {}, 'user').map(
          (each) => triggerState(each) === 'holds',
        );
        expect({ term, kill }).toEqual(sourceSays(figures));
      }),
      { numRuns: 500 },
    );
  });

  it('holds at its line and below it, as processes take what is available', () => {
    fc.assert(
      fc.property(machines, fc.double({ min: 0, max: 2, noNaN: true }), (machine, share) => {
        const figures = { ...machine, swapTotalBytes: 0, swapFreeBytes: 0 };
        const line = actsAt(earlyoomTriggers(figures, {}, 'user'))?.availableBytes ?? 0;
        const availableBytes = line * share;
        const anonBytes = figures.anonBytes + figures.availableBytes - availableBytes;
        if (Math.abs(share - 1) < 1e-9 || anonBytes < 0) return;
        const acts = actsAt(earlyoomTriggers({ ...figures, availableBytes, anonBytes }, {}, 'user'))?.kind;
        expect(acts === 'now').toBe(share < 1);
      }),
      { numRuns: 300 },
    );
  });
});
