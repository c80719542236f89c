// Over 300 lines: cases of one subject, which share what stands at the top.
import { describe, expect, it } from 'vitest';
import { FRAME_SCOPES, type View } from '#shared/contract/watch.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { INTERVALS, intervalsFor } from '../../../../../src-main/engine/watch/clock/interval.ts';

import { scopes as monitorScopes } from '../../../../../src-main/engine/watch/subscribe.ts';
import { IN_BOX, MACHINE, monitored, pidsOf, VIEW } from '../../../../helpers/monitored.ts';

const MIB = 2 ** 20;

describe('Monitor', () => {
  it('reads at once, and then again and again', () => {
    const { monitor, delays, next } = monitored();
    expect(monitor.start()).toMatchObject({ ok: true, value: { seq: 1 } });
    next();
    next();
    expect(monitor.snapshot()).toMatchObject({ ok: true, value: { seq: 3 } });
    expect(delays).toEqual([INTERVALS.idleMs, INTERVALS.idleMs, INTERVALS.idleMs]);
  });

  it('shows a kill at once to a connected client, and samples faster for a while', () => {
    const { tree, monitor, delays, next, soon, client } = monitored();
    monitor.start();
    const { frames, client: someone } = client();
    monitor.watch(someone, VIEW);
    soon();
    expect(frames).toHaveLength(0);
    tree.removeProcess(10);
    tree.write('/proc/vmstat', 'pgmajfault 0\noom_kill 1\n');
    soon();
    expect(pidsOf(frames[0])).toEqual([20, 30]);
    expect(frames[0]?.memory.oomKills).toBe(1);
    expect(delays.at(-1)).toBe(INTERVALS.pressureMs);
    soon();
    expect(frames).toHaveLength(1);
    for (let tick = 0; tick < 8; tick += 1) next();
    expect(delays.at(-1)).toBe(INTERVALS.watchedMs);
  });

  it('shows the end of a victim as soon as it has ended, which may be a while after the kill', () => {
    const { tree, monitor, soon, client } = monitored();
    monitor.start();
    const { frames, client: someone } = client();
    monitor.watch(someone, VIEW);
    tree.removeProcess(30);
    soon();
    expect(frames).toHaveLength(0);
    tree.write('/proc/vmstat', 'pgmajfault 0\noom_kill 1\n');
    soon();
    expect(pidsOf(frames[0])).toEqual([10, 20]);
    soon();
    expect(frames).toHaveLength(1);
    tree.removeProcess(10);
    soon();
    expect(pidsOf(frames[1])).toEqual([20]);
    soon();
    expect(frames).toHaveLength(2);
  });

  it('polls for kills only while a client is connected', () => {
    const { monitor, isChecking, client } = monitored();
    monitor.start();
    expect(isChecking()).toBe(false);
    const [first, second] = [client().client, client().client];
    monitor.watch(first, VIEW);
    monitor.watch(second, VIEW);
    monitor.unwatch(first);
    expect(isChecking()).toBe(true);
    monitor.unwatch(second);
    expect(isChecking()).toBe(false);
    monitor.watch(first, VIEW);
    expect(isChecking()).toBe(true);
    monitor.stop();
    expect(isChecking()).toBe(false);
  });

  it('samples faster with a client, and faster still when memory is short', () => {
    const { tree, monitor, delays, next, client } = monitored();
    monitor.start();
    monitor.watch(client().client, VIEW);
    expect(delays).toEqual([INTERVALS.idleMs, INTERVALS.watchedMs]);
    tree.setMeminfo({ memAvailableBytes: 100 * MIB });
    next();
    expect(delays.at(-1)).toBe(INTERVALS.pressureMs);
    tree.setMeminfo({ memAvailableBytes: 6000 * MIB });
    next();
    expect(delays.at(-1)).toBe(INTERVALS.watchedMs);
  });

  it('samples at the chosen interval from then on', () => {
    const { monitor, delays, next, client, isPlanned } = monitored();
    monitor.start();
    monitor.watch(client().client, VIEW);
    monitor.setIntervals(intervalsFor(5000));
    next();
    expect(delays.slice(-2)).toEqual([5000, 5000]);
    monitor.stop();
    monitor.setIntervals(INTERVALS);
    expect(isPlanned()).toBe(false);
  });

  it('slows down when the last one looks away', () => {
    const { monitor, delays, next, client } = monitored();
    monitor.start();
    const { client: only, frames } = client();
    monitor.watch(only, VIEW);
    monitor.unwatch(only);
    next();
    expect(delays.at(-1)).toBe(INTERVALS.idleMs);
    expect(frames).toEqual([]);
  });

  it('stops for good', () => {
    const { monitor, isPlanned, sampler } = monitored();
    monitor.start();
    expect(isPlanned()).toBe(true);
    monitor.stop();
    expect(isPlanned()).toBe(false);
    expect(sampler.kept).toEqual({ processes: 0, descriptors: 0 });
  });

  it('answers a client with the present frame, and sends the following ones', () => {
    const { tree, monitor, next, client } = monitored();
    monitor.start();
    const { client: looking, frames } = client();
    const answer = monitor.watch(looking, VIEW);
    expect(answer).toMatchObject({
      ok: true,
      value: {
        seq: 1,
        intervalMs: INTERVALS.idleMs,
        processCount: 3,
        order: { scope: GLOBAL_SCOPE, eligibleCount: 3 },
        troubles: [],
      },
    });
    expect(frames).toEqual([]);
    tree.removeProcess(10);
    next();
    expect(frames.map(({ seq, processCount }) => [seq, processCount])).toEqual([[2, 2]]);
    expect(pidsOf(frames[0])).toEqual([20, 30]);
  });

  it('reads first when it has not been started', () => {
    const { monitor, client, isPlanned } = monitored();
    expect(monitor.watch(client().client, VIEW).ok).toBe(true);
    expect(isPlanned()).toBe(false);
  });

  it('gives each client its view', () => {
    const { monitor, next, client } = monitored();
    monitor.start();
    const all = client();
    const one = client();
    const box = client();
    monitor.watch(all.client, VIEW);
    monitor.watch(one.client, { ...VIEW, orderCount: 1 });
    monitor.watch(box.client, IN_BOX);
    next();
    expect(pidsOf(all.frames.at(-1))).toEqual([10, 20, 30]);
    expect(pidsOf(one.frames.at(-1))).toEqual([10]);
    expect(pidsOf(box.frames.at(-1))).toEqual([20, 30]);
    expect(box.frames.at(-1)?.order.totalPages).toBe(64 * 256);
  });

  it('reads the members of a cgroup at once when a client begins to watch it', () => {
    const { monitor, client } = monitored();
    monitor.start();
    const { client: looking, frames } = client(IN_BOX);
    const answer = monitor.watch(looking, IN_BOX);
    expect(answer.ok && pidsOf(answer.value)).toEqual([20, 30]);
    expect(answer.ok && answer.value.seq).toBe(2);
    expect(frames).toEqual([]);
  });

  it.for([
    { what: 'does not exist', path: '/nope', code: 'scope-unknown' },
    { what: 'has no limit', path: '/box/inner', code: 'scope-unlimited' },
  ])('refuses a scope that $what, and sends nothing', ({ path, code }) => {
    const { monitor, next, client } = monitored();
    monitor.start();
    const { client: looking, frames } = client();
    expect(monitor.watch(looking, { ...VIEW, scope: { kind: 'cgroup', path } })).toMatchObject({
      ok: false,
      error: { code },
    });
    next();
    expect(frames).toEqual([]);
  });

  it('leaves a client whose request is refused with its view', () => {
    const { monitor, next, client } = monitored();
    monitor.start();
    const { client: looking, frames } = client();
    monitor.watch(looking, IN_BOX);
    monitor.watch(looking, { ...VIEW, scope: { kind: 'cgroup', path: '/nope' } });
    expect(frames).toEqual([]);
    next();
    expect(frames).toHaveLength(1);
    expect(frames[0]).toMatchObject({ order: { scope: IN_BOX.scope }, troubles: [] });
  });

  it('shows the whole machine with the reason when a cgroup vanishes, and the cgroup when it is back', () => {
    const { tree, monitor, next, client } = monitored();
    monitor.start();
    const { client: looking, frames } = client();
    monitor.watch(looking, IN_BOX);
    for (const pid of [20, 30]) tree.removeProcess(pid);
    for (const path of ['/box/inner', '/box']) tree.removeCgroup(path);
    next();
    expect(frames[0]?.order.scope).toEqual(GLOBAL_SCOPE);
    expect(frames[0]?.troubles).toMatchObject([{ kind: 'failed', failure: { code: 'scope-unknown' } }]);
    tree.setCgroup('/box', { limitBytes: 32 * MIB });
    next();
    expect(frames[1]?.order).toMatchObject({ scope: IN_BOX.scope, totalPages: 32 * 256, entries: [] });
    expect(frames[1]?.troubles).toEqual([]);
  });

  it('sends the last frame again with what went wrong, and goes on when it is over', () => {
    const { tree, monitor, next, client } = monitored();
    monitor.start();
    const { client: looking, frames } = client();
    monitor.watch(looking, VIEW);
    tree.remove('/proc/meminfo');
    next();
    expect(frames[0]).toMatchObject({
      seq: 1,
      troubles: [
        {
          kind: 'failed',
          failure: { code: 'proc-unreadable', facts: { path: `${tree.proc}/meminfo`, errno: 'ENOENT' } },
        },
      ],
    });
    expect(pidsOf(frames[0])).toEqual([10, 20, 30]);
    tree.setMeminfo({});
    next();
    expect(frames[1]).toMatchObject({ seq: 3, troubles: [] });
  });

  it('fails as a value when it never could read', () => {
    const { tree, monitor, client, delays } = monitored();
    tree.remove('/proc/meminfo');
    expect(monitor.start()).toMatchObject({ ok: false, error: { code: 'proc-unreadable' } });
    const { client: looking } = client();
    expect(monitor.watch(looking, VIEW).ok).toBe(false);
    expect(monitor.snapshot().ok).toBe(false);
    expect(delays).toEqual([INTERVALS.watchedMs]);
    tree.setMeminfo({});
    expect(monitor.watch(looking, VIEW).ok).toBe(true);
  });

  it('says in a container that it sees only a part', () => {
    const { monitor, client } = monitored({ initialPidNamespace: false });
    monitor.start();
    const answer = monitor.watch(client().client, VIEW);
    expect(answer.ok && answer.value.troubles).toEqual([{ kind: 'out-of-sight', by: 'pid-namespace' }]);
  });

  it('lists the cgroups with a limit and processes, the fullest first', () => {
    const { monitor, client } = monitored({
      cgroups: {
        '/box': { limitBytes: 64 * MIB, usageBytes: 32 * MIB },
        '/big': { limitBytes: 512 * MIB, usageBytes: 500 * MIB, inactiveFileBytes: 400 * MIB },
        '/empty': { limitBytes: MIB },
      },
    });
    monitor.start();
    const answer = monitor.watch(client().client, VIEW);
    expect(answer.ok && answer.value.scopes).toEqual([
      {
        path: '/box',
        label: 'box',
        usageBytes: 32 * MIB,
        limitBytes: 64 * MIB,
        headroom: {
          ...{ headroomBytes: 32 * MIB, comfortableBytes: 32 * MIB, uncertainBytes: 0 },
          ...{ reclaimableBytes: 0, swapBytes: 0 },
        },
        oomGroup: false,
        processCount: 2,
        steadySeconds: 0,
      },
      expect.objectContaining({ path: '/big', processCount: 1 }),
    ]);
  });

  it('lists in a frame the fullest cgroups only, and the one that is looked at', () => {
    const names = Array.from({ length: 500 }, (_, index) => `/pod-${index}`);
    const { monitor, client } = monitored({
      cgroups: Object.fromEntries(
        names.map((name, index) => [name, { limitBytes: 64 * MIB, usageBytes: 60 * MIB - 1024 * index }]),
      ),
      processes: names.map((cgroup, index) => ({ pid: 10 + index, name: 'pod', cgroup })),
    });
    monitor.start();
    const answer = monitor.watch(client().client, VIEW);
    if (!answer.ok) throw new Error(answer.error.code);
    const { scopes, scopeCount } = answer.value;
    expect(scopeCount).toBe(500);
    expect(scopes.map(({ path }) => path)).toEqual(names.slice(0, FRAME_SCOPES));
    expect(JSON.stringify(answer.value).length).toBeLessThan(24_000);
    const last: View = { ...VIEW, scope: { kind: 'cgroup', path: '/pod-499' } };
    const inLast = monitor.watch(client().client, last);
    expect(inLast.ok && inLast.value.scopes.map(({ path }) => path)).toEqual([
      ...names.slice(0, FRAME_SCOPES),
      '/pod-499',
    ]);
    const found = monitorScopes(
      { monitor, containers: { of: () => undefined, all: () => [], access: () => [] } },
      { query: ' POD-49', sort: 'fullness', from: 1, count: 3 },
    );
    expect(found).toMatchObject({ ok: true, value: { total: 11 } });
    expect(found.ok && found.value.scopes.map(({ path }) => path)).toEqual([
      '/pod-490',
      '/pod-491',
      '/pod-492',
    ]);
  }, 60_000);

  it('shows the requested rows, and reads them in every tick', () => {
    const { tree, monitor, next, client } = monitored();
    monitor.start();
    const { client: looking, frames } = client();
    const table = { query: 'small', sort: 'rank', descending: false, from: 0, count: 1 } as const;
    const answer = monitor.watch(looking, { ...VIEW, table });
    expect(answer.ok && answer.value.table).toMatchObject({ range: table, total: 2, rows: [{ pid: 20 }] });
    expect(looking.rows).toEqual([{ pid: 20, startTicks: 1020 }]);
    tree.setProcess({ pid: 20, name: 'small', rssAnonPages: 200, cgroup: '/box' });
    next();
    expect(frames[0]?.table?.rows[0]?.rssAnonPages).toBe(200);
  });

  it('shows the chosen process until it has ended, even when its pid is in use again', () => {
    const { tree, monitor, next, client } = monitored();
    monitor.start();
    const { client: looking, frames } = client();
    const answer = monitor.watch(looking, { ...VIEW, chosen: { pid: 20, startTicks: 1020 } });
    expect(answer.ok && answer.value.chosen).toMatchObject({
      process: { pid: 20, rank: 2 },
      chain: [{ path: '/box' }],
    });
    tree.removeProcess(20);
    tree.setProcess({ pid: 20, startTicks: 999_999, name: 'another' });
    next();
    expect(frames[0]?.chosen).toBe('gone');
  });

  it('follows the history of the front-runners, and of the chosen process', () => {
    const { monitor, clock, next, client } = monitored();
    monitor.start();
    for (let tick = 0; tick < 10; tick++) next();
    const { client: looking } = client();
    const answer = monitor.watch(looking, { ...VIEW, chosen: { pid: 10, startTicks: 1010 } });
    if (!answer.ok || typeof answer.value.chosen !== 'object') throw new Error('no process is chosen');
    const times = answer.value.chosen.history.map(({ timeMs }) => timeMs);
    expect(times).toHaveLength(2);
    expect(times.at(-1)).toBeLessThanOrEqual(clock.nowMs());
  });

  it('keeps the timeline, and marks a kill on it', () => {
    const { tree, monitor, next } = monitored();
    monitor.start();
    tree.write('/proc/vmstat', 'pgmajfault 1\noom_kill 1\n');
    next();
    next();
    expect(monitor.timelineSince(0).map(({ kills }) => kills)).toEqual([0, 1]);
  });

  it('knows other killers from the start', () => {
    const { monitor, client } = monitored({ processes: [{ pid: 5, name: 'systemd-oomd' }] });
    monitor.start();
    expect(monitor.killers.map(({ name }) => name)).toEqual(['systemd-oomd']);
    const answer = monitor.watch(client().client, VIEW);
    expect(answer.ok && answer.value.killers).toEqual(monitor.killers);
  });

  it('reads all processes closely when it is asked to', () => {
    const crowd = Array.from({ length: 60 }, (_, index) => ({ pid: 100 + index, oomScore: 300 }));
    const { tree, monitor } = monitored({ processes: [...(MACHINE.processes ?? []), ...crowd] });
    monitor.start();
    for (const process of crowd) tree.setProcess({ ...process, rssAnonPages: 4321 });
    const close = monitor.readEverything();
    if (!close.ok) throw new Error(close.error.code);
    const read = close.value.processes.filter(({ memory }) => memory?.rssAnonPages === 4321);
    expect(read).toHaveLength(60);
  });

  it('sends frames by the clock, however often one client asks for something', () => {
    const { monitor, next, client } = monitored();
    const heard: number[] = [];
    monitor.start();
    const [one, other] = [client(), client()];
    monitor.watch(one.client, VIEW);
    for (let time = 0; time < 50; time += 1) {
      expect(monitor.readEverything()).toMatchObject({ ok: true });
      heard.push(one.frames.length);
      monitor.watch(other.client, time % 2 === 0 ? VIEW : IN_BOX);
      monitor.unwatch(other.client);
    }
    expect(new Set(heard)).toEqual(new Set([0]));
    expect(other.frames).toEqual([]);
    next();
    expect(one.frames).toHaveLength(1);
  });

  it('shows a kill at once, also when a preview has read the count of kills first', () => {
    const { tree, monitor, soon, client } = monitored();
    monitor.start();
    const { frames, client: looking } = client();
    monitor.watch(looking, VIEW);
    tree.removeProcess(10);
    tree.write('/proc/vmstat', 'pgmajfault 0\noom_kill 1\n');
    monitor.readEverything();
    expect(frames).toEqual([]);
    soon();
    expect(pidsOf(frames[0])).toEqual([20, 30]);
  });
});
