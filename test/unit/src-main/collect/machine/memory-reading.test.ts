import { freemem, totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { MemoryReader, type MemoryReading } from '../../../../../src-main/collect/machine/memory-reading.ts';
import { HOST_FILES } from '../../../../../src-main/proc/kernel-files.ts';
import { testTree } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTree, type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

const GIB = 2 ** 30;

function memoryOf(tree: ProcTree, monotonicMs = 0, previous?: MemoryReading) {
  const read = new MemoryReader(tree).read(monotonicMs, previous);
  if (!read.ok) throw new Error(`${read.path}: ${read.why}`);
  return read.value;
}

const stateIn = (spec: ProcTreeSpec) => memoryOf(testTree(spec)).state;

describe('MemoryReader', () => {
  it('does not take shared memory for cache', () => {
    const state = stateIn({
      meminfo: {
        cachedBytes: 5 * GIB,
        buffersBytes: GIB,
        slabReclaimableBytes: GIB,
        shmemBytes: 4 * GIB,
      },
    });
    expect(state).toMatchObject({ shmemBytes: 4 * GIB, cacheBytes: 3 * GIB });
  });

  it('never has less than no cache', () => {
    const state = stateIn({
      meminfo: { cachedBytes: 0, buffersBytes: 0, slabReclaimableBytes: 0, shmemBytes: GIB },
    });
    expect(state.cacheBytes).toBe(0);
  });

  it('has no swap where there is none, and no rate at first', () => {
    const state = stateIn({ meminfo: { swapTotalBytes: 0, swapFreeBytes: 0 } });
    expect(state).not.toHaveProperty('swap');
    expect(state).not.toHaveProperty('majorFaultsPerSecond');
  });

  it('tells swap that is full', () => {
    expect(stateIn({ meminfo: { swapTotalBytes: GIB, swapFreeBytes: 0 } }).swap).toEqual({
      totalBytes: GIB,
      freeBytes: 0,
    });
  });

  it('tells the pressure', () => {
    expect(stateIn({ pressure: [1.5, 2, 0.25, 0] }).pressure).toEqual({
      some10: 1.5,
      some60: 2,
      full10: 0.25,
      full60: 0,
    });
  });

  it.for(['missing', 'failed'] as const)('does without pressure that is %s', (pressure) => {
    expect(stateIn({ pressure })).not.toHaveProperty('pressure');
  });

  it('estimates available memory on kernels that do not say', () => {
    const tree = testTree();
    tree.setMeminfo({
      memFreeBytes: GIB,
      cachedBytes: 2 * GIB,
      buffersBytes: 0,
      slabReclaimableBytes: 0,
      shmemBytes: 0,
    });
    expect(memoryOf(tree).state.availableBytes).toBe(6 * GIB);
    tree.write(
      '/proc/meminfo',
      Object.entries({
        MemTotal: 8,
        MemFree: 1,
        Buffers: 0,
        Cached: 2,
        SwapCached: 0,
        'Active(file)': 1,
        'Inactive(file)': 1,
        AnonPages: 1,
        Shmem: 0,
        SReclaimable: 0,
        PageTables: 0,
        SwapTotal: 0,
        SwapFree: 0,
        Committed_AS: 1,
        CommitLimit: 4,
      })
        .map(([key, gib]) => `${key}: ${gib << 20} kB\n`)
        .join(''),
    );
    expect(memoryOf(tree).state.availableBytes).toBe(3 * GIB);
  });

  it.for([
    { mode: 0, read: 0 },
    { mode: 1, read: 1 },
    { mode: 2, read: 2 },
    { mode: 7, read: 0 },
    { mode: undefined, read: 0 },
  ])('takes vm.overcommit_memory $mode for $read', ({ mode, read }) => {
    expect(stateIn({ sysctls: { 'vm.overcommit_memory': mode } }).commit.mode).toBe(read);
  });

  it('counts major faults by the monotonic clock', () => {
    const tree = testTree({ vmstat: { pgmajfault: 500 } });
    const first = memoryOf(tree, 1000);
    tree.write('/proc/vmstat', 'pgmajfault 800\noom_kill 2\n');
    const second = memoryOf(tree, 3000, first);
    expect(second.state).toMatchObject({ majorFaultsPerSecond: 150, oomKills: 2 });
    expect(memoryOf(tree, 3000, second).state).not.toHaveProperty('majorFaultsPerSecond');
  });

  it('never says that faults were taken back', () => {
    const tree = testTree({ vmstat: { pgmajfault: 500 } });
    const first = memoryOf(tree, 1000);
    tree.write('/proc/vmstat', 'pgmajfault 400\n');
    expect(memoryOf(tree, 2000, first).state.majorFaultsPerSecond).toBe(0);
  });

  it('does not count kills where the kernel does not', () => {
    expect(stateIn({ vmstat: { oom_kill: undefined } })).not.toHaveProperty('oomKills');
  });

  it('does without vmstat', () => {
    const tree = testTree();
    tree.breakFile('/proc/vmstat');
    const read = memoryOf(tree);
    expect(read.state).not.toHaveProperty('oomKills');
    expect(read).not.toHaveProperty('majorFaults');
    expect(read.swapInPages).toBe(0);
  });

  it.for([
    { what: 'is gone', why: 'missing', errno: 'ENOENT' },
    { what: 'cannot be read', why: 'failed', errno: 'EISDIR' },
  ])('fails when meminfo $what', ({ why, errno }) => {
    const tree = testTree();
    if (why === 'missing') tree.remove('/proc/meminfo');
    else tree.breakFile('/proc/meminfo');
    expect(new MemoryReader(tree).read(0, undefined)).toMatchObject({ ok: false, why, errno });
  });

  it('fails when meminfo is not as the kernel writes it', () => {
    const tree = testTree();
    tree.write('/proc/meminfo', 'MemTotal: lots\n');
    expect(new MemoryReader(tree).read(0, undefined)).toMatchObject({ ok: false, why: 'malformed' });
  });

  it('agrees with Node on this machine', () => {
    const read = new MemoryReader(HOST_FILES).read(0, undefined);
    if (!read.ok) throw new Error('this machine has no /proc/meminfo');
    expect(read.value.state.totalBytes).toBe(totalmem());
    expect(Math.abs(read.value.state.availableBytes - freemem())).toBeLessThan(0.1 * totalmem());
  });
});
