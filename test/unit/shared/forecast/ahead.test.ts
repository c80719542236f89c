import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aheadOf, comesBefore } from '#shared/forecast/ahead.ts';
import { type Forecast } from '#shared/model/forecast.ts';
import { type Killer } from '#shared/model/killer.ts';
import { type ScopeSummary } from '#shared/model/scope.ts';

const MIB = 2 ** 20;

function forecast(middleSeconds: number, over: Partial<Forecast> = {}): Forecast {
  return {
    lowSeconds: middleSeconds * 0.8,
    middleSeconds,
    highSeconds: middleSeconds * 1.3,
    fallingSeconds: middleSeconds,
    fellBytes: 100 * MIB,
    ...over,
  };
}

function group(
  path: string,
  leftMib: number,
  limitMib: number,
  over: Partial<ScopeSummary> = {},
): ScopeSummary {
  const headroomBytes = leftMib * MIB;
  return {
    path,
    label: path.slice(1),
    usageBytes: (limitMib - leftMib) * MIB,
    limitBytes: limitMib * MIB,
    oomGroup: false,
    headroom: {
      headroomBytes,
      uncertainBytes: 0,
      comfortableBytes: headroomBytes,
      reclaimableBytes: 0,
      swapBytes: 0,
    },
    processCount: 3,
    ...over,
  };
}

const earlyoom = (kind: 'now' | 'when'): Killer => ({
  name: 'earlyoom',
  pid: 5,
  triggers: [],
  unknown: [],
  actsAt: { kind, missing: [] },
});

/** `machine` or the path, each with why. */
const said = (...args: Parameters<typeof aheadOf>) =>
  aheadOf(...args).map((each) => `${each.kind === 'machine' ? 'machine' : each.scope.path} ${each.why}`);

const calm = { killers: [] };

describe('what runs out next', () => {
  it('is the machine where nothing is forecast and nothing is close', () => {
    expect(said(calm, [group('/roomy', 300, 512)])).toEqual(['machine nothing-nearer']);
  });

  it('is the nearest in time: a cgroup before the machine, the machine before a cgroup', () => {
    const db = group('/db', 38, 256, { forecast: forecast(300) });
    expect(said({ killers: [], forecast: forecast(900) }, [db])).toEqual(['/db soonest', 'machine soonest']);
    expect(said({ killers: [], forecast: forecast(120) }, [db])).toEqual(['machine soonest', '/db soonest']);
  });

  it('is another killer where that acts before: by its time, not by the kernel’s', () => {
    const db = group('/db', 38, 256, { forecast: forecast(300) });
    const beside = forecast(900, { killer: { name: 'earlyoom', lowSeconds: 60, highSeconds: 120 } });
    expect(said({ killers: [earlyoom('when')], forecast: beside }, [db])[0]).toBe('machine soonest');
    expect(said({ killers: [earlyoom('now')] }, [db])[0]).toBe('machine soonest');
    expect(said({ killers: [{ ...earlyoom('now'), rehearses: true }] }, [db])[0]).toBe('/db soonest');
  });

  it.each([
    ['a tenth of its limit is left', 100, 1024, true],
    ['a little more than a tenth is', 110, 1024, false],
    ['less than 64 MiB are', 60, 128, true],
    ['most of a small limit is', 60, 64, false],
  ])('without a forecast is the closest to its limit: %s', (_, left, limit, named) => {
    const first = named ? '/it least-left' : 'machine nothing-nearer';
    expect(said(calm, [group('/it', left, limit)])[0]).toBe(first);
  });

  it('of those that are close is the one with the least left', () => {
    expect(said(calm, [group('/a', 20, 256), group('/b', 10, 256)])[0]).toBe('/b least-left');
  });

  it('is not one that has been steady for ten minutes, however little is left', () => {
    expect(said(calm, [group('/cache', 2, 64, { steadySeconds: 600 })])).toEqual(['machine nothing-nearer']);
    expect(said(calm, [group('/cache', 2, 64, { steadySeconds: 599 })])[0]).toBe('/cache least-left');
  });

  it('is not a cgroup below one that runs out first, nor one that is slowed down above memory.high', () => {
    const below = group('/a/b', 2, 64, {
      firstAbove: { path: '/a', headroomBytes: 1 },
      forecast: forecast(5),
    });
    const slowed = group('/c', 2, 64, { high: { state: 'throttled', highBytes: 60 * MIB, overBytes: MIB } });
    expect(said(calm, [below, slowed])).toEqual(['machine nothing-nearer']);
  });

  it('property: never empty, at most two, never the same twice, the sooner first', () => {
    const seconds = fc.option(fc.double({ min: 1, max: 1e6, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(seconds, fc.array(seconds, { maxLength: 6 }), (ofMachine, ofGroups) => {
        const groups = ofGroups.map((each, index) =>
          group(`/${index}`, 5, 256, each === undefined ? {} : { forecast: forecast(each) }),
        );
        const machine = ofMachine === undefined ? calm : { killers: [], forecast: forecast(ofMachine) };
        const found = aheadOf(machine, groups);
        const names = found.map((each) => (each.kind === 'machine' ? '' : each.scope.path));
        expect(found.length).toBeGreaterThan(0);
        expect(found.length).toBeLessThan(3);
        expect(new Set(names).size).toBe(names.length);
        const times = found.map(
          (each) => (each.kind === 'machine' ? ofMachine : each.scope.forecast?.middleSeconds) ?? Infinity,
        );
        expect(times).toEqual([...times].sort((a, b) => a - b));
        const soonest = Math.min(...[ofMachine, ...ofGroups].map((each) => each ?? Infinity));
        expect(times[0]).toBe(soonest);
      }),
    );
  });
});

describe('comesBefore', () => {
  it('holds where another program kills or a cgroup runs out before', () => {
    expect(comesBefore([])).toBe(false);
    expect(comesBefore([earlyoom('when')])).toBe(true);
    expect(comesBefore([{ ...earlyoom('when'), rehearses: true }])).toBe(false);
    expect(comesBefore([], aheadOf(calm, [group('/it', 2, 64)]))).toBe(true);
  });
});
