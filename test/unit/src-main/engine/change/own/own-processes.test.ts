import { describe, expect, it } from 'vitest';
import {
  ownChanges,
  ownProcesses,
  ownStanding,
} from '../../../../../../src-main/engine/change/own/own-processes.ts';
import { snapshotOf } from '../../../../../helpers/processes/process-sampler.ts';
import { type FakeProcess } from '../../../../../helpers/proc-tree.ts';

const PROGRAM = '/opt/Lifeboat/lifeboat-desktop';
const chromium = (pid: number, parentPid: number, adj: number, ...args: string[]): FakeProcess => ({
  pid,
  parentPid,
  adj,
  name: 'lifeboat-deskto',
  cmdline: [PROGRAM, ...args],
  rssAnonPages: 100,
});

const DESKTOP: readonly FakeProcess[] = [
  { pid: 5, name: 'firefox', cmdline: ['firefox', '--type=renderer'], rssAnonPages: 90_000 },
  chromium(100, 1, 200),
  chromium(101, 100, 200, '--type=zygote', '--no-zygote-sandbox'),
  chromium(102, 101, 300, '--type=renderer', '--lang=en'),
  chromium(103, 100, 200, '--type=gpu-process'),
  chromium(104, 100, 200, '--type=utility', '--utility-sub-type=network.mojom.NetworkService'),
  chromium(105, 100, 200, '--type=utility', '--utility-sub-type=storage.mojom.StorageService'),
  {
    pid: 106,
    parentPid: 100,
    name: 'lifeboat-helper',
    cmdline: ['/bin/sh', '/opt/Lifeboat/resources/bin/lifeboat-helper'],
    uid: 0,
    rssAnonPages: 50,
  },
  {
    pid: 107,
    parentPid: 100,
    name: 'xdg-open',
    cmdline: ['/bin/sh', '/usr/bin/xdg-open', 'https://x'],
    rssAnonPages: 50,
  },
  { pid: 108, parentPid: 100, name: 'gone', memory: 'none', state: 'Z' },
];

describe('ownProcesses', () => {
  it('lists each with its role, and no other process', () => {
    const found = ownProcesses(snapshotOf({ processes: DESKTOP }), 100);
    expect(found.map(({ pid, role }) => [pid, role])).toEqual([
      [100, 'main'],
      [101, 'zygote'],
      [102, 'window'],
      [103, 'graphics'],
      [104, 'network'],
      [105, 'utility'],
      [106, 'helper'],
    ]);
  });

  it('is empty where Lifeboat does not see itself', () => {
    expect(ownProcesses(snapshotOf({ processes: DESKTOP }), 4000)).toEqual([]);
  });
});

describe('ownStanding', () => {
  it('says where they stand among all', () => {
    const standing = ownStanding(snapshotOf({ processes: DESKTOP }), 100);
    const window = standing.processes.find(({ role }) => role === 'window');
    expect(window).toMatchObject({ pid: 102, rank: 1, oomScoreAdj: 300, usedBytes: 160 * 4096 });
    expect(standing.eligibleCount).toBe(9);
    expect(standing.targetAdj).toBe(-250);
  });

  it('has no place for one that is never killed', () => {
    const [main] = ownStanding(snapshotOf({ processes: [chromium(100, 1, -1000)] }), 100).processes;
    expect(main).toMatchObject({ pid: 100, oomScoreAdj: -1000 });
    expect(main?.rank).toBeUndefined();
  });
});

describe('ownChanges', () => {
  it('lowers all but the helper, and raises none', () => {
    const processes = [...DESKTOP, chromium(109, 101, -900, '--type=renderer')];
    expect(
      ownChanges(snapshotOf({ processes }), 100).map(({ pid, before, after }) => [pid, before, after]),
    ).toEqual([
      [100, 200, -250],
      [101, 200, -250],
      [102, 300, -250],
      [103, 200, -250],
      [104, 200, -250],
      [105, 200, -250],
    ]);
  });
});
