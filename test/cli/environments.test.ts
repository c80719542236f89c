import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fuzzEnvironments } from '../fuzz/environments.ts';
import {
  COMMANDS,
  ENVIRONMENTS,
  faultOf,
  LEAST_ADDRESSES,
  shell,
} from '../helpers/processes/environments.ts';
import { lifeboat, startLifeboat } from '../helpers/processes/process-command.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/lifeboat', import.meta.url));

describe.each(Object.entries(ENVIRONMENTS))('%s', (_, options) => {
  it('every command ends with an answer or a sentence', { timeout: 120_000 }, async () => {
    await Promise.all(
      COMMANDS.map(async (args) => {
        const fault = faultOf(await lifeboat(args, options));
        expect({ args, fault }).toEqual({ args, fault: undefined });
      }),
    );
  });
});

/** The command as people start it: it is a script, which can still speak where Node cannot start. */
describe('with less than Node takes', () => {
  it.each([200_000, 1_100_000, LEAST_ADDRESSES / 1024 - 1])(
    '%i KiB of address space: a sentence and exit 1',
    (kib) => {
      const limit = `--as=${kib * 1024}:${kib * 1024}`;
      const ran = spawnSync('prlimit', [limit, LAUNCHER, 'list'], { encoding: 'utf8' });
      expect(ran).toMatchObject({ status: 1, stdout: '' });
      expect(ran.stderr).toBe(
        `lifeboat: a program may have ${kib} KiB of address space here, and Node needs 1572864. Raise the limit: ulimit -v unlimited\n`,
      );
    },
  );

  it('with fewer open files than Node takes it is the same', () => {
    const ran = spawnSync('prlimit', ['--nofile=20:20', LAUNCHER, 'list'], { encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toBe(
      'lifeboat: a program may have 20 open files here, and Node needs 24. Raise the limit: ulimit -n 1024\n',
    );
  });

  it('as much as is asked for is enough', () => {
    const limit = `--as=${LEAST_ADDRESSES}:${LEAST_ADDRESSES}`;
    const ran = spawnSync('prlimit', [limit, LAUNCHER, 'list', '--json'], { encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 0, stderr: '' });
  });
});

/** The short form of `npm run fuzz -- environments`. */
it(
  'in surroundings at random every command ends with an answer or a sentence',
  { timeout: 120_000 },
  async () => {
    const { tried, lost } = await fuzzEnvironments({
      count: 12,
      seed: Number(process.env['LIFEBOAT_SEED'] ?? 11),
    });
    expect({ tried, lost }).toEqual({ tried: 12, lost: [] });
  },
);

describe('files that are not what they should be', () => {
  function home(): string {
    const path = mkdtempSync(join(tmpdir(), 'lifeboat-home-'));
    onTestFinished(() => {
      rmSync(path, { recursive: true });
    });
    mkdirSync(join(path, '.config/lifeboat'), { recursive: true });
    mkdirSync(join(path, '.local/state/lifeboat'), { recursive: true });
    return path;
  }

  it.each([
    ['.config/lifeboat/rules.toml', ['rules', 'list']],
    ['.config/lifeboat/rules.toml', ['rules', 'check']],
    ['.local/state/lifeboat/journal.db', ['journal']],
  ] as const)('a FIFO as %s is refused: %j', async (path, args) => {
    const at = home();
    execFileSync('mkfifo', [join(at, path)]);
    const { code, stderr } = await lifeboat(args, { env: { HOME: at } });
    expect(stderr).toContain('is not a regular file');
    expect(code === 0 || code === 1).toBe(true);
  });

  it('the page is served with FIFOs for rules, last rules, settings and sign-ins', async () => {
    const at = home();
    for (const path of [
      '.config/lifeboat/rules.toml',
      '.config/lifeboat/settings.json',
      '.local/state/lifeboat/rules.last-good.toml',
      '.local/state/lifeboat/web-keys.json',
    ])
      execFileSync('mkfifo', [join(at, path)]);
    const running = startLifeboat(['serve', '--port', '0'], { env: { HOME: at } });
    expect((await running.lines(1)).length).toBeGreaterThan(0);
  });

  it('goes on serving when its log is on a full disk', async () => {
    const running = startLifeboat(['serve', '--port', '0'], {
      ...shell('exec 2>/dev/full; '),
      env: { HOME: '/proc/lifeboat' },
    });
    await running.lines(1);
    const over = await Promise.race([running.ended, new Promise((resolve) => setTimeout(resolve, 3_000))]);
    expect(over).toBeUndefined();
  });

  it('the page is not served where connections would take the last descriptors, and that is said', async () => {
    const few = { through: ['prlimit', '--nofile=24:24'] };
    const { code, stdout, stderr } = await lifeboat(['serve', '--port', '0'], few);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('A program may have 24 open files here, and a server needs 32.');
  });

  it('settings of the kernel are shown where a file cannot be asked about', async () => {
    const root = mkdtempSync(join(tmpdir(), 'lifeboat-root-'));
    onTestFinished(() => {
      rmSync(root, { recursive: true });
    });
    mkdirSync(join(root, 'etc/sysctl.d'), { recursive: true });
    execFileSync('ln', ['-s', 'loop.conf', join(root, 'etc/sysctl.d/loop.conf')]);
    execFileSync('mkfifo', [join(root, 'etc/sysctl.d/fifo.conf')]);
    writeFileSync(join(root, 'etc/sysctl.d/a.conf'), 'vm.swappiness=7\n');
    execFileSync('ln', ['-s', '/proc', join(root, 'proc')]);
    execFileSync('ln', ['-s', '/sys', join(root, 'sys')]);
    const { code, stdout } = await lifeboat(['sysctl', 'get', 'vm.swappiness'], {
      env: { LIFEBOAT_ROOT: root },
    });
    expect(code).toBe(0);
    expect(stdout).toContain('7 in /etc/sysctl.d/a.conf');
  });
});
