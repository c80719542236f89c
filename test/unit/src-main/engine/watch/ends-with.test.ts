import { describe, expect, it } from 'vitest';
import { presumedFacts, type UnitFacts } from '#shared/killers/systemd.ts';
import { type Unit } from '#shared/model/unit.ts';
import { endsWith } from '../../../../../src-main/engine/watch/ends-with.ts';
import { KillWatch } from '../../../../../src-main/engine/events/kill-watch.ts';
import { sampledTree, snapshotOf } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

const WEB = '/system.slice/web.service';
const MINE = '/user.slice/user-1000.slice/user@1000.service/app.slice/mine.scope';
const SPEC: ProcTreeSpec = {
  cgroupVersion: 2,
  processes: [
    { pid: 20, name: 'web', rssAnonPages: 500, cgroup: WEB },
    { pid: 21, name: 'worker', rssAnonPages: 90_000, cgroup: `${WEB}/workers` },
    { pid: 22, name: 'worker', rssAnonPages: 400, cgroup: `${WEB}/workers` },
    { pid: 30, name: 'app', rssAnonPages: 300, cgroup: MINE },
    { pid: 31, name: 'tab', rssAnonPages: 300, cgroup: MINE },
    { pid: 40, name: 'web', rssAnonPages: 10, cgroup: '/system.slice/other.service' },
  ],
};
const ASKED: UnitFacts = {
  oomPolicy: 'stop',
  killMode: 'control-group',
  sendSigkill: true,
  mainPid: 20,
  presumed: false,
};

/** What is ended after these were killed: each unit with the pids. */
function ended(pids: readonly number[], facts: Partial<UnitFacts> | undefined, spec: ProcTreeSpec = SPEC) {
  const snapshot = snapshotOf(spec);
  const outdated: string[] = [];
  const of = (unit: Unit) => (facts === undefined ? presumedFacts(unit) : { ...ASKED, ...facts });
  const killed = snapshot.processes.filter(({ pid }) => pids.includes(pid));
  const found = endsWith(snapshot, killed, { of, outdated: ({ name }) => outdated.push(name) }).map(
    ({ unit, why, presumed, processes }) =>
      `${unit.manager} ${unit.name} ${why} ${processes.map(({ pid }) => pid).join()}${presumed ? '?' : ''}`,
  );
  return { found, outdated };
}

describe('what systemd ends after a kill', () => {
  it('is the rest of the unit, those in cgroups below it as well', () => {
    expect(ended([21], {}).found).toEqual(['system web.service oom-policy 20,22']);
  });

  it('is of the innermost unit of a user, and presumed where systemd was not asked', () => {
    expect(ended([30], undefined).found).toEqual(['user:1000 mine.scope oom-policy 31?']);
  });

  it('is nothing where the unit goes on, or its main process alone is ended', () => {
    expect(ended([21], { oomPolicy: 'continue' }).found).toEqual([]);
    expect(ended([21], { killMode: 'none' }).found).toEqual([]);
    expect(ended([21], { killMode: 'process' }).found).toEqual(['system web.service oom-policy 20']);
  });

  it('is the rest where the main process is the victim, whatever the policy', () => {
    expect(ended([20], { oomPolicy: 'continue' }).found).toEqual(['system web.service main-process 21,22']);
  });

  it('forgets a main process that is not in the unit any more', () => {
    const { found, outdated } = ended([21], { oomPolicy: 'continue', mainPid: 4711 });
    expect({ found, outdated }).toEqual({ found: [], outdated: ['web.service'] });
    expect(ended([21], { killMode: 'process', mainPid: 40 })).toEqual({
      found: [],
      outdated: ['web.service'],
    });
  });

  it('is not known by memory.events on v1: only a main process ends a unit', () => {
    expect(ended([21], {}, { ...SPEC, cgroupVersion: 1 }).found).toEqual([]);
    expect(ended([20], {}, { ...SPEC, cgroupVersion: 1 }).found).toEqual([
      'system web.service main-process 21,22',
    ]);
  });
});

describe('the alert of a kill', () => {
  it('counts what systemd ends, apart from what the kernel killed', () => {
    const { tree, sample } = sampledTree({ ...SPEC, vmstat: { oom_kill: 7 } });
    const watch = new KillWatch({
      eventsOf: () => ({}),
      hearsLog: () => true,
      facts: { of: () => ASKED },
    });
    watch.take(sample());
    tree.removeProcess(21);
    tree.write('/proc/vmstat', 'oom_kill 8\n');
    watch.hear(
      [{ pid: 21, name: 'worker', oomScoreAdj: 0, scope: { kind: 'global' } }],
      sample().monotonicMs,
    );
    expect(watch.take(sample())?.alert).toMatchObject({
      victims: [{ pid: 21 }],
      endsWith: [
        { unit: { manager: 'system', name: 'web.service' }, policy: 'stop', presumed: false, count: 2 },
      ],
    });
  });
});
