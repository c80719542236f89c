import { expect, it } from 'vitest';
import { CgroupTable } from '../../../../src-main/collect/cgroup-table.ts';
import { readHostFacts } from '../../../../src-main/collect/machine/host-facts.ts';
import { testTree } from '../../../helpers/processes/process-sampler.ts';

const MIB = 2 ** 20;

it('reads the limits of many cgroups in portions, and shows all that they have found at once', () => {
  const paths = ['/a', '/b', '/c', '/d', '/e'];
  const limited = (mib: number) =>
    Object.fromEntries(paths.map((path) => [path, { limitBytes: mib * MIB, usageBytes: MIB }]));
  const tree = testTree({ cgroupVersion: 1, cgroups: limited(32) });
  const facts = readHostFacts(tree);
  if (!facts.ok) throw new Error(facts.error.code);
  const surroundings = { host: facts.value, totalSwapPages: 0, swappiness: 60 };
  const table = new CgroupTable(2);
  const limits = () => [...table.cgroups.values()].map(({ limitBytes }) => (limitBytes ?? 0) / MIB);
  table.refresh([], [], () => paths, surroundings, 0);
  expect(limits()).toEqual([32, 32, 32, 32, 32]);
  for (const [path, cgroup] of Object.entries(limited(64))) tree.setCgroup(path, cgroup);
  const after = (monotonicMs: number) => {
    table.lookAround(() => paths, surroundings, monotonicMs);
    return limits();
  };
  expect(after(1000)).toEqual([32, 32, 32, 32, 32]);
  expect(after(9000)).toEqual([32, 32, 32, 32, 32]);
  // The first portion was read before this.
  tree.setCgroup('/a', { limitBytes: 128 * MIB, usageBytes: MIB });
  expect(after(10_000)).toEqual([32, 32, 32, 32, 32]);
  expect(after(11_000)).toEqual([64, 64, 64, 64, 64]);
});

it.each([1, 2] as const)(
  'reads again what a cgroup is made of when it uses another amount, and now and then anyway (v%i)',
  (cgroupVersion) => {
    const usage = (usageBytes: number, inactiveFileBytes: number) => ({
      ...{ limitBytes: 64 * MIB, usageBytes, inactiveFileBytes, swapUsageBytes: MIB },
    });
    const tree = testTree({ cgroupVersion, cgroups: { '/a': usage(20 * MIB, 2 * MIB) } });
    const facts = readHostFacts(tree);
    if (!facts.ok) throw new Error(facts.error.code);
    const surroundings = { host: facts.value, totalSwapPages: 0, swappiness: 60 };
    const table = new CgroupTable();
    table.refresh([], [], () => ['/a'], surroundings, 0);
    let now = 0;
    const cacheAfterRound = () => {
      now += 9000;
      table.lookAround(() => ['/a'], surroundings, now);
      expect(table.cgroups.get('/a')?.swapUsageBytes).toBe(MIB);
      return (table.cgroups.get('/a')?.stat?.inactiveFileBytes ?? NaN) / MIB;
    };
    tree.setCgroup('/a', usage(20 * MIB, 5 * MIB));
    // The same amount: in the fourth round at the latest.
    expect([cacheAfterRound(), cacheAfterRound(), cacheAfterRound(), cacheAfterRound()]).toEqual([
      2, 2, 2, 5,
    ]);
    tree.setCgroup('/a', usage(21 * MIB, 7 * MIB));
    expect(cacheAfterRound()).toBe(7);
  },
);
