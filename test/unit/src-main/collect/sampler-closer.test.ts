import { describe, expect, it } from 'vitest';
import {
  crowd,
  EVERYTHING,
  IDLE,
  processIn,
  sampledTree,
} from '../../../helpers/processes/process-sampler.ts';
import { type FakeProcess } from '../../../helpers/proc-tree.ts';

const MIB = 2 ** 20;

describe('Sampler, looking closer only where it matters', () => {
  const front: FakeProcess = { pid: 50, oomScore: 900, rssAnonPages: 10 };

  it('reads all processes when asked to', () => {
    const { tree, sample } = sampledTree({ processes: crowd(30) });
    sample();
    for (const process of crowd(30)) tree.setProcess({ ...process, rssAnonPages: 4321 });
    expect(sample(EVERYTHING).processes.map(({ memory }) => memory?.rssAnonPages)).toEqual(
      Array.from({ length: 30 }, () => 4321),
    );
  });

  it('reads the front in every tick', () => {
    const { tree, sample } = sampledTree({ processes: [front, ...crowd(40)] });
    sample(IDLE);
    tree.setProcess({ ...front, rssAnonPages: 11 });
    expect(processIn(sample(IDLE), 50).memory?.rssAnonPages).toBe(11);
    tree.setProcess({ ...front, rssAnonPages: 12, adj: 7 });
    expect(processIn(sample(IDLE), 50)).toMatchObject({ oomScoreAdj: 7, memory: { rssAnonPages: 12 } });
  });

  it('reads all of the front in every tick with a connected client', () => {
    const { tree, sample } = sampledTree({ processes: [front, ...crowd(40)] });
    const looking = { ...IDLE, glance: false };
    sample(looking);
    for (const swapPages of [1, 2, 3, 4, 5]) {
      tree.setProcess({ ...front, swapPages });
      expect(processIn(sample(looking), 50).memory?.swapPages).toBe(swapPages);
    }
  });

  it('reads the front where its size or score has changed, without a client', () => {
    const { tree, sample } = sampledTree({ processes: [front, ...crowd(40)] });
    sample(IDLE);
    tree.setProcess({ ...front, rssAnonPages: 11 });
    expect(processIn(sample(IDLE), 50).memory?.rssAnonPages).toBe(11);
    tree.setProcess({ ...front, rssAnonPages: 11, oomScore: 901, adj: 7 });
    expect(processIn(sample(IDLE), 50).oomScoreAdj).toBe(7);
    tree.setProcess({ ...front, rssAnonPages: 12, oomScore: 901, adj: 8 });
    expect(processIn(sample(IDLE), 50)).toMatchObject({ oomScoreAdj: 8, memory: { rssAnonPages: 12 } });
  });

  it('sees all else of the front within eight ticks, without a client', () => {
    const { tree, sample } = sampledTree({ processes: [front, ...crowd(40)] });
    for (let tick = 0; tick < 8; tick++) sample(IDLE);
    tree.setProcess({ ...front, swapPages: 9 });
    const seen = Array.from({ length: 8 }, () => processIn(sample(IDLE), 50).memory?.swapPages);
    expect(seen).toEqual([0, 0, 0, 0, 0, 0, 0, 9]);
  });

  it('reads the front where its adjustment has changed, though the score shows no step of it', () => {
    const { tree, sample } = sampledTree({ processes: [front, ...crowd(40)] });
    for (let tick = 0; tick < 3; tick++) sample(IDLE);
    tree.setProcess({ ...front, adj: 1 });
    expect(processIn(sample(IDLE), 50).oomScoreAdj).toBe(1);
  });

  it('reads the front where the kernel’s own figure has changed, though the sum that status and statm show has not', () => {
    const { tree, sample } = sampledTree({ processes: [front, ...crowd(40)] });
    for (let tick = 0; tick < 3; tick++) sample(IDLE);
    tree.setProcess({ ...front, statRssPages: 55 });
    expect(processIn(sample(IDLE), 50).memory?.rssPages).toBe(55);
  });

  it.for([
    { who: 'a client is connected', glance: false, ticks: 32 },
    { who: 'no client is connected', glance: true, ticks: 256 },
  ])(
    'sees within $ticks ticks that one of the front was moved to another cgroup, where $who',
    ({ glance, ticks }) => {
      const cgroups = { '/a': {}, '/b': {} };
      // A slow round of these takes 200 ticks, and only the fourth reads the cgroup.
      const { tree, sample } = sampledTree({
        cgroups,
        processes: [{ ...front, cgroup: '/a' }, ...crowd(400)],
      });
      const interest = { ...IDLE, glance };
      for (let tick = 0; tick < 3; tick++) sample(interest);
      tree.setProcess({ ...front, cgroup: '/b' });
      for (let tick = 1; tick < ticks; tick++) sample(interest);
      expect(processIn(sample(interest), 50).cgroup).toBe('/b');
    },
  );

  it('sees in the slow round that one of the front was moved to another cgroup', () => {
    const { tree, sample } = sampledTree({
      cgroups: { '/a': {}, '/b': {} },
      processes: [{ ...front, cgroup: '/a' }, ...crowd(4)],
    });
    const looking = { ...IDLE, glance: false };
    sample(looking);
    tree.setProcess({ ...front, cgroup: '/b' });
    for (let tick = 0; tick < 30; tick++) sample(looking);
    expect(processIn(sample(looking), 50).cgroup).toBe('/b');
  });

  it('reads a dead leader of the front in every tick: its own files say nothing of its threads', () => {
    const leader: FakeProcess = { pid: 50, oomScore: 900, memory: 'none' };
    const withThread = (rssAnonPages: number) => ({ ...leader, otherThreads: [{ tid: 51, rssAnonPages }] });
    const { tree, sample } = sampledTree({ processes: [withThread(10), ...crowd(40)] });
    for (const pages of [20, 30, 40, 50, 60]) {
      tree.setProcess(withThread(pages));
      expect(processIn(sample(IDLE), 50).memory?.rssAnonPages).toBe(pages);
    }
  });

  it('reads what is watched in every tick, and what is not in a slow round', () => {
    const low: FakeProcess[] = crowd(40, 2000).map((process) => ({ ...process, oomScore: 300 }));
    const { tree, sample } = sampledTree({ processes: [...crowd(20), ...low] });
    sample(IDLE);
    for (const process of low) tree.setProcess({ ...process, rssAnonPages: 4321 });
    const watched = [{ pid: 2030, startTicks: 3030 }];
    const read = (snapshot: ReturnType<typeof sample>) =>
      snapshot.processes.filter(({ memory }) => memory?.rssAnonPages === 4321).map(({ pid }) => pid);
    const first = read(sample({ ...IDLE, watched }));
    expect(first).toContain(2030);
    expect(first.length).toBeLessThan(10);
    for (let tick = 0; tick < 300; tick++) sample(IDLE);
    expect(read(sample(IDLE))).toHaveLength(40);
  });

  it('reads the members of a watched cgroup in every tick', () => {
    const inside: FakeProcess = { pid: 3000, oomScore: 5, cgroup: '/box' };
    const { tree, sample } = sampledTree({
      cgroups: { '/box': { limitBytes: 64 * MIB } },
      processes: [...crowd(30), inside],
    });
    const interest = { ...IDLE, scopes: ['/box'] };
    expect(sample(interest).scopeMembers.get('/box')).toEqual([3000]);
    tree.setProcess({ ...inside, rssAnonPages: 77 });
    expect(processIn(sample(interest), 3000).memory?.rssAnonPages).toBe(77);
  });

  it('sees at the edge whose size changed', () => {
    const { tree, sample } = sampledTree({ processes: crowd(60) });
    sample(IDLE);
    tree.setProcess({ pid: 1030, oomScore: 666, rssAnonPages: 5000 });
    expect(processIn(sample(IDLE), 1030).memory?.rssAnonPages).toBe(5000);
  });

  it('asks the many at the edge by turns where the first place does not hang on it', () => {
    const { tree, sample } = sampledTree({ processes: [front, ...crowd(60)] });
    sample(IDLE);
    for (const process of crowd(60)) tree.setProcess({ ...process, rssAnonPages: 5000 });
    const read = () => sample(IDLE).processes.filter(({ memory }) => memory?.rssAnonPages === 5000).length;
    const first = read();
    expect(first).toBeGreaterThanOrEqual(32);
    expect(first).toBeLessThan(60);
    expect(read()).toBe(60);
  });

  it('sees a changed adjustment at the edge, though the size did not change', () => {
    const { tree, sample } = sampledTree({ processes: crowd(40) });
    sample(IDLE);
    sample(IDLE);
    tree.setProcess({ pid: 1030, oomScore: 665, adj: -2 });
    expect(processIn(sample(IDLE), 1030).oomScoreAdj).toBe(-2);
  });

  it('reads a new process again, which was another program before its exec', () => {
    const { tree, sample } = sampledTree({ processes: crowd(30) });
    sample(IDLE);
    tree.setProcess({ pid: 9000, oomScore: 5, name: 'sh', cmdline: ['sh', '-c', 'exec server'] });
    expect(processIn(sample(IDLE), 9000).name).toBe('sh');
    tree.setProcess({ pid: 9000, oomScore: 5, name: 'server', cmdline: ['server'] });
    expect(processIn(sample(IDLE), 9000)).toMatchObject({ name: 'server', command: 'server' });
  });

  it('shows the present score of those that it did not look at', () => {
    const low: FakeProcess = { pid: 4000, oomScore: 100 };
    const { tree, sample } = sampledTree({ processes: [...crowd(30), low] });
    sample(IDLE);
    tree.setProcess({ ...low, oomScore: 101 });
    expect(processIn(sample(IDLE), 4000).oomScore).toBe(101);
  });
});
