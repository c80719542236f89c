import { dirname, join } from 'node:path';
import { existsSync, mkdirSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lifeboat } from '../helpers/processes/process-command.ts';
import { procTree } from '../helpers/proc-tree.ts';
import { type ConfigTree, plant } from '../helpers/sysctl-judge.ts';

/** A machine with these configuration files, started by systemd. */
function machine(config: ConfigTree = {}, sysctls: Readonly<Record<string, number>> = {}) {
  const tree = procTree({
    sysctls: {
      ...{ 'vm.swappiness': 10, 'vm.oom_dump_tasks': 1, 'kernel.panic': 0, 'vm.min_free_kbytes': 67_584 },
      ...sysctls,
    },
    processes: [
      { pid: 1, name: 'init' },
      { pid: 20, name: 'evil\u001b[2J\u009b', adj: 900 },
    ],
  });
  onTestFinished(() => {
    tree.cleanup();
  });
  const root = dirname(tree.proc);
  plant(root, config);
  mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  const env = { LIFEBOAT_ROOT: root, XDG_STATE_HOME: join(root, 'state') };
  return { root, run: (...args: string[]) => lifeboat(['sysctl', ...args], { env }) };
}

const CONFIG: ConfigTree = {
  '/etc/sysctl.d/50-a.conf': 'vm.swappiness=60\n',
  '/usr/lib/sysctl.d/10-b.conf': 'vm.swappiness=1\n',
};

describe('lifeboat sysctl', () => {
  it('lists values, those of the next boot, and where they come from', async () => {
    const { run } = machine(CONFIG);
    const { code, stdout, stderr } = await run();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^SETTING +NOW +NEXT BOOT +FROM\n/);
    expect(stdout).toMatch(/\nvm\.swappiness +10 +60 +\/etc\/sysctl\.d\/50-a\.conf\n/);
    expect(stdout).toMatch(/\nvm\.min_free_kbytes +67584 +\? +the kernel computes it\n/);
    expect(stdout).toContain(
      'vm.swappiness: 1 in /usr/lib/sysctl.d/10-b.conf, line 1 is overridden by it.\n',
    );
    expect(stdout.split('\n').filter((line) => /^(vm|kernel)\.\w+ +\d/.test(line))).toHaveLength(11);
  });

  it('says the same as JSON', async () => {
    const { code, stdout } = await machine(CONFIG).run('list', 'swappiness', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      reader: 'systemd',
      settings: [
        {
          name: 'vm.swappiness',
          now: 10,
          afterBoot: 60,
          default: 60,
          drifts: true,
          onDisk: { value: '60', file: '/etc/sysctl.d/50-a.conf', line: 1 },
        },
      ],
    });
  });

  it('tells all about one', async () => {
    const { code, stdout } = await machine(CONFIG).run('get', 'vm/swappiness');
    expect(code).toBe(0);
    expect(stdout).toContain('On disk: 60 in /etc/sysctl.d/50-a.conf, line 1.\n');
    expect(stdout).toContain('Range: 0 to 200\n');
    expect(stdout).toContain('Now 10, file says 60: /etc/sysctl.d/50-a.conf, line 1.\n');
  });

  it.each([
    ['overcommit_ratio', 'overcommit_kbytes', '0%'],
    ['overcommit_kbytes', 'overcommit_ratio', '0'],
  ])('names what a line sets that makes %s 0', async (cleared, named, zero) => {
    const file = '/etc/sysctl.d/60-db.conf';
    const { run } = machine({ [file]: `vm.${cleared} = 70\nvm.${named} = 40\n` }, { [`vm.${cleared}`]: 50 });
    const { stdout } = await run('get', cleared);
    expect(stdout).toContain(`On disk: 0, because ${file}, line 2 sets vm.${named}.\n`);
    expect(stdout).toMatch(
      new RegExp(`\\nNow 50.*, ${zero} after the next boot: ${file}, line 2 sets vm\\.${named}\\.\\n`),
    );
    expect(stdout).not.toContain('file says');
    const refused = await run('keep', `vm.${cleared}=50`, '--dry-run');
    // Its own line in 90-lifeboat.conf is read later: it can be kept.
    expect(refused).toMatchObject({ code: 0, stderr: '' });
    const later = machine({ '/etc/sysctl.d/99-db.conf': `vm.${named} = 40\n` });
    const kept = await later.run('keep', `vm.${cleared}=50`, '--dry-run');
    expect(kept.code).toBe(1);
    expect(kept.stderr).toContain(
      `at the next boot /etc/sysctl.d/99-db.conf, line 1 still sets vm.${named}, which makes it 0.`,
    );
    expect((await later.run('set', `vm.${cleared}=50`, '--dry-run')).stdout).toContain(
      `at the next boot /etc/sysctl.d/99-db.conf sets vm.${named}, which makes it 0.`,
    );
  });

  it.each([
    [
      'nothing on disk',
      '',
      'vm.overcommit_kbytes=0',
      'none',
      /^vm\.overcommit_kbytes = 0 after the next boot already: nothing would be written\.\n$/,
    ],
    [
      'its own line',
      'vm.swappiness = 10\n',
      'vm.swappiness=10',
      'none',
      /after the next boot already: nothing would be written/,
    ],
    [
      'its own line of another value',
      'vm.overcommit_kbytes = 5000\n',
      'vm.overcommit_kbytes=0',
      'removed',
      /^Would keep vm\.overcommit_kbytes = 0: \/etc\/sysctl\.d\/90-lifeboat\.conf would no longer set it\.\n$/,
    ],
    [
      'only the default',
      '',
      'vm.swappiness=60',
      'written',
      /^Would keep vm\.swappiness = 60 in \/etc\/sysctl\.d\/90-lifeboat\.conf\.\n$/,
    ],
  ])('rehearses keeping over %s as it would be done', async (_, own, wanted, line, said) => {
    const { run } = machine(own === '' ? {} : { '/etc/sysctl.d/90-lifeboat.conf': own });
    const { code, stdout } = await run('keep', wanted, '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(said);
    const json = JSON.parse((await run('keep', wanted, '--dry-run', '--json')).stdout) as object;
    expect(json).toMatchObject({ file: '/etc/sysctl.d/90-lifeboat.conf', line });
  });

  it('tells what differs, and what a preset would bring', async () => {
    const { run } = machine();
    expect((await run('diff')).stdout).toMatch(/^vm\.swappiness: Now 10, the kernel’s default is 60/);
    const preset = await run('diff', 'reboot-after-oom');
    expect(preset.stdout).toContain('kernel.panic: 0 (stays stopped) → 10 s\n');
    expect(preset.stdout).toContain('!! The whole machine panics when memory runs out');
    const json = JSON.parse((await run('diff', 'reboot-after-oom', '--json')).stdout) as Record<
      string,
      unknown
    >;
    expect(json['changes']).toEqual([
      { name: 'kernel.panic', value: 10 },
      { name: 'vm.panic_on_oom', value: 1 },
    ]);
  });

  it('shows what a change would bring, and changes nothing', async () => {
    const { root, run } = machine({ '/usr/lib/sysctl.d/99-x.conf': 'vm.overcommit_memory=0\n' });
    const { code, stdout, stderr } = await run('set', 'vm.overcommit_memory=2', '--dry-run');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('The commit limit is');
    expect(stdout).toContain('at the next boot /usr/lib/sysctl.d/99-x.conf sets it to 0');
    expect(existsSync(join(root, 'state'))).toBe(false);
  });

  it('never lets a process’s name speak to the terminal', async () => {
    const { run } = machine();
    for (const json of [[], ['--json']]) {
      const { stdout } = await run(
        'set',
        'vm.oom_kill_allocating_task=0',
        'vm.panic_on_oom=0',
        'swappiness=1',
        '--dry-run',
        ...json,
      );
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });

  it.for([
    [['set', 'swapiness=1'], 2, /Did you mean vm\.swappiness\?/],
    [['set', 'vm.swappiness=201'], 2, /whole number from 0 to 200/],
    [['set'], 2, /Say what to set/],
    [['set', 'vm.swappiness=1', '--preset', 'default'], 2, /Say what to set/],
    [['get'], 2, /missing required argument 'name'/],
    [['lst'], 2, /Did you mean "lifeboat sysctl list"\?/],
    [['diff', 'nothing'], 2, /There is no such preset/],
    // Another tree than the machine is looked at.
    [
      ['set', 'vm.swappiness=1', '--yes'],
      1,
      /^lifeboat: LIFEBOAT_ROOT points to another tree than this machine\. Nothing was changed\.\n$/,
    ],
    [
      ['keep', 'vm.swappiness'],
      1,
      /^lifeboat: LIFEBOAT_ROOT points to another tree than this machine\. Nothing was changed\.\n$/,
    ],
    [
      ['forget', 'vm.swappiness'],
      1,
      /^lifeboat: LIFEBOAT_ROOT points to another tree than this machine\. Nothing was changed\.\n$/,
    ],
  ] as const)('%s ends with %d', async ([args, code, message]) => {
    const ended = await machine().run(...args);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(message);
  });

  it('takes nothing back that was never kept, and does not ask for root', async () => {
    expect(await lifeboat(['sysctl', 'forget', 'vm.oom_dump_tasks'])).toMatchObject({
      code: 0,
      stdout: 'Lifeboat keeps no value of vm.oom_dump_tasks: there is nothing to remove.\n',
      stderr: '',
    });
    const { stdout } = await lifeboat(['sysctl', 'forget', 'vm.oom_dump_tasks', '--json']);
    expect(JSON.parse(stdout)).toEqual({ version: 1, name: 'vm.oom_dump_tasks', outcome: 'nothing-to-do' });
  });

  it('changes nothing where no user could say keep', async () => {
    const before = await lifeboat(['sysctl', 'get', 'vm.oom_dump_tasks', '--json']);
    const { code, stderr } = await lifeboat(['sysctl', 'set', 'vm.oom_dump_tasks=0']);
    expect(code).toBe(1);
    expect(stderr).toContain('There is no terminal');
    expect((await lifeboat(['sysctl', 'get', 'vm.oom_dump_tasks', '--json'])).stdout).toBe(before.stdout);
  });
});
