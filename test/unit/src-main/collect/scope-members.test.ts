import { describe, expect, it } from 'vitest';
import { readHostFacts } from '../../../../src-main/collect/machine/host-facts.ts';
import { type ObservedProcess } from '../../../../src-main/collect/processes/observed-process.ts';
import { ScopeMembers, scopeMembers } from '../../../../src-main/collect/scope-members.ts';
import { sampledTree, testTree } from '../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../helpers/proc-tree.ts';

function machine(spec: ProcTreeSpec) {
  const tree = testTree(spec);
  const facts = readHostFacts(tree);
  if (!facts.ok) throw new Error(facts.error.code);
  return { tree, host: facts.value };
}

describe('scopeMembers', () => {
  it.for([1, 2] as const)('has parents before children in v%s', (cgroupVersion) => {
    const { host } = machine({
      cgroupVersion,
      cgroups: { '/a': {}, '/a/z': {}, '/a/b': {}, '/a/z/deep': {} },
      processes: [
        { pid: 40, cgroup: '/a/b' },
        { pid: 10, cgroup: '/a/z/deep' },
        { pid: 30, cgroup: '/a/z' },
        { pid: 20, cgroup: '/a' },
        { pid: 50, cgroup: '/elsewhere' },
      ],
    });
    expect(scopeMembers(host, '/a').toSorted((a, b) => a - b)).toEqual([10, 20, 30, 40]);
    expect(scopeMembers(host, '/a')[0]).toBe(20);
    expect(scopeMembers(host, '/a/z')).toEqual([30, 10]);
  });

  it('passes over processes that have no pid here', () => {
    const { tree, host } = machine({ cgroups: { '/a': {} } });
    tree.write('/sys/fs/cgroup/a/cgroup.procs', '0\n12\n0\n');
    expect(scopeMembers(host, '/a')).toEqual([12]);
  });

  it('has those below a cgroup whose own list cannot be read, as in threaded ones', () => {
    const { tree, host } = machine({
      cgroups: { '/a': {}, '/a/b': {} },
      processes: [{ pid: 12, cgroup: '/a/b' }],
    });
    tree.breakFile('/sys/fs/cgroup/a/cgroup.procs');
    expect(scopeMembers(host, '/a')).toEqual([12]);
  });

  it('is empty for what is no cgroup', () => {
    expect(scopeMembers(machine({}).host, '/nowhere')).toEqual([]);
    expect(scopeMembers(machine({}).host, '/../../etc')).toEqual([]);
    expect(scopeMembers(machine({ cgroupVersion: 'none' }).host, '/')).toEqual([]);
  });
});

describe('a scope with more cgroups and processes below it than a tick can read', () => {
  const MANY = 20;
  const pids = Array.from({ length: MANY }, (_, n) => 1000 + n);

  /** Each in a cgroup of its own, and each uses a page more than the one before. */
  function crowded() {
    const processes = pids.map((pid, n) => ({ pid, cgroup: `/box/${n}`, rssAnonPages: 10 + n, oomScore: 1 }));
    const cgroups = Object.fromEntries(
      ['/box', ...processes.map(({ cgroup }) => cgroup)].map((path) => [path, {}]),
    );
    const { sample, tree } = sampledTree({ cgroupVersion: 1, cgroups, processes });
    const { host, processes: seen } = sample();
    const known = new Map(seen.map((observed) => [observed.pid, { ...observed, observed }] as const));
    const scopes = new ScopeMembers({ listed: 8, read: 6 });
    const members = (newcomers: readonly ObservedProcess[] = []) =>
      scopes
        .refresh(
          host,
          ['/box'],
          newcomers.map((observed) => ({ ...observed, observed })),
        )
        .get('/box') ?? [];
    const toRead = () => scopes.toRead('/box', 1000, (pid) => known.get(pid)).map(({ pid }) => pid);
    return {
      tree,
      known,
      members,
      toRead,
      lookAround: () => {
        scopes.lookAround(host);
      },
    };
  }

  it('has all members read when it is shown first, and then a portion: half of it those that a kill would take first', () => {
    const { members, toRead } = crowded();
    expect(members()).toEqual(pids);
    expect(toRead()).toEqual(pids);
    members();
    expect(toRead()).toEqual([1019, 1018, 1017, 1016, 1015, 1014]);
    expect(toRead()).toEqual([1019, 1018, 1017, 1013, 1012, 1011]);
    const inTurn = Array.from({ length: 4 }, () => toRead().slice(3)).flat();
    expect(inTurn.slice(0, 11).toSorted((a, b) => b - a)).toEqual([...pids].reverse().slice(9));
  });

  it('counts the adjustment among what a kill goes by, as a part of the memory of this scope', () => {
    const { known, members, toRead } = crowded();
    members();
    members();
    const adjusted = known.get(1000);
    if (adjusted === undefined) throw new Error('1000 is unknown');
    known.set(1000, { ...adjusted, observed: { ...adjusted.observed, oomScoreAdj: 15 } });
    expect(toRead()[0]).toBe(1019);
    known.set(1000, { ...adjusted, observed: { ...adjusted.observed, oomScoreAdj: 25 } });
    expect(toRead()[0]).toBe(1000);
  });

  it('has those read before others whose score says that they have changed', () => {
    const { known, members, toRead } = crowded();
    members();
    members();
    const changed = known.get(1005);
    if (changed === undefined) throw new Error('1005 is unknown');
    known.set(1005, { ...changed, oomScore: 2 });
    expect(toRead()).toEqual([1019, 1018, 1017, 1005, 1016, 1015]);
  });

  it('is listed in portions: one that moves out is seen when the list has come round', () => {
    const { tree, members, lookAround } = crowded();
    members();
    tree.setProcess({ pid: 1019, cgroup: '/elsewhere' });
    for (let portion = 0; portion < 2; portion++) lookAround();
    expect(members()).toContain(1019);
    lookAround();
    expect(members()).toEqual(pids.slice(0, -1));
  });

  it('has a newcomer among its members at once, and not one that has the pid of a member and is elsewhere', () => {
    const { known, members } = crowded();
    members();
    const observed = known.get(1000)?.observed;
    if (observed === undefined) throw new Error('1000 is unknown');
    const newcomers = [
      { ...observed, pid: 1500, cgroup: '/box/3' },
      { ...observed, pid: 1001, cgroup: '/elsewhere' },
    ];
    expect(members(newcomers)).toEqual([...pids.filter((pid) => pid !== 1001), 1500]);
  });
});
