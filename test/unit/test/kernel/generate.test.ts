import { describe, expect, it } from 'vitest';
import { generate, missingFor } from '../../../kernel/generate.ts';
import { Random } from '../../../kernel/random.ts';
import { scenarioKinds } from '../../../kernel/scenario.ts';

const guest = { isGuest: true, cgroupVersion: 2, mayLowerAdj: true } as const;
const host = { isGuest: false, cgroupVersion: 1, mayLowerAdj: false } as const;
const seeds = Array.from({ length: 60 }, (_, i) => i * 977 + 1);

describe('generate', () => {
  it.each(scenarioKinds)('%s: the seed decides all', (kind) => {
    for (const seed of seeds) expect(generate(seed, kind, guest)).toEqual(generate(seed, kind, guest));
    expect(
      new Set(seeds.map((seed) => JSON.stringify(generate(seed, kind, guest).processes))).size,
    ).toBeGreaterThan(20);
  });

  it.each(scenarioKinds)(
    '%s: every process is in a cgroup without child cgroups (no internal processes in v2)',
    (kind) => {
      for (const seed of seeds) {
        const { cgroups, processes, push, overLimit } = generate(seed, kind, guest);
        const paths = cgroups.map(({ path }) => path);
        for (const path of [push.cgroup, ...processes.map(({ cgroup }) => cgroup)]) {
          expect(paths).toContain(path);
          expect(
            paths.filter((other) => other !== path && (path === '' || other.startsWith(`${path}/`))),
          ).toEqual([]);
        }
        expect(paths).toContain(overLimit);
      }
    },
  );

  it('a machine is asked for nothing that it has not', () => {
    for (const kind of scenarioKinds.filter((one) => missingFor(one, host) === undefined)) {
      for (const seed of seeds) {
        const scenario = generate(seed, kind, host);
        expect(scenario).toMatchObject({ scope: 'cgroup', sysctls: {} });
        expect(JSON.stringify(scenario.processes)).not.toContain('adj=-');
      }
    }
  });
});

describe('Random', () => {
  it('stays within its bounds and reaches them', () => {
    const random = new Random(7);
    const numbers = Array.from({ length: 2000 }, () => random.whole(-3, 4));
    expect([Math.min(...numbers), Math.max(...numbers)]).toEqual([-3, 4]);
  });

  it('shuffles without losing a process', () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    const shuffled = new Random(9).shuffled(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
  });
});
