import { describe, expect, it } from 'vitest';
import { oomScore } from '#shared/kernel/badness/oom-score.ts';
import { readHostFacts } from '../../../../../src-main/collect/machine/host-facts.ts';
import { readProcess } from '../../../../../src-main/collect/processes/read-process.ts';
import { HOST_FILES, type KernelFiles } from '../../../../../src-main/proc/kernel-files.ts';
import { readMeminfo } from '../../../../../src-main/proc/meminfo.ts';
import {
  holdStill,
  procFile,
  setAdj,
  startNodeEater,
  statusPages,
} from '../../../../helpers/processes/process-children.ts';
import { testTree } from '../../../../helpers/processes/process-sampler.ts';
import { type FakeProcess, type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

function reading(files: KernelFiles) {
  const host = readHostFacts(files);
  if (!host.ok) throw new Error(host.error.code);
  return { files, host: host.value, users: new Map([[1000, 'alice']]) };
}

function readFake(process: FakeProcess, spec: ProcTreeSpec = {}) {
  const tree = testTree({ ...spec, processes: [process] });
  return readProcess(reading(tree), process.pid, 0)?.process;
}

describe('readProcess', () => {
  it('reads what the kernel adds up, and by what people know it', () => {
    expect(
      readFake({
        pid: 77,
        name: 'worker',
        parentPid: 5,
        uid: 1000,
        startTicks: 4711,
        threads: 3,
        majorFaults: 9,
        adj: -200,
        rssAnonPages: 1000,
        rssFilePages: 200,
        rssShmemPages: 30,
        swapPages: 400,
        pageTablePages: 12,
        cmdline: ['/usr/bin/worker', '--all'],
        cgroup: '/system.slice/worker.service',
        capEff: 1n << 21n,
      }),
    ).toMatchObject({
      pid: 77,
      startTicks: 4711,
      parentPid: 5,
      name: 'worker',
      command: '/usr/bin/worker --all',
      user: 'alice',
      unit: { manager: 'system', name: 'worker.service' },
      cgroup: '/system.slice/worker.service',
      threads: 3,
      majorFaults: 9,
      oomScoreAdj: -200,
      kernelThread: false,
      globalInit: false,
      capSysAdmin: true,
      statusRssPages: 1230,
      memory: {
        rssPages: 1230,
        rssAnonPages: 1000,
        rssFilePages: 200,
        rssShmemPages: 30,
        swapPages: 400,
        pageTablePages: 12,
      },
    });
  });

  it('takes the resident pages from stat, as oom_badness() sees them, where status shows another sum', () => {
    const read = readFake({ pid: 77, rssAnonPages: 1000, rssFilePages: 50, statRssPages: 992 });
    expect(read).toMatchObject({ memory: { rssPages: 992, rssAnonPages: 1000 }, statusRssPages: 1050 });
  });

  it('calls a user without a name by the number', () => {
    expect(readFake({ pid: 77, uid: 4242 })?.user).toBe('4242');
  });

  it.for([
    { what: 'blanks and parentheses', name: 'a) R (b c' },
    { what: 'a newline', name: 'two\nlines' },
    { what: 'an escape sequence', name: '\u001b[31mred' },
    { what: 'a backslash', name: 'back\\slash' },
    { what: 'nothing at all', name: '' },
  ])('takes a name with $what as it is', ({ name }) => {
    expect(readFake({ pid: 77, name, startTicks: 123 })).toMatchObject({
      name,
      startTicks: 123,
      command: `[${name}]`,
    });
  });

  it('sees no memory in a kernel thread', () => {
    const read = readFake({ pid: 2, name: 'kthreadd', kernelThread: true });
    expect(read).toMatchObject({ kernelThread: true, command: '[kthreadd]', statusRssPages: 0 });
    expect(read).not.toHaveProperty('memory');
  });

  it('sees no memory in a zombie', () => {
    expect(readFake({ pid: 77, memory: 'none' })).not.toHaveProperty('memory');
  });

  it('sees the memory of the threads that outlive their leader', () => {
    const read = readFake({
      pid: 77,
      memory: 'none',
      adj: 100,
      otherThreads: [
        { tid: 90, memory: 'none' },
        { tid: 80, rssAnonPages: 500, rssFilePages: 0 },
      ],
    });
    expect(read).toMatchObject({ oomScoreAdj: 100, threads: 3, memory: { rssPages: 500 } });
  });

  it('knows a dead leader by its threads: v1 shows the leader itself in the root, without arguments', () => {
    const cgroup = '/system.slice/cron.service';
    const process = {
      pid: 77,
      memory: 'none',
      cgroup,
      cmdline: ['cron', '-f'],
      otherThreads: [{ tid: 80 }],
    } as const;
    expect(readFake(process, { cgroupVersion: 1 })).toMatchObject({
      cgroup,
      unit: { manager: 'system', name: 'cron.service' },
      command: 'cron -f',
    });
  });

  it('is no victim when a dead leader loses its threads between two reads', () => {
    const tree = testTree({
      processes: [{ pid: 77, memory: 'none', otherThreads: [{ tid: 80, rssAnonPages: 500 }] }],
    });
    tree.remove('/proc/77/task');
    expect(readProcess(reading(tree), 77, 0)?.process).not.toHaveProperty('memory');
  });

  it.for(['stat', 'status', 'oom_score_adj'])('is undefined when %s is gone', (name) => {
    const tree = testTree({ processes: [{ pid: 77 }] });
    tree.remove(`/proc/77/${name}`);
    expect(readProcess(reading(tree), 77, 0)).toBeUndefined();
  });

  it.for([
    { where: 'the initial pid namespace', initialPidNamespace: true, globalInit: true },
    { where: 'a container', initialPidNamespace: false, globalInit: false },
  ])('takes process 1 for what it is in $where', ({ initialPidNamespace, globalInit }) => {
    expect(readFake({ pid: 1 }, { initialPidNamespace })?.globalInit).toBe(globalInit);
  });

  it('keeps what it knows as long as the name stays', () => {
    const tree = testTree({ processes: [{ pid: 77, name: 'sh', cmdline: ['sh', '-c', 'exec server'] }] });
    const first = readProcess(reading(tree), 77, 0);
    tree.setProcess({ pid: 77, name: 'sh', cmdline: ['other'] });
    expect(readProcess(reading(tree), 77, 0, first?.identity)?.process.command).toBe('sh -c exec server');
    tree.setProcess({ pid: 77, name: 'server', cmdline: ['server'] });
    expect(readProcess(reading(tree), 77, 0, first?.identity)?.process.command).toBe('server');
  });

  it('splits resident pages by statm on kernels before 4.5', () => {
    const tree = testTree({ processes: [{ pid: 77, rssAnonPages: 700, rssFilePages: 300 }] });
    tree.write(
      '/proc/77/status',
      [
        'Name:\told',
        'State:\tS (sleeping)',
        'Uid:\t0\t0\t0\t0',
        ...['VmPeak', 'VmSize', 'VmLck', 'VmHWM'].map((key) => `${key}:\t    4096 kB`),
        'VmRSS:\t    4000 kB',
        'VmPTE:\t      40 kB',
        'VmPMD:\t      12 kB',
        'VmSwap:\t       8 kB',
        'Threads:\t1',
        'CapEff:\t0000000000000000\n',
      ].join('\n'),
    );
    expect(readProcess(reading(tree), 77, 0)?.process.memory).toEqual({
      rssPages: 1000,
      rssAnonPages: 700,
      rssFilePages: 300,
      rssShmemPages: 0,
      swapPages: 2,
      pageTablePages: 13,
    });
  });

  it('counts in pages of 64 KiB where the kernel does', () => {
    const read = readFake(
      { pid: 77, rssAnonPages: 10, rssFilePages: 2, pageTablePages: 1 },
      { pageSizeBytes: 65_536 },
    );
    expect(read?.memory).toMatchObject({ rssPages: 12, rssAnonPages: 10, pageTablePages: 1 });
  });

  it('shares an address space only with those whose sizes and peaks are the same', () => {
    const key = (process: Partial<FakeProcess>) => readFake({ pid: 77, ...process })?.addressSpaceKey;
    expect(key({ adj: 5 })).toBe(key({}));
    expect(key({ rssAnonPages: 101 })).not.toBe(key({}));
    expect(key({ swapPages: 1 })).not.toBe(key({}));
    expect(key({ pageTablePages: 11 })).not.toBe(key({}));
  });

  it('agrees with what the kernel prints for a living process', { timeout: 30_000 }, async () => {
    const child = await startNodeEater(64);
    setAdj(child.pid, 250);
    await holdStill(child.pid);
    const context = reading(HOST_FILES);
    const read = readProcess(context, child.pid, 0);
    const page = context.host.pageSizeBytes;
    expect(read?.process).toMatchObject({
      pid: child.pid,
      parentPid: process.pid,
      oomScoreAdj: 250,
      kernelThread: false,
      command: procFile(child.pid, 'cmdline').replace(/\0+$/, '').replaceAll('\0', ' '),
    });
    const memory = read?.process.memory;
    expect(memory?.rssAnonPages).toBeGreaterThan((64 << 20) / page);
    expect(memory?.rssAnonPages).toBe(statusPages(child.pid, 'RssAnon', page));
    expect(memory?.pageTablePages).toBe(statusPages(child.pid, 'VmPTE', page));
    const meminfo = readMeminfo(HOST_FILES);
    if (!meminfo.ok || memory === undefined) throw new Error('this machine has no /proc');
    const total = (meminfo.value.memTotalBytes + meminfo.value.swapTotalBytes) / page;
    const expected = oomScore(context.host.rules.formula, { ...memory, oomScoreAdj: 250 }, total);
    expect(Math.abs(Number(procFile(child.pid, 'oom_score')) - expected)).toBeLessThanOrEqual(1);
  });
});
