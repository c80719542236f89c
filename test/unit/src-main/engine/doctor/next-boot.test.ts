import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nextBoot } from '../../../../../src-main/engine/doctor/next-boot.ts';
import { sampledTree } from '../../../../helpers/processes/process-sampler.ts';
import { plant, type ConfigTree } from '../../../../helpers/sysctl-judge.ts';

const KEPT = '/etc/sysctl.d/90-lifeboat.conf';

/** What is found with these files, as lines: the danger and the kept values. */
function found(config: ConfigTree, { systemd = true, spec = {} } = {}) {
  const { tree, sample } = sampledTree(spec);
  const root = dirname(tree.proc);
  plant(root, config);
  if (systemd) mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  return nextBoot(tree, sample()).map(({ state, outcome, value, command }) =>
    `${state} ${outcome} ${value} ${command ?? ''}`.trim(),
  );
}

describe('the doctor on the next boot', () => {
  it('has nothing to say without files', () => {
    expect(found({})).toEqual(['good safe', 'good none']);
  });

  it.for<{ config: ConfigTree; danger: string }>([
    {
      config: { '/etc/sysctl.d/60-db.conf': 'vm.overcommit_memory=2\nvm.overcommit_kbytes=0\n' },
      danger: 'bad refuses /etc/sysctl.d/60-db.conf:1, /etc/sysctl.d/60-db.conf:2 (vm.overcommit_kbytes)',
    },
    {
      config: { '/usr/lib/sysctl.d/10-a.conf': 'vm.overcommit_memory=2\nvm.overcommit_ratio=0\n' },
      danger: 'bad refuses /usr/lib/sysctl.d/10-a.conf:1, /usr/lib/sysctl.d/10-a.conf:2',
    },
    {
      config: { '/etc/sysctl.d/a.conf': 'vm.min_free_kbytes=7000000\n' },
      danger: 'bad starves /etc/sysctl.d/a.conf:1',
    },
    {
      config: { '/etc/sysctl.d/a.conf': '# never\nvm.panic_on_oom=1\n' },
      danger: 'warning hangs /etc/sysctl.d/a.conf:2',
    },
    { config: { '/etc/sysctl.d/a.conf': 'vm.panic_on_oom=1\nkernel.panic=10\n' }, danger: 'good safe' },
    {
      config: { '/etc/sysctl.d/60-db': 'vm.overcommit_memory=2\nvm.overcommit_ratio=0\n' },
      danger: 'good safe',
    },
  ])('finds $danger', ({ config, danger }) => {
    expect(found(config, { spec: { sysctls: { 'kernel.panic': 0 } } })[0]).toBe(danger);
  });

  it('finds a kept value that wins', () => {
    expect(found({ [KEPT]: 'vm.swappiness = 10\n', '/etc/sysctl.d/50-x.conf': 'vm.swappiness=1\n' })[1]).toBe(
      `good win ${KEPT}`,
    );
  });

  it('finds a kept value that loses, with the command that lets it win', () => {
    const config = { [KEPT]: 'vm.swappiness = 10\n', '/etc/sysctl.d/99-x.conf': '# x\nvm.swappiness=1\n' };
    expect(found(config)[1]).toBe(
      "warning lose vm.swappiness: /etc/sysctl.d/99-x.conf:2 sudo sed -i -e '2s/^/# /' /etc/sysctl.d/99-x.conf",
    );
  });

  it('finds several kept values that lose, with a command for each', () => {
    const { tree, sample } = sampledTree();
    plant(dirname(tree.proc), {
      [KEPT]: 'vm.swappiness = 10\nvm.overcommit_ratio = 70\nvm.oom_dump_tasks = 0\n',
      '/etc/sysctl.d/99-x.conf': '# x\nvm.swappiness=1\nvm.overcommit_kbytes=9\n',
    });
    mkdirSync(join(dirname(tree.proc), 'run/systemd/system'), { recursive: true });
    const lost = nextBoot(tree, sample())[1];
    expect(lost).not.toHaveProperty('command');
    expect(lost).toMatchObject({
      outcome: 'lose',
      remedies: [
        { name: 'vm.overcommit_ratio', command: "sudo sed -i -e '3s/^/# /' /etc/sysctl.d/99-x.conf" },
        { name: 'vm.swappiness', command: "sudo sed -i -e '2s/^/# /' /etc/sysctl.d/99-x.conf" },
      ],
    });
  });

  it('claims no loss where the other file has the same value', () => {
    const config = { [KEPT]: 'vm.swappiness = 10\n', '/etc/sysctl.d/99-x.conf': 'vm.swappiness=10\n' };
    expect(found(config)[1]).toBe(`good win ${KEPT}`);
  });

  it('finds kept values that nothing reads', () => {
    const { tree, sample } = sampledTree({
      sysctls: { 'kernel.osrelease': '6.6.87.2-microsoft-standard-WSL2' },
    });
    plant(dirname(tree.proc), { [KEPT]: 'vm.swappiness = 10\n' });
    expect(nextBoot(tree, sample())[1]).toMatchObject({ outcome: 'not-read', value: KEPT });
  });
});
