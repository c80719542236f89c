import { describe, expect, it } from 'vitest';
import { type Target } from '#shared/model/change.ts';
import { failureLine, wordsFor } from '#shared/words/index.ts';
import {
  processesOf,
  targetsAround,
  treeOf,
  unitMeant,
} from '../../../../../src-main/engine/watch/targets.ts';
import { processIn, snapshotOf } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

const ID = 'a'.repeat(64);
const MACHINE: ProcTreeSpec = {
  processes: [
    { pid: 1, name: 'systemd', startTicks: 1, rssAnonPages: 100 },
    { pid: 2, name: 'kthreadd', startTicks: 1, kernelThread: true, memory: 'none' },
    { pid: 9, name: 'kworker/0:1', parentPid: 2, kernelThread: true, memory: 'none' },
    { pid: 10, name: 'shell', parentPid: 1, startTicks: 10, rssAnonPages: 10 },
    { pid: 20, name: 'make', parentPid: 10, rssAnonPages: 10 },
    { pid: 30, name: 'cc1', parentPid: 20, rssAnonPages: 10 },
    { pid: 31, name: 'cc1', parentPid: 20, rssAnonPages: 10 },
    { pid: 40, name: 'nginx', parentPid: 1, cgroup: '/system.slice/nginx.service', rssAnonPages: 10 },
    { pid: 41, name: 'nginx', parentPid: 40, cgroup: '/system.slice/nginx.service', rssAnonPages: 10 },
    { pid: 50, name: 'redis', parentPid: 1, cgroup: `/system.slice/docker-${ID}.scope`, rssAnonPages: 10 },
  ],
};

function pidsOf(target: Target): readonly number[] | string {
  const found = processesOf(snapshotOf(MACHINE), target);
  return found.ok ? found.value.map(({ pid }) => pid) : found.error.code;
}

const SHELL = { pid: 10, startTicks: 10 };

describe('processesOf', () => {
  it.for<[Target, readonly number[] | string]>([
    [{ kind: 'process', id: SHELL }, [10]],
    [{ kind: 'process', id: { ...SHELL, startTicks: 11 } }, 'process-gone'],
    [{ kind: 'process', id: { pid: 999, startTicks: 1 } }, 'process-gone'],
    [{ kind: 'tree', id: SHELL }, [10, 20, 30, 31]],
    [{ kind: 'tree', id: { ...SHELL, startTicks: 11 } }, 'process-gone'],
    [{ kind: 'name', name: 'cc1' }, [30, 31]],
    [{ kind: 'name', name: 'CC1' }, 'not-found'],
    [{ kind: 'unit', unit: { manager: 'system', name: 'nginx.service' } }, [40, 41]],
    [{ kind: 'unit', unit: { manager: 'system', name: 'nginx' } }, 'not-found'],
    [{ kind: 'container', container: 'docker:none' }, 'not-found'],
    [{ kind: 'process', id: { pid: 1, startTicks: 1 } }, 'refused-target'],
    [{ kind: 'name', name: 'systemd' }, 'refused-target'],
    [{ kind: 'name', name: 'kworker/0:1' }, 'kernel-thread'],
    [{ kind: 'tree', id: { pid: 2, startTicks: 1 } }, 'kernel-thread'],
  ])('%o means %o', ([target, expected]) => {
    expect(pidsOf(target)).toEqual(expected);
  });

  it('takes all of a container by the name that its rows have', () => {
    const snapshot = snapshotOf(MACHINE);
    const container = snapshot.processes.find(({ pid }) => pid === 50)?.container;
    expect(container).toContain(ID.slice(0, 12));
    expect(pidsOf({ kind: 'container', container: container ?? '' })).toEqual([50]);
  });

  it('leaves init and threads of the kernel out of a tree that holds them', () => {
    expect(pidsOf({ kind: 'tree', id: { pid: 1, startTicks: 1 } })).toEqual([10, 20, 30, 31, 40, 41, 50]);
  });

  it('tells apart units that are not there, that have no processes, and that have them in units below', () => {
    const hasFile = ({ name }: { readonly name: string }) => name === 'idle.service';
    const refusal = (name: string) => {
      const found = processesOf(
        snapshotOf(MACHINE),
        { kind: 'unit', unit: { manager: 'system', name } },
        { hasFile },
      );
      return found.ok ? '' : failureLine(found.error);
    };
    expect(refusal('none.service')).toMatch(/^There is no unit none\.service\./);
    expect(refusal('idle.service')).toMatch(/^The unit idle\.service has no processes now\./);
    expect(refusal('system.slice')).toMatch(
      /^system\.slice has no processes of its own: its 3 are in units below it\./,
    );
    expect(refusal('system.slice')).toContain('nginx.service');
  });

  it('says a hostile name so that it does no harm', () => {
    const found = processesOf(snapshotOf(MACHINE), { kind: 'name', name: '\u001b[2J"x' });
    expect(found.ok ? '' : wordsFor('en').failure(found.error).message).toBe(
      String.raw`No process is called "\x1b[2J"x".`,
    );
  });
});

describe('unitMeant', () => {
  const user = (uid: number, pid: number) => ({
    pid,
    name: 'dbus-daemon',
    rssAnonPages: 10,
    cgroup: `/user.slice/user-${uid}.slice/user@${uid}.service/session.slice/dbus.service`,
  });
  const system = { pid: 60, name: 'dbus-daemon', rssAnonPages: 10, cgroup: '/system.slice/dbus.service' };

  it.each([
    ['dbus.service', [system, user(1000, 61)], 'system:dbus.service'],
    ['user:dbus.service', [system, user(1000, 61)], 'user:1000:dbus.service'],
    ['user:1001:dbus.service', [system, user(1000, 61), user(1001, 62)], 'user:1001:dbus.service'],
    ['dbus.service', [user(1000, 61)], 'user:1000:dbus.service'],
    ['user:dbus.service', [system, user(1000, 61), user(1001, 62)], 'ambiguous'],
    ['dbus.service', [user(1000, 61), user(1001, 62)], 'ambiguous'],
    ['user:none.service', [system], 'not-found'],
  ] as const)('%s', (text, processes, meant) => {
    const found = unitMeant(snapshotOf({ processes }), text);
    expect(found.ok ? `${found.value.manager}:${found.value.name}` : found.error.code).toBe(meant);
  });
});

describe('targetsAround', () => {
  const choices = (pid: number) => {
    const snapshot = snapshotOf(MACHINE);
    return targetsAround(snapshot, processIn(snapshot, pid)).map(({ target, count }) => [target.kind, count]);
  };

  it.for<[number, readonly (readonly [Target['kind'], number])[]]>([
    [
      10,
      [
        ['process', 1],
        ['tree', 4],
      ],
    ],
    [
      30,
      [
        ['process', 1],
        ['name', 2],
      ],
    ],
    [
      40,
      [
        ['process', 1],
        ['tree', 2],
        ['name', 2],
        ['unit', 2],
      ],
    ],
    [50, [['process', 1]]],
    [1, []],
    [2, []],
  ])('offers for %d what is more than it alone, with how many that are', ([pid, expected]) => {
    expect(choices(pid)).toEqual(expected);
  });
});

describe('treeOf', () => {
  it('ends where pids that were read at different moments make a ring', () => {
    const { processes } = snapshotOf({
      processes: [
        { pid: 60, parentPid: 61, startTicks: 5, rssAnonPages: 1 },
        { pid: 61, parentPid: 60, startTicks: 6, rssAnonPages: 1 },
      ],
    });
    expect(treeOf(processes, { pid: 60, startTicks: 5 })).toEqual(new Set([60, 61]));
  });
});
