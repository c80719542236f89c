import { describe, expect, it } from 'vitest';
import { containerWith } from '../../../../helpers/containers/container.ts';
import { CACHE, DB, groupsIn, MACHINE, MIB, sourcesOf } from './stage.ts';

describe('the groups of a machine', () => {
  it('are its containers, services and cgroups with a limit, by the names that people know', () => {
    const kinds = [...groupsIn()].map(([name, { kind }]) => `${kind} ${name}`).sort();
    expect(kinds).toEqual([
      'container ci-runner-1',
      'container shop-cache-1',
      'container shop-db-1',
      'service cron',
      'service postgresql',
    ]);
  });

  it('have memory against the limit with cache told apart, and the room until a kill', () => {
    const db = groupsIn().get('shop-db-1');
    expect(db).toMatchObject({ usageBytes: 241 * MIB, limitBytes: 256 * MIB, cacheBytes: 23 * MIB });
    // 256 - 241 + 23 that can be reclaimed; no swap is allowed.
    expect(db?.headroom?.headroomBytes).toBe(38 * MIB);
    expect(db?.end).toEqual({ kind: 'itself' });
  });

  it('name the victim inside and what it frees', () => {
    const victim = groupsIn().get('shop-db-1')?.victim;
    expect(victim).toMatchObject({ pid: 12, name: 'postgres' });
    expect(victim?.isMain).toBeUndefined();
    expect(victim?.freesBytes).toBeGreaterThanOrEqual(22_000 * 4096);
  });

  it('say the main process of a container, with which it ends', () => {
    const main = CACHE;
    const containers = [containerWith({ id: main, name: 'cache', mainPid: 20 })];
    expect(groupsIn(MACHINE, sourcesOf(containers)).get('cache')?.victim).toMatchObject({
      pid: 20,
      isMain: true,
    });
  });

  it('say that all inside is exempt, and name no victim', () => {
    const service = groupsIn().get('postgresql');
    expect(service).toMatchObject({ outcome: 'no-victim', high: { state: 'stalled' } });
    expect(service?.victim).toBeUndefined();
  });

  it('add the kills before the last restart to those of the cgroup', () => {
    expect(groupsIn().get('shop-cache-1')?.kills).toBe(4);
    expect(groupsIn().get('shop-db-1')?.kills).toBe(0);
    expect(groupsIn().get('ci-runner-1')?.restarts).toBe(2);
  });

  it('have no bar of anything without a limit: where memory ends for them is named', () => {
    const runner = groupsIn().get('ci-runner-1');
    expect(runner?.limitBytes).toBeUndefined();
    expect(runner?.headroom).toBeUndefined();
    expect(runner?.victim).toBeUndefined();
    expect(runner?.end?.kind).toBe('machine');
  });

  it('name the cgroup above that ends a container without a limit', () => {
    const path = `/shop.slice/docker-${DB}.scope`;
    const spec = {
      cgroups: {
        '/shop.slice': { limitBytes: 500 * MIB, usageBytes: 400 * MIB, swapLimitBytes: 0 },
        [path]: {},
      },
      processes: [{ pid: 9, name: 'db', rssAnonPages: 100, cgroup: path }],
    };
    const end = groupsIn(spec).get('shop-db-1')?.end;
    expect(end).toEqual({ kind: 'above', path: '/shop.slice', name: 'shop.slice', headroomBytes: 100 * MIB });
    expect(groupsIn(spec).get('shop.slice')?.kind).toBe('slice');
  });

  it('keep a container that has ended after a kill, not one that ended in peace', () => {
    const killed = containerWith({ id: '7'.repeat(64), name: 'worker', state: 'exited', killsBefore: 4 });
    const peaceful = containerWith({ id: '8'.repeat(64), name: 'once', state: 'exited' });
    const groups = groupsIn(MACHINE, sourcesOf([killed, peaceful]));
    expect(groups.get('worker')).toMatchObject({ kills: 4, processCount: 0 });
    expect(groups.get('worker')?.usageBytes).toBeUndefined();
    expect(groups.has('once')).toBe(false);
  });

  it('show the beginning of an id where no engine gives a name', () => {
    expect(groupsIn(MACHINE, sourcesOf([])).has(DB.slice(0, 12))).toBe(true);
  });

  it('count the kills below a container with cgroup v1, which counts them nowhere else', () => {
    const path = `/docker/${DB}`;
    const spec = {
      cgroupVersion: 1 as const,
      cgroups: { [path]: { limitBytes: 99 * MIB, oomKills: 1 }, [`${path}/inner`]: { oomKills: 2 } },
      processes: [{ pid: 9, name: 'db', rssAnonPages: 100, cgroup: `${path}/inner` }],
    };
    const db = groupsIn(spec).get('shop-db-1');
    expect(db?.kills).toBe(3);
    expect(db?.pressure).toBeUndefined();
  });

  it('call an application as its unit says, and a pod as its containers do', () => {
    const pod = '/kubepods.slice/kubepods-pod0a1b2c3d_0000_4000_8000_00000000000f.slice';
    const app = '/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-firefox-4321.scope';
    const inPod = `${pod}/cri-containerd-${DB}.scope`;
    const spec = {
      cgroups: { [app]: {}, [pod]: { limitBytes: 500 * MIB }, [inPod]: {} },
      processes: [
        { pid: 8, name: 'firefox', rssAnonPages: 100, cgroup: app },
        { pid: 9, name: 'db', rssAnonPages: 100, cgroup: inPod },
      ],
    };
    const container = containerWith({ id: DB, name: 'db', pod: { name: 'shop-7f', namespace: 'prod' } });
    const groups = groupsIn(spec, sourcesOf([container]));
    expect(groups.get('firefox')?.kind).toBe('app');
    expect(groups.get('shop-7f')?.kind).toBe('pod');
    expect(groupsIn(spec, sourcesOf([])).get('0a1b2c3d')?.kind).toBe('pod');
  });
});
