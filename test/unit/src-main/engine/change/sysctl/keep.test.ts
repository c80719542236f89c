import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type SysctlChange } from '#shared/model/sysctl/sysctl.ts';
import { bootSettings } from '#shared/kernel/sysctl/boot.ts';
import { withKept } from '#shared/kernel/sysctl/kept.ts';
import { wayOut } from '#shared/kernel/sysctl/way-out.ts';
import { failureLine } from '#shared/words/index.ts';
import {
  checkKeep,
  checkTogether,
  isKeptAlready,
  plannedKeep,
  readKept,
} from '../../../../../../src-main/engine/change/sysctl/keep.ts';
import { bootDangers, readTuning } from '../../../../../../src-main/engine/change/sysctl/tuning.ts';
import { keepSysctl } from '../../../../../../src-main/helper/root/sysctl/keep-sysctl.ts';
import { procTree, type ProcTreeSpec } from '../../../../../helpers/proc-tree.ts';
import { type ConfigTree, plant } from '../../../../../helpers/sysctl-judge.ts';

function machine(config: ConfigTree = {}, spec: ProcTreeSpec = {}) {
  const tree = procTree(spec);
  onTestFinished(() => {
    tree.cleanup();
  });
  const root = dirname(tree.proc);
  plant(root, config);
  mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  const tuning = readTuning(tree, root);
  return {
    tree,
    root,
    tuning,
    check: (...changes: SysctlChange[]) => checkKeep(tuning, changes, tree, root),
  };
}

const KBYTES_0 = { name: 'vm.overcommit_kbytes', value: 0 } as const;
const DB = '/etc/sysctl.d/60-db.conf';

describe('what cannot be kept', () => {
  it('is refused with the file that still sets it and the way out', () => {
    const { check } = machine({ [DB]: '# db\nvm.overcommit_kbytes=20000000\n' });
    const refused = check(KBYTES_0);
    expect(refused).toMatchObject({ ok: false, error: { code: 'not-kept' } });
    expect(refused.ok ? '' : failureLine(refused.error)).toContain(`${DB}, line 2 still sets it to 20000000`);
    expect(refused.ok ? '' : failureLine(refused.error)).toContain(`sudo sed -i -e '2s/^/# /' ${DB}`);
  });

  it('is not refused where nothing else sets it', () => {
    const { check, tuning } = machine();
    expect(check(KBYTES_0)).toEqual({ ok: true, value: null });
    expect(isKeptAlready(tuning, KBYTES_0)).toBe(true);
    expect(readKept(tuning, 'vm.overcommit_kbytes', 0)).toMatchObject({
      value: { afterBoot: 0, line: 'removed' },
    });
  });

  it.each<[string, ConfigTree, SysctlChange]>([
    [
      'a later file',
      { '/usr/lib/sysctl.d/99-x.conf': 'vm.swappiness=1\n' },
      { name: 'vm.swappiness', value: 10 },
    ],
    [
      'a later kbytes',
      { '/etc/sysctl.d/95-x.conf': 'vm.overcommit_kbytes=5\n' },
      { name: 'vm.overcommit_ratio', value: 80 },
    ],
    ['a ratio of 0', {}, { name: 'vm.overcommit_ratio', value: 0 }],
    [
      'a link in its place',
      { '/etc/sysctl.d/90-lifeboat.conf': { linkTo: '/etc/hostname' } },
      { name: 'vm.swappiness', value: 10 },
    ],
    ['a link for the folder', { '/etc/sysctl.d': { linkTo: '/run' } }, { name: 'vm.swappiness', value: 10 }],
  ])('%s', (_, config, change) => {
    expect(machine(config).check(change).ok).toBe(false);
  });

  it('is anything in a container, and anything where nothing reads the file', () => {
    const swappiness = { name: 'vm.swappiness', value: 10 } as const;
    expect(machine({ '/.dockerenv': '' }).check(swappiness)).toMatchObject({
      error: { code: 'not-kept' },
    });
    const masked = { '/etc/systemd/system/systemd-sysctl.service': { linkTo: '/dev/null' } };
    expect(machine(masked).check(swappiness)).toMatchObject({ error: { code: 'not-kept' } });
  });

  it('is a pair that undoes itself, whatever the values', () => {
    for (const value of [0, 5]) {
      expect(
        checkTogether([
          { name: 'vm.overcommit_ratio', value: 80 },
          { name: 'vm.overcommit_kbytes', value },
        ]),
      ).toMatchObject({
        error: { code: 'bad-request' },
      });
    }
    expect(
      checkTogether([
        { name: 'vm.overcommit_ratio', value: 80 },
        { name: 'vm.swappiness', value: 1 },
      ]).ok,
    ).toBe(true);
  });
});

describe('the way out', () => {
  it('names every line in the way, in copies of the files of the distribution', () => {
    const { tuning } = machine({
      '/usr/lib/sysctl.d/99-x.conf': 'vm.swappiness=1\nvm.swappiness=2\n',
      '/etc/sysctl.d/95-y.conf': 'vm.swappiness=3\n',
    });
    const found = wayOut(tuning.disk, { name: 'vm.swappiness', value: 10 });
    expect(found?.lines.map(({ file, line }) => `${file}:${line}`).sort()).toEqual([
      '/etc/sysctl.d/95-y.conf:1',
      '/usr/lib/sysctl.d/99-x.conf:1',
      '/usr/lib/sysctl.d/99-x.conf:2',
    ]);
    expect(found?.command).toContain('sudo cp /usr/lib/sysctl.d/99-x.conf /etc/sysctl.d/99-x.conf');
  });
});

describe('what the disk holds for the next boot', () => {
  const MACHINE = {
    version: { major: 6, minor: 12, patch: 0 },
    pageSizeBytes: 4096,
    totalBytes: 2 ** 33,
    availableBytes: 2 ** 32,
    hugetlbBytes: 0,
    swapBytes: 0,
    chargeBytes: 2 ** 30,
    cgroupsWithLimit: 0,
  };
  const dangersOf = (text: string, spec: ProcTreeSpec = {}) =>
    bootDangers(machine({ [DB]: text }, spec).tuning, MACHINE).map(({ fact }) => fact.kind);

  it.each([
    ['vm.overcommit_memory=2\nvm.overcommit_ratio=80\nvm.overcommit_kbytes=0\n', ['boot-breaks']],
    ['vm.overcommit_memory=2\nvm.overcommit_kbytes=1000\n', ['boot-breaks']],
    ['vm.overcommit_memory=2\nvm.overcommit_ratio=5\n', ['boot-breaks']],
    ['vm.overcommit_memory=2\nvm.overcommit_ratio=80\n', []],
    ['vm.panic_on_oom=1\n', ['boot-hangs']],
    ['vm.panic_on_oom=1\nkernel.panic=10\n', []],
    ['vm.min_free_kbytes=7000000\n', ['boot-starves']],
    ['vm.overcommit_ratio=80\nvm.overcommit_kbytes=0\n', []],
  ])('%j: %j', (text, kinds) => {
    expect(dangersOf(text)).toEqual(kinds);
  });

  it('counts what would be kept as well', () => {
    const { tuning } = machine({ [DB]: 'vm.overcommit_kbytes=0\n' });
    const change = { name: 'vm.overcommit_memory', value: 2 } as const;
    expect(bootDangers(tuning, MACHINE)).toEqual([]);
    expect(bootDangers(tuning, MACHINE, [change]).map(({ fact }) => fact.kind)).toEqual(['boot-breaks']);
    expect(bootSettings(withKept(tuning.disk, [change])).get('vm.overcommit_memory')?.value).toBe(2);
  });
});

describe('drift', () => {
  const stateOf = (config: ConfigTree, btime?: number) => {
    const { tree, root } = machine(config);
    if (btime !== undefined) tree.write('/proc/stat', `cpu 1\nbtime ${btime}\n`);
    return readTuning(tree, root).states.find(({ spec }) => spec.name === 'vm.swappiness');
  };
  const config = { [DB]: 'vm.swappiness=180\n' };

  it('says that the file was edited after the boot only where that is known', () => {
    expect(stateOf(config, 1_000_000)).toMatchObject({ drifts: true, editedAfterBoot: true });
    expect(stateOf(config, 9_000_000_000)).not.toHaveProperty('editedAfterBoot');
    expect(stateOf(config)).not.toHaveProperty('editedAfterBoot');
    expect(stateOf({ [DB]: 'vm.swappiness=60\n' }, 1_000_000)).toMatchObject({ drifts: false });
  });

  it('is not claimed in a container', () => {
    expect(stateOf({ ...config, '/.dockerenv': '' })).toMatchObject({ drifts: false, decidedBy: 'host' });
  });
});

describe('a plan to keep', () => {
  it.each<[string, ConfigTree, readonly SysctlChange[]]>([
    ['nothing on disk', {}, [KBYTES_0]],
    [
      'a line of another value',
      { '/etc/sysctl.d/90-lifeboat.conf': 'vm.overcommit_kbytes = 9\n' },
      [KBYTES_0],
    ],
    [
      'two settings of which one is there already',
      { '/etc/sysctl.d/90-lifeboat.conf': 'vm.swappiness = 10\n' },
      [
        { name: 'vm.swappiness', value: 10 },
        { name: 'vm.overcommit_memory', value: 2 },
      ],
    ],
  ])('over %s says what is read back after the deed', async (_, config, changes) => {
    const { tree, root, tuning } = machine(config);
    const planned = plannedKeep(tuning, changes);
    const deed = async ({ name, value }: SysctlChange) => {
      const before = readTuning(tree, root);
      if (isKeptAlready(before, { name, value })) {
        const kept = readKept(before, name, value);
        return kept.ok ? { ...kept.value, line: 'none' } : kept;
      }
      // The deed itself, as the helper does it.
      const written = await keepSysctl({ root }, { name, value });
      if (!written.ok) return written;
      const kept = readKept(readTuning(tree, root), name, value);
      return kept.ok ? kept.value : kept;
    };
    const done: unknown[] = [];
    for (const change of changes) done.push(await deed(change));
    expect(planned).toEqual({ ok: true, value: done });
  });
});
