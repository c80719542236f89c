import { labelOf } from '#shared/kernel/cgroup/names.ts';
import { describe, expect, it } from 'vitest';
import { observeCgroup, observeCgroups } from '../../../../src-main/collect/cgroups.ts';
import { readHostFacts } from '../../../../src-main/collect/machine/host-facts.ts';
import { testTree } from '../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../helpers/proc-tree.ts';

const MIB = 2 ** 20;
const PAGES = 256;

function machine(spec: ProcTreeSpec, { totalSwapPages = 0, swappiness = 60 } = {}) {
  const tree = testTree(spec);
  const facts = readHostFacts(tree);
  if (!facts.ok) throw new Error(facts.error.code);
  return { tree, host: facts.value, surroundings: { host: facts.value, totalSwapPages, swappiness } };
}

describe('observeCgroup', () => {
  it.for([1, 2] as const)('reads the books of a cgroup with a limit in v%s', (cgroupVersion) => {
    const { surroundings } = machine({
      cgroupVersion,
      cgroups: {
        '/a/b': {
          limitBytes: 64 * MIB,
          usageBytes: 40 * MIB,
          inactiveFileBytes: 10 * MIB,
          activeFileBytes: 5 * MIB,
        },
      },
    });
    expect(observeCgroup('/a/b', surroundings)).toEqual({
      path: '/a/b',
      limitBytes: 64 * MIB,
      totalPages: 64 * PAGES,
      usageBytes: 40 * MIB,
      stat: {
        inactiveFileBytes: 10 * MIB,
        activeFileBytes: 5 * MIB,
        inactiveAnonBytes: 25 * MIB,
        activeAnonBytes: 0,
        unevictableBytes: 0,
        dirtyBytes: 0,
        writebackBytes: 0,
        ...(cgroupVersion === 2 ? { slabReclaimableBytes: 0 } : {}),
      },
      swapUsageBytes: 0,
      ...(cgroupVersion === 1 ? { swappiness: 60 } : {}),
      oomGroup: false,
      oomKillDisable: false,
      oomKills: 0,
      // v1 does not count how often a limit was reached.
      ...(cgroupVersion === 2 ? { ooms: 0 } : {}),
    });
  });

  it('has no total where it has no limit', () => {
    const { surroundings } = machine({ cgroups: { '/a': { usageBytes: MIB } } });
    const cgroup = observeCgroup('/a', surroundings);
    expect(cgroup).not.toHaveProperty('limitBytes');
    expect(cgroup).not.toHaveProperty('totalPages');
  });

  it.for([
    { what: 'all of the swap in v2', version: 2, swapLimitBytes: undefined, pages: 64 * PAGES + 1000 },
    { what: 'no more swap than v2 allows', version: 2, swapLimitBytes: MIB, pages: 65 * PAGES },
    { what: 'no swap where v2 allows none', version: 2, swapLimitBytes: 0, pages: 64 * PAGES },
  ] as const)('counts $what', ({ version, swapLimitBytes, pages }) => {
    const { surroundings } = machine(
      {
        cgroupVersion: version,
        cgroups: {
          '/a': { limitBytes: 64 * MIB, ...(swapLimitBytes === undefined ? {} : { swapLimitBytes }) },
        },
      },
      { totalSwapPages: 1000 },
    );
    expect(observeCgroup('/a', surroundings)?.totalPages).toBe(pages);
  });

  it.for([
    { what: 'memory and swap together', cgroup: { memswLimitBytes: 66 * MIB }, pages: 66 * PAGES },
    { what: 'no swap at swappiness 0', cgroup: { swappiness: 0 }, pages: 64 * PAGES },
    { what: 'all of the swap', cgroup: {}, pages: 64 * PAGES + 1000 },
  ])('counts $what in v1', ({ cgroup, pages }) => {
    const { surroundings } = machine(
      { cgroupVersion: 1, cgroups: { '/a': { limitBytes: 64 * MIB, ...cgroup } } },
      { totalSwapPages: 1000 },
    );
    expect(observeCgroup('/a', surroundings)?.totalPages).toBe(pages);
  });

  it('minds vm.swappiness in v2, which has none of its own', () => {
    const { surroundings } = machine(
      { cgroups: { '/a': { limitBytes: 64 * MIB } } },
      { totalSwapPages: 1000, swappiness: 0 },
    );
    expect(observeCgroup('/a', surroundings)?.totalPages).toBe(64 * PAGES);
  });

  it('asks for what it is made of only where that bears on a limit', () => {
    const { surroundings } = machine({
      cgroups: {
        '/free': {},
        '/held': { limitBytes: MIB },
        '/slowed': { highBytes: MIB },
        '/kept': { minBytes: 1 },
      },
    });
    const asked = (path: string) => observeCgroup(path, surroundings, 'limited')?.stat !== undefined;
    expect(['/free', '/held', '/slowed', '/kept'].map(asked)).toEqual([false, true, true, true]);
    expect(observeCgroup('/free', surroundings)?.stat).toBeDefined();
  });

  it('says that no process is killed in it', () => {
    const { surroundings } = machine({ cgroupVersion: 1, cgroups: { '/a': { oomKillDisable: true } } });
    expect(observeCgroup('/a', surroundings)?.oomKillDisable).toBe(true);
  });

  it('says that it dies as a whole', () => {
    const { surroundings } = machine({ cgroups: { '/a': { oomGroup: true } } });
    expect(observeCgroup('/a', surroundings)?.oomGroup).toBe(true);
  });

  it.for([
    { path: `/system.slice/docker-${'0f'.repeat(32)}.scope`, label: 'docker:0f0f0f0f0f0f' },
    { path: '/system.slice/cron.service', label: 'cron.service' },
    { path: '/system.slice/cron.service/worker', label: 'worker' },
    { path: '/lxc.payload.web', label: 'lxc:web' },
    { path: '/plain/inner', label: 'inner' },
  ])('is called $label', ({ path, label }) => {
    expect(labelOf(path)).toBe(label);
  });

  it.for([
    { what: 'is not there', path: '/nowhere' },
    { what: 'would lead out of the mount', path: '/../../proc' },
    { what: 'is not a path', path: 'relative' },
  ])('is undefined for a path that $what', ({ path }) => {
    const { surroundings } = machine({});
    expect(observeCgroup(path, surroundings)).toBeUndefined();
  });

  it('is undefined where its files vanish or are not as the kernel writes them', () => {
    const { tree, surroundings } = machine({ cgroups: { '/a': { limitBytes: MIB } } });
    tree.write('/sys/fs/cgroup/a/memory.current', 'much\n');
    expect(observeCgroup('/a', surroundings)).toBeUndefined();
    tree.removeCgroup('/a');
    expect(observeCgroup('/a', surroundings)).toBeUndefined();
  });

  it('is undefined without a memory controller', () => {
    const { surroundings } = machine({ cgroupVersion: 'none' });
    expect(observeCgroup('/', surroundings)).toBeUndefined();
  });
});

describe('observeCgroups', () => {
  it('has those of the paths and all above them', () => {
    const { surroundings } = machine({
      cgroups: { '/a': {}, '/a/b': { limitBytes: MIB }, '/a/b/c': {}, '/other': {} },
    });
    expect([...observeCgroups(['/a/b/c', '/gone/x'], surroundings).keys()]).toEqual(['/a', '/a/b', '/a/b/c']);
  });

  it('leaves the root of a whole hierarchy out, which has no limit', () => {
    for (const cgroupVersion of [1, 2] as const) {
      const { surroundings } = machine({ cgroupVersion });
      expect(observeCgroups(['/'], surroundings).size).toBe(0);
    }
  });

  it('has the root inside a container, where it is the container’s own cgroup', () => {
    const { tree, surroundings } = machine({});
    tree.write('/sys/fs/cgroup/memory.max', `${32 * MIB}\n`);
    tree.write('/sys/fs/cgroup/memory.current', `${MIB}\n`);
    tree.write('/sys/fs/cgroup/memory.stat', 'inactive_file 0\nactive_file 0\n');
    expect(observeCgroups(['/'], surroundings).get('/')).toMatchObject({
      limitBytes: 32 * MIB,
      totalPages: 32 * PAGES,
    });
    tree.write('/sys/fs/cgroup/memory.max', 'max\n');
    expect(observeCgroups(['/'], surroundings).size).toBe(0);
    tree.write('/sys/fs/cgroup/memory.oom.group', '1\n');
    expect(observeCgroups(['/'], surroundings).get('/')?.oomGroup).toBe(true);
  });
});
