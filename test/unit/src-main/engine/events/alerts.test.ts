// Over 300 lines: cases of one subject, which share what stands at the top.
import { describe, expect, it } from 'vitest';
import { type Alert } from '#shared/model/alert.ts';
import { alertTitle } from '#shared/words/en/alerts.ts';
import { temporaryDir } from '../../../../helpers/web-client.ts';
import { GIB, watching } from './stage.ts';

const PAGE = 4096;
const MIB = 2 ** 20;

const kindsOf = (raised: readonly { readonly alert: Alert }[]) => raised.map(({ alert }) => alert.kind);

/** The journal is that of the user who runs this. */
const OWN = process.geteuid?.() ?? 0;

describe('memory against its thresholds', () => {
  it('is raised once when available memory falls below, with the next victim', () => {
    const { tick, available, alerts } = watching();
    expect(tick()).toEqual([]);
    available(0.9);
    expect(tick()).toEqual([
      {
        interrupts: true,
        alert: {
          kind: 'pressure',
          what: 'available',
          thresholdPercent: 10,
          availableBytes: 922 * 2 ** 20,
          totalBytes: 10 * GIB,
          waitingPercent: 0,
          next: expect.objectContaining({ pid: 10, name: 'big' }) as unknown,
        },
      },
    ]);
    expect(alerts.level).toBe('tight');
    expect(tick(3)).toEqual([]);
  });

  it('is critical at half of what is left at the threshold, and calm again a quarter behind it', () => {
    const { tick, available, alerts } = watching();
    const levels = [1.1, 0.9, 0.5, 0.4, 0.9, 1.1, 1.3, 1.4, 1.1].map((gib) => {
      available(gib);
      tick();
      return alerts.level;
    });
    expect(levels).toEqual([
      'calm',
      'tight',
      'critical',
      'critical',
      'tight',
      'tight',
      'tight',
      'calm',
      'calm',
    ]);
  });

  it('does not tell of trembling on the threshold, nor of the same again within ten minutes', () => {
    const { tick, available, clock } = watching();
    available(0.99);
    expect(kindsOf(tick())).toEqual(['pressure']);
    for (const gib of [1.01, 0.99, 1.2, 0.99]) {
      available(gib);
      expect(tick()).toEqual([]);
    }
    available(5);
    tick();
    clock.advance(9 * 60_000);
    available(0.5);
    expect(tick()).toEqual([]);
    available(5);
    tick();
    clock.advance(60_000);
    available(0.5);
    expect(kindsOf(tick())).toEqual(['pressure']);
  });

  it('tells of waiting tasks as a thing of its own', () => {
    const { tick, available, pressure, alerts } = watching();
    available(0.9);
    tick();
    pressure(20.01);
    expect(tick()).toMatchObject([
      { alert: { what: 'waiting', thresholdPercent: 20, waitingPercent: 20.01 } },
    ]);
    pressure(41);
    tick();
    expect(alerts.level).toBe('critical');
  });

  it('goes by the thresholds that people chose', () => {
    const { tick, available } = watching(
      {},
      { settings: { thresholds: { availablePercent: 50, pressurePercent: 90 } } },
    );
    available(4.9);
    expect(tick()).toMatchObject([{ alert: { what: 'available', thresholdPercent: 50 } }]);
  });

  it('says nothing of waiting where the kernel does not measure it', () => {
    const { tick, alerts } = watching({ pressure: 'missing' });
    expect(tick(2)).toEqual([]);
    expect(alerts.level).toBe('calm');
  });
});

describe('a kill', () => {
  it('was the first in the order, when that one ends as the kernel counts', () => {
    const { tree, tick, count } = watching();
    tick(2);
    tree.removeProcess(10);
    count();
    expect(tick()).toEqual([
      {
        interrupts: true,
        alert: {
          kind: 'kill',
          count: 1,
          witness: 'was-next',
          scope: { kind: 'global' },
          victims: [{ pid: 10, name: 'big', oomScoreAdj: 0, freedBytes: 9030 * PAGE, rank: 1 }],
        },
      },
    ]);
    expect(tick(5)).toEqual([]);
  });

  it('names the program of the victim, where its name hides that', () => {
    const node = { pid: 50, name: 'MainThread', cmdline: ['/usr/bin/node', 'a.js'], rssAnonPages: 20_000 };
    const { tree, tick, count } = watching({ processes: [node] });
    tick(2);
    tree.removeProcess(50);
    count();
    const [raised] = tick();
    expect(raised?.alert).toMatchObject({ victims: [{ name: 'MainThread', program: 'node' }] });
    expect(alertTitle(raised?.alert ?? expect.unreachable())).toBe(
      'The kernel killed MainThread (50 · node)',
    );
  });

  it('waits for the first one, which is exiting, and ignores others that end meanwhile', () => {
    const { tree, tick, count } = watching();
    tick(2);
    count();
    tree.removeProcess(30);
    expect(tick()).toEqual([]);
    tree.setProcess({ pid: 10, name: 'big', memory: 'none', state: 'Z' });
    expect(tick()).toMatchObject([{ alert: { witness: 'was-next', victims: [{ name: 'big' }] } }]);
  });

  it('was likely the heaviest of those that ended, when the first one lives on', () => {
    const { tree, tick, count } = watching();
    tick(2);
    count();
    tree.removeProcess(20);
    tree.removeProcess(30);
    expect(tick(3)).toEqual([]);
    expect(tick()).toMatchObject([{ alert: { witness: 'ended', victims: [{ name: 'middle', rank: 2 }] } }]);
  });

  it('finds one that ended between the two files of the reading before', () => {
    const { tree, tick, count } = watching();
    tick(2);
    tree.removeProcess(10);
    tick();
    count();
    expect(tick(4)).toMatchObject([{ alert: { witness: 'was-next', victims: [{ name: 'big' }] } }]);
  });

  it('says that it cannot know, when no process that was seen has ended', () => {
    const { tick, count } = watching();
    tick();
    count(2);
    expect(tick(3)).toEqual([]);
    expect(tick()).toMatchObject([{ alert: { kind: 'kill', count: 2, witness: 'unknown', victims: [] } }]);
  });

  it('is placed in the cgroup whose limit was reached, and only a process of it can have been the victim', () => {
    const { tree, tick, count } = watching();
    tick(2);
    count();
    tree.removeProcess(20);
    tree.removeProcess(40);
    tree.setCgroup('/box', { limitBytes: GIB, oomKills: 1 });
    expect(tick()).toMatchObject([
      {
        alert: {
          witness: 'was-next',
          scope: { kind: 'cgroup', path: '/box' },
          victims: [{ name: 'boxed', rank: 1 }],
        },
      },
    ]);
  });

  it('is taken from the kernel’s log where that is read', () => {
    const { tree, tick, count, records } = watching({}, { log: true });
    tick(2);
    count();
    tree.removeProcess(10);
    expect(tick()).toEqual([]);
    records.push(
      '6,900,88000000,-;oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=big,pid=10,uid=0\n',
      '3,901,88000100,-;Out of memory: Killed process 10 (big) total-vm:90000kB, anon-rss:36000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:120kB oom_score_adj:0\n',
    );
    expect(tick()).toMatchObject([
      {
        alert: {
          witness: 'kernel-log',
          scope: { kind: 'global' },
          victims: [{ pid: 10, name: 'big', freedBytes: 36_120 * 1024, rank: 1 }],
        },
      },
    ]);
  });

  it('does without the log when it stays silent', () => {
    const { tree, tick, count } = watching({}, { log: true });
    tick(2);
    count();
    tree.removeProcess(10);
    expect(tick(3)).toEqual([]);
    expect(tick()).toMatchObject([{ alert: { witness: 'was-next', victims: [{ name: 'big' }] } }]);
  });

  it('does not believe the pids of a log from inside a container', () => {
    const { tree, tick, count, records } = watching({ initialPidNamespace: false }, { log: true });
    tick(2);
    records.push(
      '3,901,88000100,-;Out of memory: Killed process 20 (other) total-vm:90000kB, anon-rss:36000kB, file-rss:0kB, shmem-rss:0kB\n',
    );
    count();
    tree.removeProcess(10);
    expect(tick()).toMatchObject([{ alert: { witness: 'was-next', victims: [{ pid: 10 }] } }]);
  });

  it('is recorded each time, and interrupts once in ten minutes for the same name', () => {
    const { tree, tick, count, page, clock } = watching();
    const kill = () => {
      tree.setProcess({ pid: 10, name: 'big', rssAnonPages: 9000 });
      tick(2);
      tree.removeProcess(10);
      count();
      return tick();
    };
    expect(kill()).toMatchObject([{ interrupts: true }]);
    expect(kill()).toMatchObject([{ interrupts: false }]);
    clock.advance(10 * 60_000);
    expect(kill()).toMatchObject([{ interrupts: true }]);
    expect(page()).toHaveLength(3);
  });

  it('that was there before the first reading is no news', () => {
    const { tick, count } = watching();
    count(7);
    expect(tick(5)).toEqual([]);
  });
});

describe('a protected process', () => {
  it('that is the next victim again is reported, and only when it becomes that', () => {
    const { tree, tick, protect } = watching();
    tick();
    protect(20);
    expect(tick(2)).toEqual([]);
    tree.removeProcess(10);
    expect(tick()).toMatchObject([
      {
        interrupts: true,
        alert: { kind: 'protected-next', process: { pid: 20 }, oomScoreAdj: 0, certain: true },
      },
    ]);
    expect(tick(3)).toEqual([]);
  });

  it('is also one of a unit whose value is kept, restarted or not', () => {
    const web = { name: 'web', rssAnonPages: 90_000, cgroup: '/system.slice/web.service' };
    const { tree, tick, protectUnit } = watching();
    tick();
    protectUnit('web.service');
    tree.setProcess({ ...web, pid: 77 });
    const raised = { kind: 'protected-next', process: { name: 'web' } };
    expect(tick()).toMatchObject([{ alert: { ...raised, process: { pid: 77 } } }]);
    tree.removeProcess(77);
    tree.setProcess({ ...web, pid: 78, cgroup: '/system.slice/other.service' });
    expect(tick(2)).toEqual([]);
  });

  it.for([
    ['system', '/system.slice/web.service', true],
    ['system', '/user.slice/user-1000.slice/user@1000.service/app.slice/web.service', false],
    ['user', `/user.slice/user-${OWN}.slice/user@${OWN}.service/app.slice/web.service`, true],
    ['user', '/user.slice/user-4242.slice/user@4242.service/app.slice/web.service', false],
    ['user', '/system.slice/web.service', false],
  ] as const)('of a unit of the %s manager is one in %s: %s', ([manager, cgroup, isReported]) => {
    const { tree, tick, protectUnit } = watching();
    tick();
    protectUnit('web.service', manager === 'user');
    tree.setProcess({ pid: 77, name: 'web', rssAnonPages: 90_000, cgroup });
    expect(kindsOf(tick())).toEqual(isReported ? ['protected-next'] : []);
  });

  it('is not next where the machine stops instead', () => {
    const { tick, protect } = watching({ sysctls: { 'vm.panic_on_oom': 1 } });
    protect(10);
    expect(tick(2)).toEqual([]);
  });
});

describe('what people chose', () => {
  it('keeps a kind from interrupting, and it is recorded all the same', () => {
    const { tick, available, page } = watching(
      {},
      {
        settings: {
          notifications: {
            pressure: false,
            forecast: true,
            kill: true,
            'protected-next': true,
            'itself-next': true,
          },
        },
      },
    );
    available(0.5);
    expect(tick()).toMatchObject([{ interrupts: false }]);
    expect(page()).toMatchObject([{ alert: { kind: 'pressure' } }]);
  });
});

describe('the record', () => {
  it('keeps a new Lifeboat from interrupting for what the one before has just reported', () => {
    const folder = temporaryDir();
    const first = watching({}, { folder });
    first.available(0.5);
    expect(first.tick()).toMatchObject([{ interrupts: true }]);
    first.close();
    const second = watching({}, { folder });
    second.available(0.5);
    expect(second.tick()).toEqual([]);
  });

  it('of a Lifeboat that cannot interrupt the user keeps no other from doing so', () => {
    const folder = temporaryDir();
    const page = watching({}, { folder, canInterrupt: false });
    page.available(0.5);
    expect(page.tick()).toMatchObject([{ interrupts: false }]);
    const desktop = watching({}, { folder });
    desktop.available(0.5);
    expect(desktop.tick()).toMatchObject([{ interrupts: true }]);
  });

  it('has a kill once, though two Lifeboats see it', () => {
    const folder = temporaryDir();
    for (const { tree, tick, count, page } of [watching({}, { folder }), watching({}, { folder })]) {
      tick(2);
      tree.removeProcess(10);
      count();
      expect(kindsOf(tick())).toEqual(['kill']);
      expect(page()).toHaveLength(1);
    }
  });

  it('that cannot be written is reported, and the alert goes on', () => {
    const { tick, available, troubles } = watching({}, { recordFails: true });
    available(0.5);
    expect(tick()).toMatchObject([{ interrupts: true, alert: { kind: 'pressure' } }]);
    expect(troubles).toEqual(['There is no journal. Changes are still made, but not recorded.']);
  });
});

describe('Lifeboat itself in a cgroup with a limit', () => {
  /** Lifeboat uses 80 MiB; what the cgroup charges is its part and the neighbour's. */
  const boxed = (limitMib: number, neighbourMib: number) =>
    watching(
      {
        cgroups: { '/box': { limitBytes: limitMib * MIB, usageBytes: (60 + neighbourMib) * MIB } },
        processes: [
          { pid: 10, name: 'big', rssAnonPages: 90_000 },
          { pid: 70, name: 'node', rssAnonPages: (80 * MIB) / PAGE, cgroup: '/box' },
          { pid: 71, name: 'neighbour', rssAnonPages: (neighbourMib * MIB) / PAGE, cgroup: '/box' },
        ],
      },
      { mainPid: 70 },
    );

  it('is raised once, at the start, where it is the next victim and little is free', () => {
    const { tick } = boxed(100, 10);
    const raised = tick();
    expect(raised.map(({ alert }) => alert)).toEqual([
      {
        kind: 'itself-next',
        process: { pid: 70, startTicks: expect.any(Number) as number, name: 'node' },
        path: '/box',
        limitBytes: 100 * MIB,
        headroomBytes: 30 * MIB,
      },
    ]);
    expect(raised.map(({ alert }) => alertTitle(alert))).toEqual([
      'Lifeboat itself is the next victim in box',
    ]);
    expect(tick(8)).toEqual([]);
  });

  it.for([
    { where: 'a neighbour uses more', limitMib: 200, neighbourMib: 100 },
    { where: 'a process that filled the cgroup would use more by then', limitMib: 400, neighbourMib: 10 },
  ])('is not raised where $where', ({ limitMib, neighbourMib }) => {
    expect(boxed(limitMib, neighbourMib).tick(5)).toEqual([]);
  });

  it('is raised as soon as it becomes so', () => {
    const { tree, tick } = boxed(200, 10);
    expect(tick(4)).toEqual([]);
    tree.setCgroup('/box', { limitBytes: 80 * MIB, usageBytes: 70 * MIB });
    expect(kindsOf(tick(24))).toEqual(['itself-next']);
  });
});
