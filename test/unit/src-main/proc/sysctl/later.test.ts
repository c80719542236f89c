import { dirname } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { readLaterSetters } from '../../../../../src-main/proc/sysctl/later.ts';
import { procTree, type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';
import { type ConfigTree, plant } from '../../../../helpers/sysctl-judge.ts';

function settersOf(config: ConfigTree, name: SysctlName = 'vm.swappiness', spec: ProcTreeSpec = {}) {
  const tree = procTree(spec);
  onTestFinished(() => {
    tree.cleanup();
  });
  const root = dirname(tree.proc);
  plant(root, config);
  return readLaterSetters(tree, root).get(name) ?? [];
}

describe('what may set a setting after the boot has read its files', () => {
  it.each<[string, string, string, string?]>([
    ['udev', '/etc/udev/rules.d/30-zram.rules', 'KERNEL=="zram0", SYSCTL{vm.swappiness}="150"\n', '150'],
    ['udev', '/usr/lib/udev/rules.d/1.rules', '# c\nACTION=="add", \\\n  SYSCTL{vm/swappiness}="7"\n', '7'],
    ['udev', '/etc/udev/rules.d/2.rules', 'RUN+="/sbin/sysctl -w vm.swappiness=8"\n', '8'],
    [
      'unit',
      '/etc/systemd/system/tune.service',
      '[Service]\nExecStart=/usr/sbin/sysctl -w vm.swappiness=9\n',
      '9',
    ],
    [
      'unit',
      '/etc/systemd/system/db.service.d/x.conf',
      "[Service]\nExecStartPre=/bin/sh -c 'echo 3 > /proc/sys/vm/swappiness'\n",
      '3',
    ],
    ['tmpfiles', '/etc/tmpfiles.d/x.conf', 'w! /proc/sys/vm/swappiness - - - - 4\n', '4'],
    ['cloud-init', '/etc/cloud/cloud.cfg.d/x.cfg', 'bootcmd:\n - [ sysctl, -w, vm.swappiness=5 ]\n', '5'],
    [
      'cloud-init',
      '/var/lib/cloud/instance/user-data.txt',
      'write_files:\n- content: |\n    vm.swappiness = 6\n',
      '6',
    ],
    ['network', '/etc/NetworkManager/dispatcher.d/50-x', '#!/bin/sh\nsysctl -q vm.swappiness="11"\n', '11'],
    ['network', '/etc/network/if-up.d/x', '#!/bin/sh\necho 12 | tee /proc/sys/vm/swappiness\n', '12'],
    ['cron', '/etc/cron.d/x', '@reboot root /sbin/sysctl vm.swappiness=13\n', '13'],
    ['wsl', '/etc/wsl.conf', '[boot]\ncommand = sysctl -w vm.swappiness=14\n', '14'],
    ['script', '/etc/rc.local', '#!/bin/sh\nV=1\nsysctl -w vm.swappiness=$V\n'],
  ])('%s: %s', (kind, file, text, value) => {
    const found = settersOf({ [file]: text });
    expect(found).toMatchObject([{ kind, file, ...(value === undefined ? {} : { value }) }]);
    expect(found[0]?.value).toBe(value);
  });

  it('reads the file that a unit loads, and the script that it starts', () => {
    expect(
      settersOf({
        '/etc/systemd/system/a.service': '[Service]\nExecStart=/sbin/sysctl -p /etc/db/kernel.conf\n',
        '/etc/db/kernel.conf': 'vm.swappiness = 2\n',
      }),
    ).toMatchObject([{ kind: 'unit', by: 'a.service', line: 2, value: '2' }]);
    expect(
      settersOf({
        '/etc/systemd/system/a.service': '[Service]\nExecStart=/opt/tune.sh\n',
        '/opt/tune.sh': '#!/bin/sh\nsysctl -w vm.swappiness=1\n',
      }),
    ).toMatchObject([{ kind: 'unit', by: 'a.service', value: '1' }]);
  });

  it('follows the active profile of tuned through what it includes', () => {
    const found = settersOf({
      '/etc/tuned/active_profile': 'mine\n',
      '/etc/tuned/mine/tuned.conf': '[main]\ninclude=throughput-performance\n',
      '/usr/lib/tuned/throughput-performance/tuned.conf': '[sysctl]\nvm.swappiness=10\n[vm]\nx=1\n',
    });
    expect(found).toMatchObject([{ kind: 'tuned', by: 'mine', value: '10', line: 2 }]);
  });

  it('knows what a kubelet sets, unless it protects the defaults', () => {
    const processes = [{ pid: 20, name: 'kubelet' }];
    expect(settersOf({}, 'vm.overcommit_memory', { processes })).toMatchObject([
      { kind: 'kubelet', value: '1' },
    ]);
    expect(settersOf({}, 'kernel.panic', { processes })).toMatchObject([{ value: '10' }]);
    const config = { '/var/lib/kubelet/config.yaml': 'protectKernelDefaults: true\n' };
    expect(settersOf(config, 'kernel.panic', { processes })).toEqual([]);
  });

  it('says nothing of comments, other settings, other kinds of lines and hidden files', () => {
    expect(
      settersOf({
        '/etc/udev/rules.d/1.rules': '# SYSCTL{vm.swappiness}="1"\nSYSCTL{vm.vfs_cache_pressure}="1"\n',
        '/etc/udev/rules.d/2.rules': { linkTo: '/dev/null' },
        '/usr/lib/udev/rules.d/2.rules': 'SYSCTL{vm.swappiness}="1"\n',
        '/etc/systemd/system/a.service': '[Unit]\nDescription=sysctl -w vm.swappiness=1\n',
        '/etc/rc.local': '#!/bin/sh\ncat /proc/sys/vm/swappiness\n',
      }),
    ).toEqual([]);
  });
});
