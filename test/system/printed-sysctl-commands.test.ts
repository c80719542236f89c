import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { terminalCommand } from '#shared/format/terminal-command.ts';
import { KEPT_FILE } from '#shared/kernel/sysctl/disk.ts';
import { wayOut } from '#shared/kernel/sysctl/way-out.ts';
import { type SysctlChange } from '#shared/model/sysctl/sysctl.ts';
import { nextBoot } from '../../src-main/engine/doctor/next-boot.ts';
import { readSysctlDisk } from '../../src-main/proc/sysctl/files.ts';
import { sampledTree } from '../helpers/processes/process-sampler.ts';
import { procTree } from '../helpers/proc-tree.ts';
import { type ConfigTree, judge, plant, type Verdict } from '../helpers/sysctl-judge.ts';

const canJudge = process.getuid?.() === 0 && existsSync('/lib/systemd/systemd-sysctl');

function diskOf(config: ConfigTree) {
  const tree = procTree({});
  onTestFinished(() => {
    tree.cleanup();
  });
  const root = dirname(tree.proc);
  plant(root, config);
  mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  return readSysctlDisk(tree, root);
}

/** What is written last for a setting. */
function lastOf(writes: Verdict['systemd'], name: string): string | undefined {
  return writes.findLast(([each]) => each === name)?.[1];
}

const KEEP: SysctlChange = { name: 'vm.swappiness', value: 10 };

describe.runIf(canJudge)('commands for a terminal, run for real (needs root and systemd-sysctl)', () => {
  it.each<[string, ConfigTree]>([
    ['a later file', { '/etc/sysctl.d/99-x.conf': '# a\nvm.swappiness=1\nvm.oom_dump_tasks=0\n' }],
    ['a file of the distribution', { '/usr/lib/sysctl.d/99-x.conf': 'vm.swappiness=1\nvm.swappiness=2\n' }],
    [
      'a link',
      {
        '/etc/sysctl.conf': 'vm.swappiness=1\n',
        '/etc/sysctl.d/99-sysctl.conf': { linkTo: '../sysctl.conf' },
      },
    ],
    [
      'two files',
      { '/etc/sysctl.d/95-a.conf': 'vm.swappiness=1\n', '/etc/sysctl.d/96 b.conf': '-vm.swappiness=2\n' },
    ],
  ])('%s loses to a kept value after the way out', { timeout: 60_000 }, (_, config) => {
    const kept = { ...config, [KEPT_FILE]: 'vm.swappiness = 10\n' };
    const { command = '' } = wayOut(diskOf(kept), KEEP) ?? {};
    expect(lastOf(judge(kept).systemd, 'vm.swappiness')).not.toBe('10');
    expect(lastOf(judge(kept, command).systemd, 'vm.swappiness')).toBe('10');
  });

  it('a file of this boot is not in the way: it is gone at the next', () => {
    const kept = { '/run/sysctl.d/99-x.conf': 'vm/swappiness=1\n', [KEPT_FILE]: 'vm.swappiness = 10\n' };
    expect(wayOut(diskOf(kept), KEEP)).toBeUndefined();
    expect(lastOf(judge(kept).systemd, 'vm.swappiness')).toBe('10');
  });

  it(
    'each of several kept values wins after its own command of the doctor, and all after all',
    { timeout: 60_000 },
    () => {
      const config: ConfigTree = {
        [KEPT_FILE]: 'vm.swappiness = 10\nvm.oom_dump_tasks = 0\nvm.overcommit_ratio = 70\n',
        '/usr/lib/sysctl.d/99-dist.conf': 'vm.swappiness=1\nvm.oom_dump_tasks=1\n',
        '/etc/sysctl.d/99-z.conf': 'vm.swappiness=2\nvm.overcommit_kbytes=5\n',
      };
      const wanted = { 'vm.swappiness': '10', 'vm.oom_dump_tasks': '0', 'vm.overcommit_ratio': '70' };
      const names = Object.keys(wanted) as (keyof typeof wanted)[];
      const { tree, sample } = sampledTree();
      plant(dirname(tree.proc), config);
      mkdirSync(join(dirname(tree.proc), 'run/systemd/system'), { recursive: true });
      const found = nextBoot(tree, sample()).find(({ check }) => check === 'kept-settings');
      const remedies = found?.remedies ?? [];
      expect(remedies.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
      /** Which settings have the kept value at the next boot; of the ratio also that nothing clears it. */
      const won = (command?: string) => {
        const writes = judge(config, command).systemd;
        const isCleared = lastOf(writes, 'vm.overcommit_kbytes') !== undefined;
        return names.filter(
          (name) => lastOf(writes, name) === wanted[name] && !(name === 'vm.overcommit_ratio' && isCleared),
        );
      };
      expect(won()).toEqual([]);
      for (const { name, command } of remedies) expect(won(command)).toEqual([name]);
      const commands = remedies.map(({ command = '' }) => command);
      // One after the other, in either order: an edit does not undo the one before.
      expect(won(commands.join('\n'))).toEqual(names);
      expect(won(commands.toReversed().join('\n'))).toEqual(names);
    },
  );

  it('keep and forget do what they say', { timeout: 60_000 }, () => {
    const keep = terminalCommand({ verb: 'keep-sysctl', ...KEEP }) ?? '';
    expect(lastOf(judge({}, keep).systemd, 'vm.swappiness')).toBe('10');
    const forget = terminalCommand({ verb: 'forget-sysctl', name: 'vm.swappiness' }) ?? '';
    expect(
      lastOf(judge({ [KEPT_FILE]: 'vm.swappiness = 10\n' }, forget).systemd, 'vm.swappiness'),
    ).toBeUndefined();
    const zero = terminalCommand({ verb: 'keep-sysctl', name: 'vm.overcommit_kbytes', value: 0 }) ?? '';
    const lines = 'vm.overcommit_ratio = 80\nvm.overcommit_kbytes = 9\n';
    expect(judge({ [KEPT_FILE]: lines }, zero).systemd).toEqual([['vm.overcommit_ratio', '80']]);
  });
});
