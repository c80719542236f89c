import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { DOCTOR_OUTCOMES, type DoctorCheck } from '#shared/contract/doctor.ts';
import { SYSTEM_CLOCK } from '../../../../../src-main/collect/clock.ts';
import { KillerWatch } from '../../../../../src-main/collect/killers/killer-watch.ts';
import { Sampler } from '../../../../../src-main/collect/sampler.ts';
import { examine } from '../../../../../src-main/engine/doctor/doctor.ts';
import { HOST_FILES } from '../../../../../src-main/proc/kernel-files.ts';
import { startStillCrowd } from '../../../../helpers/processes/process-children.ts';
import { EVERYTHING, sampledTree } from '../../../../helpers/processes/process-sampler.ts';
import { type FakeProcess, type ProcTree, type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

const MIB = 2 ** 20;
const ENOUGH = { processes: 5, descriptors: 5 };

/** What the doctor finds of one thing in a built machine. */
function find(
  check: DoctorCheck,
  spec: ProcTreeSpec = {},
  prepare: (tree: ProcTree) => void = () => undefined,
  kept = ENOUGH,
) {
  const { tree, sample } = sampledTree(spec);
  const snapshot = sample();
  prepare(tree);
  const kmsgPath = `${tree.etc}/kmsg`;
  const report = examine(snapshot, { files: tree, kept, kmsgPath });
  const finding = report.findings.find((each) => each.check === check);
  return finding && `${finding.state} ${finding.outcome} ${finding.value}`.trim();
}

const sysctl = (name: string, value: string | number | undefined): ProcTreeSpec => ({
  sysctls: { [name]: value },
});
const sized: FakeProcess[] = [1, 2, 3, 4, 5, 6, 7, 8].map((each) => ({
  pid: 10 + each,
  rssAnonPages: 20_000 * each,
}));
const statusWith = (capabilities: bigint) =>
  `Name:\tx\nState:\tR (running)\nUid:\t0\t0\t0\t0\nThreads:\t1\nCapEff:\t${capabilities.toString(16).padStart(16, '0')}\n`;
const SYS_ADMIN = 1n << 21n;
const SYS_RESOURCE = 1n << 24n;

describe('examine', () => {
  it('checks everything, in the order in which it is reported', () => {
    const { tree, sample } = sampledTree();
    const snapshot = sample();
    const report = examine(snapshot, { files: tree, kept: ENOUGH, pageSandbox: true });
    expect(report.timeMs).toBe(snapshot.timeMs);
    expect(report.findings.map(({ check }) => check)).toEqual(Object.keys(DOCTOR_OUTCOMES));
  });

  it.for([
    { pageSandbox: true, found: ['good on '] },
    { pageSandbox: false, found: ['warning off --no-sandbox'] },
    { found: [] },
  ])('tells of the sandbox of a window where there is one: $pageSandbox', ({ found, ...options }) => {
    const { tree, sample } = sampledTree();
    const { findings } = examine(sample(), { files: tree, kept: ENOUGH, ...options });
    const hit = findings.filter(({ check }) => check === 'page-sandbox');
    expect(hit.map(({ state, outcome, value }) => `${state} ${outcome} ${value}`)).toEqual(found);
  });

  it.for([
    { release: '6.12.0', found: 'good known 6.12.0' },
    { release: '7.0.3-rc1', found: 'good known 7.0.3-rc1' },
    { release: '7.1.0', found: 'note newer 7.1.0' },
    { release: '2.6.32-754.el6', found: 'bad too-old 2.6.32-754.el6' },
  ])('knows whether the source of $release was read', ({ release, found }) => {
    expect(find('kernel', sysctl('kernel.osrelease', release))).toBe(found);
  });

  it.for([
    { processes: sized, release: '6.12.0', found: /^good confirmed 5\.9/ },
    { processes: sized, release: '4.18.0', found: /^note behaviour 5\.9/ },
    { processes: [], release: '6.12.0', found: /^note version 5\.9/ },
    {
      processes: sized.map((each) => ({ ...each, oomScore: 7 })),
      release: '6.12.0',
      found: /^bad contradicted/,
    },
  ])('says how the formula of $release was determined: $found', ({ processes, release, found }) => {
    expect(find('formula', { processes, ...sysctl('kernel.osrelease', release) })).toMatch(found);
  });

  it.for([
    { release: '6.12.0', lag: 0, found: 'good same' },
    { release: '6.18.0', lag: 30, found: 'note approximate up to 124 pages of swap' },
    { release: '7.0.0', lag: 0, found: 'good exact' },
  ])('says how exact the counters of $release are', ({ release, lag, found }) => {
    const processes = sized.map((each) => ({ ...each, statRssPages: (each.rssAnonPages ?? 0) + 50 - lag }));
    expect(find('counters', { processes, ...sysctl('kernel.osrelease', release) })).toBe(found);
  });

  it.for([
    { cgroupVersion: 2, found: /^good v2 v2 at .*\/sys\/fs\/cgroup$/ },
    { cgroupVersion: 1, found: /^good v1 v1 at .*\/memory$/ },
    { cgroupVersion: 'hybrid', found: /^note hybrid v1 at / },
    { cgroupVersion: 'none', found: /^warning none$/ },
  ] as const)('knows cgroups $cgroupVersion', ({ cgroupVersion, found }) => {
    expect(find('cgroup', { cgroupVersion })).toMatch(found);
  });

  it.for([
    { pressure: [1.5, 0, 0.25, 0], found: 'good present some 1.5%, full 0.25%' },
    { pressure: 'missing', found: 'note missing' },
    { pressure: 'failed', found: 'note unreadable EISDIR' },
  ] as const)('finds the pressure $pressure', ({ pressure, found }) => {
    expect(find('psi', { pressure })).toBe(found);
  });

  const swaps = (...paths: string[]) =>
    `Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n${paths.map((path) => `${path} partition\t1024\t0\t-2\n`).join('')}`;
  const someSwap: ProcTreeSpec = { meminfo: { swapTotalBytes: MIB, swapFreeBytes: MIB } };

  it.for([
    { spec: {}, text: undefined, found: 'note none' },
    { spec: someSwap, text: swaps('/dev/vda2', '/swapfile'), found: 'good disk /dev/vda2, /swapfile' },
    { spec: someSwap, text: swaps('/dev/zram0'), found: 'note zram /dev/zram0' },
    { spec: someSwap, text: swaps('/dev/zram0', '/dev/sda3'), found: 'note mixed /dev/zram0, /dev/sda3' },
    { spec: someSwap, text: undefined, found: 'note unknown' },
    { spec: someSwap, text: swaps(), found: 'note unknown' },
  ])('knows the swap: $found', ({ spec, text, found }) => {
    const prepare = (tree: ProcTree) => {
      if (text !== undefined) tree.write('/proc/swaps', text);
    };
    expect(find('swap', spec, prepare)).toBe(found);
  });

  it.for([
    { mode: 0, committed: 2048, found: 'good guess 0' },
    { mode: 1, committed: 2048, found: 'note always 1' },
    { mode: 2, committed: 2048, found: 'note never 2' },
    { mode: 2, committed: 3999, found: 'warning never-exhausted 2' },
    { mode: 2, committed: 5000, found: 'warning never-exhausted 2' },
    { mode: undefined, committed: 2048, found: 'note unreadable ENOENT' },
  ])('knows overcommit $mode with $committed of 4096 MiB promised', ({ mode, committed, found }) => {
    const meminfo = { committedBytes: committed * MIB, commitLimitBytes: 4096 * MIB };
    expect(find('overcommit', { meminfo, ...sysctl('vm.overcommit_memory', mode) })).toBe(found);
  });

  it.for([
    { value: 0, outcome: 'kills' },
    { value: 1, outcome: 'panics' },
    { value: 2, outcome: 'panics-always' },
    { value: undefined, outcome: 'unreadable' },
  ])('knows vm.panic_on_oom $value', ({ value, outcome }) => {
    expect(find('panic', sysctl('vm.panic_on_oom', value))).toContain(` ${outcome} `);
  });

  it.for([
    { value: 0, outcome: 'scored' },
    { value: 1, outcome: 'allocating' },
    { value: undefined, outcome: 'unreadable' },
  ])('knows vm.oom_kill_allocating_task $value', ({ value, outcome }) => {
    expect(find('allocating-task', sysctl('vm.oom_kill_allocating_task', value))).toContain(` ${outcome} `);
  });

  it.for([
    { hidePid: 0, capabilities: 0n, outcome: 'off' },
    { hidePid: 1, capabilities: 0n, outcome: 'contents' },
    { hidePid: 2, capabilities: 0n, outcome: 'invisible' },
    { hidePid: 'ptraceable', capabilities: 0n, outcome: 'invisible' },
    { hidePid: 2, capabilities: 1n << 19n, outcome: 'exempt' },
  ] as const)('knows hidepid=$hidePid', ({ hidePid, capabilities, outcome }) => {
    const hit = find('hidepid', { hidePid }, (tree) => {
      tree.write('/proc/self/status', statusWith(capabilities));
    });
    expect(hit?.split(' ')[1]).toBe(outcome);
  });

  it('does not know hidepid without mountinfo', () => {
    const hit = find('hidepid', {}, (tree) => {
      tree.remove('/proc/self/mountinfo');
    });
    expect(hit).toMatch(/ unreadable$/);
  });

  it.for([
    { initialPidNamespace: true, outcome: 'initial' },
    { initialPidNamespace: false, outcome: 'nested' },
  ])('knows the pid namespace: $outcome', ({ initialPidNamespace, outcome }) => {
    expect(find('pid-namespace', { initialPidNamespace })?.split(' ')[1]).toBe(outcome);
  });

  it('can read the kernel’s log, or tells that it is not there', () => {
    expect(find('dmesg')).toMatch(/ missing .*\/kmsg$/);
    expect(
      find('dmesg', {}, (tree) => {
        tree.write('/etc/kmsg', '');
      }),
    ).toMatch(/^good readable /);
  });

  it.for([
    { restrict: 1, outcome: 'restricted' },
    { restrict: 0, outcome: 'denied' },
    { restrict: undefined, outcome: 'denied' },
  ])(
    'tells that the log is not for us with kernel.dmesg_restrict $restrict',
    async ({ restrict, outcome }) => {
      const { tree, sample } = sampledTree(sysctl('kernel.dmesg_restrict', restrict));
      const kmsgPath = `${tree.etc}/kmsg`;
      // A socket is there and cannot be opened, not even by root.
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(kmsgPath, resolve));
      const { findings } = examine(sample(), { files: tree, kept: ENOUGH, kmsgPath });
      server.close();
      expect(findings.find(({ check }) => check === 'dmesg')?.outcome).toBe(outcome);
    },
  );

  it.for([
    { capabilities: SYS_ADMIN | SYS_RESOURCE, outcome: 'both' },
    { capabilities: SYS_RESOURCE, outcome: 'sys-resource' },
    { capabilities: SYS_ADMIN, outcome: 'sys-admin' },
    { capabilities: 0n, outcome: process.geteuid?.() === 0 ? 'root-without' : 'none' },
  ])('knows what we may change: $outcome', ({ capabilities, outcome }) => {
    const hit = find('capabilities', {}, (tree) => {
      tree.write('/proc/self/status', statusWith(capabilities));
    });
    expect(hit?.split(' ')[1]).toBe(outcome);
  });

  it.for([
    { memoryNodes: '0', found: 'good single 1' },
    { memoryNodes: '0-1', found: /several 2$/ },
    { memoryNodes: undefined, found: /unreadable|single/ },
  ])('counts memory nodes $memoryNodes', ({ memoryNodes, found }) => {
    expect(find('numa', { memoryNodes })).toMatch(found);
  });

  it.for([
    { names: [], found: /^good none$/ },
    { names: ['earlyoom'], found: / earlyoom earlyoom 50$/ },
    { names: ['earlyoom', 'systemd-oomd'], found: / several earlyoom 50, systemd-oomd 51$/ },
  ])('finds other killers: $names', ({ names, found }) => {
    const processes = names.map((name, index) => ({ pid: 50 + index, name }));
    const { tree, sample } = sampledTree({ processes });
    const snapshot = sample();
    const watch = new KillerWatch({ files: tree, run: () => Promise.resolve(undefined) });
    void watch.look(snapshot);
    const killers = watch.in(snapshot);
    const { findings } = examine(snapshot, { files: tree, kept: ENOUGH, killers });
    const finding = findings.find(({ check }) => check === 'killers') ?? expect.unreachable();
    expect(`${finding.state} ${finding.outcome} ${finding.value}`.trim()).toMatch(found);
    expect(finding.killers ?? []).toEqual(killers);
  });

  it.for([
    { release: '6.6.87.2-microsoft-standard-WSL2', found: /^warning wsl2/ },
    { release: '4.4.0-19041-Microsoft', found: /^bad wsl1/ },
    { release: '6.12.0-1-amd64', found: /^good no/ },
  ])('knows WSL by its kernel $release', ({ release, found }) => {
    expect(find('wsl', sysctl('kernel.osrelease', release))).toMatch(found);
  });

  it('names the setting of WSL where memory pressure is off', () => {
    const spec = {
      pressure: 'missing',
      ...sysctl('kernel.osrelease', '6.18.33.2-microsoft-standard-WSL2'),
    } as const;
    expect(find('psi', spec)).toBe('note wsl');
    expect(find('psi', { pressure: 'missing' })).toBe('note missing');
  });

  it.for([
    { mark: undefined, initialPidNamespace: true, outcome: 'no' },
    { mark: '/.dockerenv', initialPidNamespace: false, outcome: 'isolated' },
    { mark: '/run/.containerenv', initialPidNamespace: true, outcome: 'host-view' },
  ])('knows a container: $outcome', ({ mark, initialPidNamespace, outcome }) => {
    const hit = find('container', { initialPidNamespace }, (tree) => {
      if (mark !== undefined) tree.write(mark, '');
    });
    expect(hit?.split(' ')[1]).toBe(outcome);
  });

  it('knows that lxcfs fakes the figures of the machine', () => {
    expect(find('lxcfs', { lxcfs: true })).toBe('bad faked');
    expect(find('lxcfs')).toBe('good no');
  });

  it('knows whether there are descriptors for all', () => {
    expect(find('descriptors')).toBe('good enough 5 of 5');
    expect(find('descriptors', {}, undefined, { processes: 5, descriptors: 4 })).toBe('note tight 4 of 5');
  });

  it('finds what it can on this machine', { timeout: 30_000 }, async () => {
    await startStillCrowd();
    const opened = Sampler.open(HOST_FILES, SYSTEM_CLOCK);
    if (!opened.ok) throw new Error(opened.error.code);
    const sampled = opened.value.sample(EVERYTHING);
    if (!sampled.ok) throw new Error(sampled.error.code);
    const { findings } = examine(sampled.value, { files: HOST_FILES, kept: opened.value.kept });
    opened.value.close();
    expect(findings.find(({ check }) => check === 'kernel')?.value).toBe(sampled.value.host.release);
    expect(findings.find(({ check }) => check === 'formula')?.outcome).toBe('confirmed');
  });
});
