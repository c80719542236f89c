import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { realCgroup } from '../helpers/processes/process-cgroup.ts';
import { startChild, startSleep } from '../helpers/processes/process-children.ts';
import { lifeboat } from '../helpers/processes/process-command.ts';

const isRoot = process.getuid?.() === 0;
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

/** Runs as a user who may not become root: the deed ends at that question, and the rehearsal asks it. */
function asUser() {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-rehearse-'));
  spawnSync('chown', ['-R', '65534', folder]);
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const env = { XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder };
  return {
    run: (...args: readonly string[]) => lifeboat(args, { env, through: NOBODY }),
    /** As in many sandboxes: no set-user-ID program can help. */
    boxed: (...args: readonly string[]) => lifeboat(args, { env, through: [...NOBODY, '--no-new-privs'] }),
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
