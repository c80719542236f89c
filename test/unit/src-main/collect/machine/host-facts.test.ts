import { availableParallelism, hostname, release } from 'node:os';
import { describe, expect, it } from 'vitest';
import { readHostFacts } from '../../../../../src-main/collect/machine/host-facts.ts';
import { HOST_FILES, type KernelFiles } from '../../../../../src-main/proc/kernel-files.ts';
import { testTree } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

function factsOf(files: KernelFiles) {
  const facts = readHostFacts(files);
  if (!facts.ok) throw new Error(facts.error.code);
  return facts.value;
}

const factsIn = (spec: ProcTreeSpec) => factsOf(testTree(spec));

describe('readHostFacts', () => {
  it('reads them once and for all', () => {
    const tree = testTree({ cpus: '0-3,8', clockTicksPerSecond: 250, pageSizeBytes: 16_384 });
    expect(factsOf(tree)).toMatchObject({
      hostname: 'testhost',
      release: '6.12.0-1-amd64',
      version: { major: 6, minor: 12, patch: 0 },
      rules: { formula: '5.9', tie: 'last', sacrificesChild: false, honoursOomGroup: true },
      pageSizeBytes: 16_384,
      clockTicksPerSecond: 250,
      cpuCount: 5,
      initialPidNamespace: true,
      memoryMount: { version: 2, mountPoint: `${tree.sys}/fs/cgroup` },
    });
  });

  it('knows the rules of older kernels', () => {
    expect(factsIn({ sysctls: { 'kernel.osrelease': '4.19.0-27-amd64' } }).rules).toEqual({
      formula: '4.17',
      tie: 'first',
      sacrificesChild: true,
      honoursOomGroup: true,
    });
  });

  it.for([
    { cgroupVersion: 1, version: 1, mount: '/fs/cgroup/memory' },
    { cgroupVersion: 'hybrid', version: 1, mount: '/fs/cgroup/memory' },
    { cgroupVersion: 2, version: 2, mount: '/fs/cgroup' },
  ] as const)(
    'finds the memory controller with cgroups $cgroupVersion',
    ({ cgroupVersion, version, mount }) => {
      const tree = testTree({ cgroupVersion });
      expect(factsOf(tree).memoryMount).toEqual({ version, mountPoint: `${tree.sys}${mount}` });
    },
  );

  it('does without cgroups', () => {
    const facts = factsIn({ cgroupVersion: 'none' });
    expect(facts.cgroups.version).toBeUndefined();
    expect(facts).not.toHaveProperty('memoryMount');
  });

  it('fails without /proc, and says what to do', () => {
    const tree = testTree();
    tree.remove('/proc');
    expect(readHostFacts(tree)).toMatchObject({
      ok: false,
      error: {
        code: 'proc-unreadable',
        facts: { what: 'file', path: `${tree.proc}/sys/kernel/osrelease`, errno: 'ENOENT' },
      },
    });
  });

  it('fails where the release cannot be read', () => {
    const tree = testTree();
    tree.breakFile('/proc/sys/kernel/osrelease');
    expect(readHostFacts(tree)).toMatchObject({
      ok: false,
      error: { code: 'proc-unreadable', facts: { errno: 'EISDIR' } },
    });
  });

  it('fails on a malformed release', () => {
    const tree = testTree({ sysctls: { 'kernel.osrelease': 'Plan 9\u001b[2J' } });
    expect(readHostFacts(tree)).toMatchObject({ ok: false, error: { code: 'proc-unreadable' } });
  });

  it('falls back to what nearly all machines have', () => {
    const tree = testTree();
    for (const path of ['/proc/self/auxv', '/proc/self/mountinfo', '/proc/sys/kernel/hostname'])
      tree.remove(path);
    tree.remove('/sys/devices');
    tree.remove('/proc/self/ns');
    expect(factsOf(tree)).toMatchObject({
      hostname: 'this machine',
      pageSizeBytes: 4096,
      clockTicksPerSecond: 100,
      cpuCount: 1,
      initialPidNamespace: true,
      cgroups: { version: undefined },
    });
  });

  it('agrees with Node on this machine', () => {
    const facts = factsOf(HOST_FILES);
    expect(facts).toMatchObject({ hostname: hostname(), release: release() });
    expect(facts.cpuCount).toBeGreaterThanOrEqual(availableParallelism());
  });
});
