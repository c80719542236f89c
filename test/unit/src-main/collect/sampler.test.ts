// Over 300 lines: cases of one subject, which share what stands at the top.
import { readdirSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { oomScore } from '#shared/kernel/badness/oom-score.ts';
import { SYSTEM_CLOCK } from '../../../../src-main/collect/clock.ts';
import { Sampler } from '../../../../src-main/collect/sampler.ts';
import { HOST_FILES } from '../../../../src-main/proc/kernel-files.ts';
import {
  holdStill,
  procFile,
  setAdj,
  startNodeEater,
  startSleep,
  startStillCrowd,
} from '../../../helpers/processes/process-children.ts';
import {
  crowd,
  EVERYTHING,
  FakeClock,
  IDLE,
  processIn,
  sampledTree,
  testTree,
} from '../../../helpers/processes/process-sampler.ts';
import { type FakeProcess } from '../../../helpers/proc-tree.ts';

const MIB = 2 ** 20;

/** The files below a folder that this process holds open. */
function openBelow(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(`${folder}/`) ? [path] : [];
    } catch {
      // The descriptor of the listing itself.
      return [];
    }
  });
}

describe('Sampler.open', () => {
  it('fails where there is no /proc', () => {
    const tree = testTree();
    tree.remove('/proc');
    expect(Sampler.open(tree, new FakeClock())).toMatchObject({
      ok: false,
      error: { code: 'proc-unreadable' },
    });
  });

  it.for([
    { limit: 258, kept: 2 },
    { limit: 256, kept: 0 },
    { limit: 20, kept: 0 },
    { limit: 100_000, kept: 5 },
  ])('keeps no more descriptors than a limit of $limit open files leaves', ({ limit, kept }) => {
    const { tree, sampler, sample } = sampledTree({ openFilesLimit: limit, processes: crowd(5) });
    expect(sample().processes).toHaveLength(5);
    expect(sampler.kept).toEqual({ processes: 5, descriptors: kept });
    // Of the machine itself a few files are held open as well: where descriptors run out they are given up first.
    const open = openBelow(tree.proc);
    expect(open.filter((path) => /\/proc\/\d+\//.test(path))).toHaveLength(kept);
    expect(open.length - kept).toBeLessThanOrEqual(7);
    sampler.close();
    expect(openBelow(tree.proc)).toEqual([]);
  });
});

describe('Sampler', () => {
  it('gives one picture of a moment, processes in the order of birth', () => {
    const { clock, sample } = sampledTree({
      meminfo: { memTotalBytes: 8192 * MIB, swapTotalBytes: 1024 * MIB, swapFreeBytes: 1024 * MIB },
      sysctls: { 'vm.panic_on_oom': 2, 'vm.oom_kill_allocating_task': 1, 'vm.swappiness': 10 },
      users: { alice: 1000 },
      processes: [
        { pid: 30, startTicks: 100, uid: 1000 },
        { pid: 20, startTicks: 200 },
      ],
    });
    const snapshot = sample();
    expect(snapshot).toMatchObject({
      seq: 1,
      timeMs: clock.nowMs(),
      monotonicMs: clock.monotonicMs(),
      globalTotalPages: 9216 * 256,
      settings: { panicOnOom: 2, killAllocatingTask: true, swappiness: 10 },
      unreadableCount: 0,
    });
    expect(snapshot.processes.map(({ pid, user }) => [pid, user])).toEqual([
      [30, 'alice'],
      [20, '0'],
    ]);
    expect(sample().seq).toBe(2);
  });

  it('takes the kernel’s defaults for settings that cannot be read', () => {
    const { sample } = sampledTree({
      sysctls: {
        'vm.panic_on_oom': undefined,
        'vm.oom_kill_allocating_task': undefined,
        'vm.swappiness': 'much',
      },
    });
    expect(sample().settings).toEqual({ panicOnOom: 0, killAllocatingTask: false, swappiness: 60 });
  });

  it.for(['/proc/meminfo', '/proc/sys/kernel/hostname'])('survives the loss of %s', (path) => {
    const { tree, sampler, sample } = sampledTree({ processes: crowd(2) });
    sample();
    tree.remove(path);
    const sampled = sampler.sample(EVERYTHING);
    if (path !== '/proc/meminfo') expect(sampled.ok).toBe(true);
    else {
      expect(sampled).toMatchObject({
        ok: false,
        error: {
          code: 'proc-unreadable',
          facts: { what: 'file', path: `${tree.proc}/meminfo`, errno: 'ENOENT' },
        },
      });
      tree.setMeminfo({});
      expect(sample().processes).toHaveLength(2);
    }
  });

  it('answers with a failure while /proc cannot be listed, and goes on afterwards', () => {
    const { tree, sampler, sample } = sampledTree({ processes: crowd(1) });
    sample();
    const hidden = { ...tree, proc: `${tree.proc}/nowhere` };
    const blind = Sampler.open(tree, new FakeClock());
    if (!blind.ok) throw new Error(blind.error.code);
    expect(Sampler.open(hidden, new FakeClock())).toMatchObject({ ok: false });
    blind.value.close();
    expect(sampler.sample(EVERYTHING).ok).toBe(true);
  });

  it('says how many there are that it cannot read', () => {
    const { tree, sample } = sampledTree({ processes: crowd(3) }, 0);
    tree.breakFile('/proc/1001/status');
    expect(sample().unreadableCount).toBe(1);
    tree.breakFile('/proc/1002/oom_score');
    expect(sample().unreadableCount).toBe(2);
    tree.remove('/proc/1001');
    tree.remove('/proc/1002');
    expect(sample().unreadableCount).toBe(0);
  });

  it('leaves a process out that vanishes while it is read', () => {
    const { tree, sample } = sampledTree({ processes: crowd(3) });
    tree.remove('/proc/1001/status');
    expect(sample().processes.map(({ pid }) => pid)).toEqual([1000, 1002]);
    tree.removeProcess(1002);
    expect(sample().processes.map(({ pid }) => pid)).toEqual([1000]);
  });

  it('keeps the last figures of one that cannot be read any more and still has a score', () => {
    const { tree, sample } = sampledTree({ processes: [{ pid: 9, rssAnonPages: 700 }] });
    sample();
    tree.breakFile('/proc/9/status');
    expect(processIn(sample(), 9).memory?.rssAnonPages).toBe(700);
  });

  describe('learns from the kernel', () => {
    const sized = (count: number, more: Partial<FakeProcess> = {}): FakeProcess[] =>
      Array.from({ length: count }, (_, index) => ({
        pid: 100 + index,
        rssAnonPages: 30_000 * (index + 1),
        adj: index * 10,
        ...more,
      }));

    it('that the formula of its version holds', () => {
      const { sample } = sampledTree({ processes: sized(8) });
      expect(sample()).toMatchObject({ formulaEvidence: 'confirmed', rules: { formula: '5.9' } });
    });

    it('that a distribution brought in a newer formula', () => {
      const { sample } = sampledTree({
        sysctls: { 'kernel.osrelease': '4.18.0-553.el8.x86_64' },
        processes: sized(8),
      });
      expect(sample()).toMatchObject({
        formulaEvidence: 'behaviour',
        rules: { formula: '5.9', tie: 'last' },
      });
    });

    it('nothing from too few', () => {
      const { sample } = sampledTree({ processes: sized(3) });
      expect(sample().formulaEvidence).toBe('version');
    });

    it('that its scores fit nothing, and then believes no score', () => {
      const { sample } = sampledTree({ processes: sized(8, { oomScore: 0 }) });
      const snapshot = sample();
      expect(snapshot.formulaEvidence).toBe('contradicted');
      expect(snapshot.processes.filter(({ passedOver }) => passedOver === true)).toEqual([]);
    });

    it('except the process that it passes over for the moment', () => {
      const { sample } = sampledTree({
        processes: [
          ...sized(20),
          { pid: 500, rssAnonPages: 9000, oomScore: 0 },
          { pid: 501, adj: -1000, oomScore: 0 },
          { pid: 502, memory: 'none', oomScore: 0 },
          { pid: 503, kernelThread: true, oomScore: 0 },
          { pid: 504, adj: -999, rssAnonPages: 1, oomScore: 0 },
          { pid: 1, oomScore: 0 },
        ],
      });
      expect(
        sample()
          .processes.filter(({ passedOver }) => passedOver === true)
          .map(({ pid }) => pid),
      ).toEqual([500]);
    });

    it.for([
      { release: '6.18.1', lag: 32, counters: 'lagging' },
      { release: '6.18.1', lag: 0, counters: 'same' },
      { release: '6.1.0-30-amd64', lag: 0, counters: 'same' },
      { release: '7.1.0', lag: 0, counters: 'exact' },
    ])('which counters it adds up: $counters on $release', ({ release, lag, counters }) => {
      const processes = sized(8).map((process) => ({
        ...process,
        statRssPages: (process.rssAnonPages ?? 0) + 50 - lag,
      }));
      const { sample } = sampledTree({ sysctls: { 'kernel.osrelease': release }, processes });
      expect(sample().counters).toBe(counters);
    });
  });

  describe('knows the cgroups', () => {
    const spec = {
      cgroups: { '/box': { limitBytes: 64 * MIB, usageBytes: MIB }, '/idle': { limitBytes: 32 * MIB } },
      processes: [{ pid: 3000, cgroup: '/box/inner' }, { pid: 3001 }],
    };

    it('of all processes, and those above them', () => {
      const { sample } = sampledTree(spec);
      const { cgroups } = sample();
      expect([...cgroups.keys()].toSorted()).toEqual(['/box', '/box/inner']);
      expect(cgroups.get('/box')).toMatchObject({ limitBytes: 64 * MIB, totalPages: 64 * 256 });
    });

    it('that are looked at, also without a process', () => {
      const { sample } = sampledTree(spec);
      expect(sample({ ...IDLE, scopes: ['/idle'] }).cgroups.get('/idle')?.limitBytes).toBe(32 * MIB);
    });

    it('again every ten seconds', () => {
      const { tree, sample } = sampledTree(spec);
      sample(IDLE);
      tree.setCgroup('/box', { limitBytes: 48 * MIB });
      expect(sample(IDLE).cgroups.get('/box')?.limitBytes).toBe(64 * MIB);
      // Each is a second after the last one; the limit was read first in the one before that.
      for (let tick = 0; tick < 8; tick++) sample(IDLE);
      expect(sample(IDLE).cgroups.get('/box')?.limitBytes).toBe(48 * MIB);
    });

    it('in every tick, the watched ones and those of a watched process', () => {
      const { tree, sample } = sampledTree(spec);
      sample(IDLE);
      tree.setCgroup('/box', { limitBytes: 48 * MIB });
      const watched = [{ pid: 3000, startTicks: 4000 }];
      expect(sample({ ...IDLE, watched }).cgroups.get('/box')?.limitBytes).toBe(48 * MIB);
      tree.setCgroup('/box', { limitBytes: 40 * MIB });
      expect(sample({ ...IDLE, scopes: ['/box'] }).cgroups.get('/box')?.limitBytes).toBe(40 * MIB);
    });

    it('and that one of them is gone', () => {
      const { tree, sample } = sampledTree(spec);
      const interest = { ...IDLE, scopes: ['/box'] };
      expect(sample(interest).cgroups.has('/box')).toBe(true);
      tree.removeProcess(3000);
      tree.removeCgroup('/box');
      const after = sample(interest);
      expect(after.cgroups.has('/box')).toBe(false);
      expect(after.scopeMembers.get('/box')).toEqual([]);
    });

    it('or that none exist', () => {
      const { sample } = sampledTree({ cgroupVersion: 'none', processes: crowd(1) });
      expect(sample({ ...IDLE, scopes: ['/box'] }).cgroups.size).toBe(0);
    });
  });

  it('numbers an address space that two share, and lets go of it when one is gone', () => {
    const { tree, sample } = sampledTree({ processes: [{ pid: 10 }, { pid: 20 }, { pid: 30 }] });
    const entry = new BigUint64Array(17);
    entry[16] = (1n << 63n) | (1n << 56n) | 0x777n;
    for (const pid of [10, 20]) {
      tree.write(`/proc/${pid}/maps`, '10000-11000 rw-p 00000000 00:00 0    [stack]\n');
      tree.write(`/proc/${pid}/pagemap`, new Uint8Array(entry.buffer));
    }
    expect(sample().processes.map(({ mm }) => mm)).toEqual([10, 10, undefined]);
    // Their figures are not read again as long as they do not change; they share all the same.
    const noPlaces = { ...IDLE, orderCount: 0 };
    for (let tick = 0; tick < 3; tick++)
      expect(sample(noPlaces).processes.map(({ mm }) => mm)).toEqual([10, 10, undefined]);
    tree.removeProcess(20);
    expect(sample().processes.map(({ mm }) => mm)).toEqual([undefined, undefined]);
  });

  describe('on this machine', { timeout: 30_000 }, () => {
    it('has the figures of the kernel for known eaters, and misses them once they are dead', async () => {
      await startStillCrowd();
      const opened = Sampler.open(HOST_FILES, SYSTEM_CLOCK);
      if (!opened.ok) throw new Error(opened.error.code);
      const sampler = opened.value;
      const [eater, sleeper] = await Promise.all([startNodeEater(48), startSleep()]);
      setAdj(eater.pid, 700);
      setAdj(sleeper.pid, 300);
      await Promise.all([eater, sleeper].map(({ pid }) => holdStill(pid)));
      const sampled = sampler.sample(IDLE);
      if (!sampled.ok) throw new Error(sampled.error.code);
      const snapshot = sampled.value;
      expect(snapshot.formulaEvidence).toBe('confirmed');
      for (const { pid } of [eater, sleeper]) {
        const process = processIn(snapshot, pid);
        const { memory, oomScoreAdj } = process;
        if (memory === undefined) throw new Error(`no memory in ${pid}`);
        const printed = Number(procFile(pid, 'oom_score'));
        const computed = oomScore(
          snapshot.rules.formula,
          { ...memory, oomScoreAdj },
          snapshot.globalTotalPages,
        );
        expect(Math.abs(printed - computed)).toBeLessThanOrEqual(1);
        expect(process.oomScore).toBe(printed);
      }
      await eater.kill();
      const after = sampler.sample(IDLE);
      if (!after.ok) throw new Error(after.error.code);
      expect(after.value.processes.map(({ pid }) => pid)).not.toContain(eater.pid);
      expect(processIn(after.value, sleeper.pid).oomScoreAdj).toBe(300);
      sampler.close();
    });
  });
});
