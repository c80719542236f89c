import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { adjCommands, quoted, terminalCommand } from '#shared/format/terminal-command.ts';

describe('terminalCommand', () => {
  it.for([
    [
      {
        verb: 'set-adj',
        process: { pid: 7, startTicks: 1, look: { name: 'a', uid: 0, parentPid: 1, seenAtTicks: 2 } },
        oomScoreAdj: -500,
      },
      'echo -500 | sudo tee /proc/7/oom_score_adj',
    ],
    [
      {
        verb: 'set-sysctls',
        changes: [
          { name: 'vm.swappiness', value: 10 },
          { name: 'kernel.panic', value: 10 },
        ],
      },
      'sudo sysctl -w vm.swappiness=10 kernel.panic=10',
    ],
    [
      { verb: 'keep-sysctl', name: 'vm.swappiness', value: 10 },
      "sudo mkdir -p /etc/sysctl.d && echo 'vm.swappiness = 10' | sudo tee -a /etc/sysctl.d/90-lifeboat.conf",
    ],
    [
      { verb: 'forget-sysctl', name: 'vm.swappiness' },
      "sudo sed -i '/^ *vm.swappiness *=/d' /etc/sysctl.d/90-lifeboat.conf",
    ],
    [
      { verb: 'keep-unit-adj', unit: 'a\\x2db.service', oomScoreAdj: 5 },
      "sudo mkdir -p '/etc/systemd/system/a\\x2db.service.d' && printf '%s\\n' '[Service]' 'OOMScoreAdjust=5' | sudo tee '/etc/systemd/system/a\\x2db.service.d'/90-lifeboat.conf && sudo systemctl daemon-reload",
    ],
    [
      { verb: 'forget-unit-adj', unit: 'a.service' },
      'sudo rm -f /etc/systemd/system/a.service.d/90-lifeboat.conf && sudo systemctl daemon-reload',
    ],
    [
      { verb: 'set-cgroup', path: '/a b', file: 'memory.max', value: 'max' },
      "echo max | sudo tee '/sys/fs/cgroup/a b/memory.max'",
    ],
    [
      { verb: 'set-cgroup', path: 'a', file: 'memory.limit_in_bytes', value: 'max' },
      'echo -1 | sudo tee /sys/fs/cgroup/a/memory.limit_in_bytes',
    ],
    [{ verb: 'follow-kernel-log' }, 'sudo dmesg --follow'],
    [{ verb: 'ping' }, undefined],
    [{ verb: 'confirm', change: 1 }, undefined],
    [{ verb: 'extend', change: 1 }, undefined],
    [{ verb: 'revert', change: 1 }, undefined],
  ] as const)('for %j is %s', ([request, command]) => {
    expect(terminalCommand(request)).toBe(command);
  });
});

describe('adjCommands', () => {
  it('writes one line for all that get the same value', () => {
    const changes = [
      { pid: 7, after: -100 },
      { pid: 8, after: 300 },
      { pid: 9, after: -100 },
    ];
    expect(adjCommands(changes).split('\n')).toEqual([
      'for pid in 7 9; do echo -100 | sudo tee /proc/$pid/oom_score_adj; done',
      'echo 300 | sudo tee /proc/8/oom_score_adj',
    ]);
  });
});

describe('quoted', () => {
  it.for(['plain', "it's", 'a b', '$(x)', '`x`', 'a\nb', '', '--', '\\x2d'])(
    'gives %j to a shell as one word',
    (word) => {
      const said = execFileSync('sh', ['-c', `printf '%s' ${quoted(word)}`], { encoding: 'utf8' });
      expect(said).toBe(word);
    },
  );
});
