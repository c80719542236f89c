import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { SYSCTL_NAMES, type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { SYSTEM_CLOCK } from '../../../../../../src-main/collect/clock.ts';
import { Sampler } from '../../../../../../src-main/collect/sampler.ts';
import {
  sysctlPreview,
  readTuning,
  tuningMachine,
} from '../../../../../../src-main/engine/change/sysctl/tuning.ts';
import { HOST_FILES } from '../../../../../../src-main/proc/kernel-files.ts';
import { procTree, type ProcTree, type ProcTreeSpec } from '../../../../../helpers/proc-tree.ts';
import { type ConfigTree, plant } from '../../../../../helpers/sysctl-judge.ts';

const trees: ProcTree[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) tree.cleanup();
});

function machine(spec: ProcTreeSpec, config: ConfigTree = {}) {
  const tree = procTree({ ...spec, sysctls: { 'vm.oom_dump_tasks': 1, 'kernel.panic': 0, ...spec.sysctls } });
  trees.push(tree);
  const root = dirname(tree.proc);
  plant(root, config);
  mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  return { tree, root, tuning: readTuning(tree, root) };
}

function snapshotOf(files: ProcTree) {
  const sampler = Sampler.open(files, SYSTEM_CLOCK);
  if (!sampler.ok) throw new Error(sampler.error.code);
  const snapshot = sampler.value.sample({
    orderCount: 10,
    watched: [],
    scopes: [],
    everything: true,
    glance: false,
  });
  sampler.value.close();
  if (!snapshot.ok) throw new Error(snapshot.error.code);
  return snapshot.value;
}

function stateOf(tuning: ReturnType<typeof readTuning>, name: SysctlName) {
  return tuning.states.find(({ spec }) => spec.name === name);
}

describe('readTuning', () => {
  it('joins the value now with what the next boot would set', () => {
    const { tuning } = machine(
      { sysctls: { 'vm.swappiness': 10 } },
      {
        '/etc/sysctl.d/50-a.conf': 'vm.swappiness=60\n',
        '/usr/lib/sysctl.d/10-b.conf': 'vm.*ness=1\n',
        '/etc/sysctl.conf': 'vm.swappiness=5\n',
      },
    );
    expect(tuning.reader).toBe('systemd');
    expect(stateOf(tuning, 'vm.swappiness')).toMatchObject({
      now: 10,
      onDisk: { value: '60', file: '/etc/sysctl.d/50-a.conf', line: 1 },
      overridden: [{ value: '1', file: '/usr/lib/sysctl.d/10-b.conf', line: 1 }],
      unread: [{ value: '5', file: '/etc/sysctl.conf', line: 1 }],
      afterBoot: 60,
      drifts: true,
    });
  });

  it('does not drift where nothing says otherwise, or nothing is known', () => {
    const { tuning } = machine({ sysctls: { 'vm.swappiness': 60, 'vm.oom_dump_tasks': undefined } });
    expect(tuning.states.filter(({ drifts }) => drifts)).toEqual([]);
    const missing = stateOf(tuning, 'vm.oom_dump_tasks');
    expect(missing?.now).toBeUndefined();
    expect(stateOf(tuning, 'vm.admin_reserve_kbytes')).not.toHaveProperty('afterBoot');
  });

  it('drifts where a setting differs from the kernel’s default and no file says so', () => {
    const { tuning } = machine({ sysctls: { 'vm.panic_on_oom': 1 } });
    expect(stateOf(tuning, 'vm.panic_on_oom')).toMatchObject({ now: 1, afterBoot: 0, drifts: true });
  });

  it('reads on this machine what sysctl prints', () => {
    const { states } = readTuning(HOST_FILES, '');
    const printed = execFileSync('sysctl', ['-n', ...SYSCTL_NAMES], {
      encoding: 'utf8',
      env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
    })
      .trim()
      .split('\n');
    expect(states.map(({ now }) => String(now))).toEqual(printed);
  });
});

describe('tuningMachine', () => {
  it('has the numbers of the snapshot', () => {
    const { tree } = machine({
      meminfo: { swapTotalBytes: 2 ** 31, swapFreeBytes: 2 ** 31, hugetlbBytes: 2 ** 21 },
      cgroups: { '/full': { limitBytes: 2 ** 30 }, '/empty': { limitBytes: 2 ** 30 }, '/free': {} },
      processes: [
        { pid: 1, name: 'init' },
        { pid: 20, name: 'small', cgroup: '/full' },
      ],
    });
    const snapshot = snapshotOf(tree);
    expect(tuningMachine(snapshot)).toMatchObject({
      version: { major: 6, minor: 12 },
      pageSizeBytes: 4096,
      totalBytes: snapshot.memory.meminfo.memTotalBytes,
      swapBytes: 2 ** 31,
      hugetlbBytes: 2 ** 21,
      chargeBytes: snapshot.memory.meminfo.committedBytes,
      cgroupsWithLimit: 1,
    });
  });

  it('names the next victim', () => {
    const { tree } = machine({
      processes: [
        { pid: 1, name: 'init' },
        { pid: 20, name: 'next', adj: 500 },
      ],
    });
    expect(tuningMachine(snapshotOf(tree)).next).toBe('next');
  });
});

describe('sysctlPreview', () => {
  const change = { name: 'vm.swappiness', value: 10 } as const;

  it('says when another file would set it back', () => {
    const { tree, tuning } = machine({}, { '/usr/lib/sysctl.d/99-x.conf': 'vm.swappiness=60\n' });
    expect(sysctlPreview(tuning, tuningMachine(snapshotOf(tree)), [change]).at(-2)?.fact).toEqual({
      kind: 'other-file-wins',
      file: '/usr/lib/sysctl.d/99-x.conf',
      value: '60',
    });
  });

  it('does not where the other file says the same, or is read before', () => {
    for (const config of [
      { '/usr/lib/sysctl.d/99-x.conf': 'vm.swappiness=10\n' },
      { '/usr/lib/sysctl.d/50-x.conf': 'vm.swappiness=60\n' },
    ]) {
      const { tree, tuning } = machine({}, config);
      const kinds = sysctlPreview(tuning, tuningMachine(snapshotOf(tree)), [change]).map(
        ({ fact }) => fact.kind,
      );
      expect(kinds).toEqual(['swaps']);
    }
  });

  it('knows that a later kbytes clears a kept ratio', () => {
    const { tree, tuning } = machine({}, { '/etc/sysctl.d/95-x.conf': 'vm.overcommit_kbytes=5\n' });
    const effects = sysctlPreview(tuning, tuningMachine(snapshotOf(tree)), [
      { name: 'vm.overcommit_ratio', value: 80 },
    ]);
    expect(effects.at(-2)?.fact).toEqual({
      kind: 'other-file-wins',
      sets: 'vm.overcommit_kbytes',
      file: '/etc/sysctl.d/95-x.conf',
      value: '0',
    });
  });
});
