import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { realCgroup } from '../helpers/processes/process-cgroup.ts';
import { startChild, startSleep } from '../helpers/processes/process-children.ts';
import { lifeboat } from '../helpers/processes/process-command.ts';

const isRoot = process.getuid?.() === 0;
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

/** Where only root can change what is run as root; a clone can be anywhere. */
let folder = '';
beforeAll(() => {
  folder = mkdtempSync('/var/lib/lifeboat-rehearse-');
  const out = fileURLToPath(new URL('../../out', import.meta.url));
  execFileSync('cp', ['-r', out, process.execPath, folder]);
  execFileSync('chmod', ['-R', 'a+rX,go-w', folder]);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
/** Runs the copy in place of the program of the clone. */
const copied = (through: readonly string[]) => [
  ...through,
  'sh',
  '-c',
  `shift 2; exec '${folder}/node' '${folder}/out/main/lifeboat.js' "$@"`,
  'sh',
];

/** Runs as a user who may not become root: the deed ends at that question, and the rehearsal asks it. */
function asUser() {
  const home = mkdtempSync(join(tmpdir(), 'lifeboat-rehearse-'));
  execFileSync('chown', ['-R', '65534', home]);
  onTestFinished(() => {
    rmSync(home, { recursive: true, force: true });
  });
  const env = { XDG_STATE_HOME: home, XDG_CONFIG_HOME: home };
  return {
    run: (...args: readonly string[]) => lifeboat(args, { env, through: copied(NOBODY) }),
    /** As root on the state of that user, who keeps it. */
    asRoot: async (...args: readonly string[]) => {
      const own = `${home}-root`;
      onTestFinished(() => {
        rmSync(own, { recursive: true, force: true });
      });
      const ended = await lifeboat(args, { env: { ...env, XDG_STATE_HOME: own } });
      execFileSync('cp', ['-r', `${own}/lifeboat`, home]);
      execFileSync('chown', ['-R', '65534', `${home}/lifeboat`]);
      return ended;
    },
    /** As in many sandboxes: no set-user-ID program can help. */
    boxed: (...args: readonly string[]) =>
      lifeboat(args, { env, through: copied([...NOBODY, '--no-new-privs']) }),
  };
}

describe.skipIf(!isRoot)('a rehearsal of a user without root (needs root: to be another user)', () => {
  const NEEDS =
    /\nNeeds root: (sudo|pkexec) has to allow it without a password, since there is no terminal to ask in\.\n$/;

  it.for<readonly string[]>([
    ['set', 'vm.oom_dump_tasks=0'],
    ['set', 'vm.swappiness=33', '--on-disk'],
    ['keep', 'vm.swappiness=33'],
  ])('of "sysctl %s %s" says that root is needed', async (args) => {
    const { code, stdout, stderr } = await asUser().run('sysctl', ...args, '--dry-run');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(NEEDS);
  });

  it('of forgetting a setting that is kept says it', async () => {
    const { run, asRoot } = asUser();
    const now = readFileSync('/proc/sys/vm/swappiness', 'utf8').trim();
    onTestFinished(async () => {
      await asRoot('sysctl', 'forget', 'vm.swappiness');
    });
    expect(await asRoot('sysctl', 'keep', `vm.swappiness=${now}`)).toMatchObject({ code: 0 });
    const { code, stdout } = await run('sysctl', 'forget', 'vm.swappiness', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(NEEDS);
  });

  it('of undoing what root has changed says it', async () => {
    const { run, asRoot } = asUser();
    const { pid } = await startSleep();
    expect(await asRoot('give-up', String(pid), '--adj', '300', '--yes')).toMatchObject({ code: 0 });
    const { code, stdout } = await run('undo', '--all', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n(Needs|May need) root: /);
  });

  it('of the limit of a cgroup says it too, as JSON as well', async () => {
    const { run } = asUser();
    const { path } = realCgroup('rehearse');
    expect((await run('cgroup', path, '--max', '64M', '--dry-run')).stdout).toMatch(NEEDS);
    const json = await run('cgroup', path, '--max', '64M', '--dry-run', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ root: { need: 'yes', state: 'asks' } });
    // What would write nothing needs nothing.
    expect((await run('cgroup', path, '--max', 'max', '--dry-run')).stdout).not.toContain('root:');
  });

  it('fails as the deed does, word for word, where root is out of reach', async () => {
    const { boxed } = asUser();
    const { pid } = await startSleep();
    for (const command of [
      ['sysctl', 'keep', 'vm.swappiness=33'],
      ['give-up', String(pid), '--adj', '300'],
    ]) {
      const rehearsed = await boxed(...command, '--dry-run');
      const done = await boxed(...command, '--yes');
      expect([rehearsed.code, done.code]).toEqual([1, 1]);
      expect(rehearsed.stderr).toContain('no new privileges');
      expect(rehearsed.stderr).toBe(done.stderr);
    }
  });

  it('of raising one’s own process says nothing of root; of lowering it, that it may be needed', async () => {
    const { run } = asUser();
    const own = await startChild('setpriv', [...NOBODY.slice(1), 'sleep', '1000']);
    const raised = await run('give-up', String(own.pid), '--adj', '300', '--dry-run');
    expect(raised.code).toBe(0);
    expect(raised.stdout).not.toContain('root:');
    const lowered = await run('protect', String(own.pid), '--adj', '-5', '--dry-run');
    expect(lowered.stdout).toContain('\nMay need root: ');
  });
});
