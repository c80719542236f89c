import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { en } from '#shared/words/en.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { HELPER_PLACES, NODE_FLAGS } from '../../src-main/helper/client/program.ts';
import { changeableBy } from '../../src-main/helper/client/trust.ts';
import { ElevationStage, uidOf, USER } from '../helper/support/elevation-stage.ts';
import { InstalledDeb, laterDeb } from './support/installed-deb.ts';
import { output, packageFile, temporaryFolder, unpacked } from './support/packages.ts';
import { systemPaths } from './support/system-paths.ts';

const WRAPPER = HELPER_PLACES.wrapper;
const ACTION = 'io.github.lifeboat-oom.lifeboat.helper';
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

let stage: ElevationStage;
let before: ReadonlySet<string>;
let deb: InstalledDeb;

beforeAll(async () => {
  stage = await ElevationStage.build();
  before = systemPaths();
  deb = InstalledDeb.install(packageFile('.deb'));
  await polkitKnowsTheAction();
});

afterAll(async () => {
  await deb.close();
  await stage.remove();
});

/** polkitd watches the folder of actions, and takes a moment. */
async function polkitKnowsTheAction(): Promise<void> {
  await vi.waitFor(
    () => {
      expect(spawnSync('pkaction', ['--action-id', ACTION]).status).toBe(0);
    },
    { timeout: 20_000, interval: 200 },
  );
}

/** What has come to the system since before the package was there. */
function leftBehind(): readonly string[] {
  return [...systemPaths()].filter((path) => !before.has(path));
}

describe('the command of the installed deb', () => {
  it('lists for an ordinary user, from PATH', () => {
    const { status, stdout, stderr } = stage.runCommand(['lifeboat', 'list', '--json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ version: 1 });
  });

  it('is the command without a display, and the window with one', () => {
    expect(stage.runCommand(['lifeboat']).stderr).toMatch(/^Usage: lifeboat /);
    expect(stage.runCommand(['lifeboat'], { DISPLAY: ':0' }).stdout).toBe('window: \n');
    expect(stage.runCommand(['lifeboat'], { WAYLAND_DISPLAY: 'wayland-0' }).stdout).toBe('window: \n');
    expect(stage.runCommand(['lifeboat', '--version'], { DISPLAY: ':0' }).stdout).toBe(
      `${packageJson.version}\n`,
    );
  });

  it('opens no window as root, and says so', () => {
    const { stdout, stderr } = spawnSync('lifeboat', { encoding: 'utf8', env: { PATH, DISPLAY: ':0' } });
    expect(stdout).not.toContain('window:');
    expect(stderr).toMatch(/^lifeboat: there is no window as root; start it as yourself\./);
  });

  it('does not make a Node of the Electrons that it starts', async () => {
    const folder = temporaryFolder();
    const seen = join(folder, 'environment');
    writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\nenv > ${seen}.new && mv ${seen}.new ${seen}\n`);
    chmodSync(join(folder, 'xdg-open'), 0o755);
    const child = spawn('lifeboat', ['serve', '--port', '0', '--open'], {
      env: { PATH: `${folder}:${PATH}`, XDG_STATE_HOME: folder },
      stdio: 'ignore',
    });
    const exited = once(child, 'exit');
    onTestFinished(async () => {
      child.kill();
      await exited;
    });
    await expect.poll(() => existsSync(seen), { timeout: 20_000 }).toBe(true);
    expect(readFileSync(seen, 'utf8')).not.toContain('ELECTRON_RUN_AS_NODE');
  });
});

describe('the helper of the installed deb', () => {
  it('is reached by pkexec through its own action, for an ordinary user', async () => {
    const { via, hello, answer, adj } = await stage.run({ start: { asks: 'desktop' } });
    expect({ via, uid: hello?.askedByUid, ok: answer?.ok, adj }).toEqual({
      via: 'pkexec',
      uid: uidOf(USER),
      ok: true,
      adj: '321',
    });
  });

  it('is reached by sudo as well, where there is no desktop', async () => {
    stage.allowSudo('NOPASSWD: ALL');
    onTestFinished(() => {
      stage.allowSudo(undefined);
    });
    const { via, hello, adj } = await stage.run({ start: { asks: 'none' } });
    expect({ via, uid: hello?.askedByUid, adj }).toEqual({ via: 'sudo', uid: uidOf(USER), adj: '321' });
  });

  it.for([
    { what: 'another program of the package', command: ['/opt/Lifeboat/lifeboat-desktop', '--version'] },
    { what: 'the command', command: ['/opt/Lifeboat/resources/bin/lifeboat', '--version'] },
    { what: 'any other program', command: ['/usr/bin/id'] },
    {
      what: 'the helper by another name',
      command: ['/opt/Lifeboat/resources/../resources/bin/lifeboat-helper'],
    },
  ])('is all that the action lets in: not $what', ({ command }) => {
    const { status, stdout } = stage.runCommand(['pkexec', '--disable-internal-agent', ...command]);
    expect({ status, stdout }).toEqual({ status: 127, stdout: '' });
  });

  it('has an action that asks an administrator, and remembers only for the user at the machine', () => {
    const said = output('pkaction', '--verbose', '--action-id', ACTION);
    expect(said).toMatch(/implicit any: +auth_admin$/m);
    expect(said).toMatch(/implicit inactive: +auth_admin$/m);
    expect(said).toMatch(/implicit active: +auth_admin_keep$/m);
    expect(said).toContain(`org.freedesktop.policykit.exec.path -> ${WRAPPER}`);
  });

  it('takes only the user from its caller: no arguments, no variables', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'evil.cjs'), `require('node:fs').writeFileSync('${folder}/was-here', '')`);
    const child = spawn(WRAPPER, ['--require', join(folder, 'evil.cjs')], {
      env: {
        PATH: folder,
        NODE_OPTIONS: `--require=${folder}/evil.cjs`,
        LD_LIBRARY_PATH: folder,
        HOME: folder,
        PKEXEC_UID: '4711',
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    expect(JSON.parse(line)).toMatchObject({ hello: 'lifeboat-helper', askedByUid: 4711 });
    const names = readFileSync(`/proc/${child.pid ?? 0}/environ`, 'utf8')
      .split('\0')
      .map((entry) => entry.split('=')[0])
      .filter((name) => name !== '' && name !== 'PWD');
    expect(names.sort()).toEqual(['ELECTRON_RUN_AS_NODE', 'PATH', 'PKEXEC_UID', 'SUDO_UID']);
    const words = readFileSync(`/proc/${child.pid ?? 0}/cmdline`, 'utf8').split('\0');
    expect(words.slice(-NODE_FLAGS.length - 2)).toEqual([
      ...NODE_FLAGS,
      '/opt/Lifeboat/resources/app.asar.unpacked/out/helper/helper.cjs',
      '',
    ]);
    child.stdin.end();
    await exited;
    expect(existsSync(join(folder, 'was-here'))).toBe(false);
  });

  it('is in folders and files that root alone may change', () => {
    expect(changeableBy(WRAPPER, 'root', { uid: 0, gid: 0 })).toBeUndefined();
    const weak = readdirSync('/opt/Lifeboat', { recursive: true, encoding: 'utf8' }).filter((name) => {
      const { uid, gid, mode } = lstatSync(join('/opt/Lifeboat', name));
      return uid !== 0 || gid !== 0 || (mode & 0o022) !== 0;
    });
    expect(weak).toEqual([]);
  });

  it('is not run as root from a folder of the user’s, as an unpacked archive or an AppImage is; the message says what to do', async () => {
    const folder = '/var/lib/lifeboat-test/unpacked';
    cpSync(unpacked(), folder, { recursive: true });
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    output('chown', '--recursive', `${USER}:`, folder);
    const places = {
      wrapper: '/no/such',
      copy: '/no/such',
      node: join(folder, 'lifeboat-desktop'),
      helper: join(folder, 'resources/app.asar.unpacked/out/helper/helper.cjs'),
    };
    const { error, rights } = await stage.run({ start: { asks: 'desktop', places } });
    expect(error?.code).toBe('helper-untrusted');
    // As the user reads it: failures are facts, and words are made of them.
    const words = error === undefined ? undefined : en.failure(error);
    expect(words?.message).toMatch(
      /^Users other than root can change \S+, so (it|\S+) is not run as root\.$/,
    );
    expect(words?.hint).toMatch(/^Install the deb or rpm/);
    expect(rights?.state).toBe('failed');
  });
});

describe('the life of the installed deb', () => {
  it('leaves the AppArmor profile to machines that have AppArmor, and the sandbox with the rights that it needs', () => {
    const mode = lstatSync('/opt/Lifeboat/chrome-sandbox').mode & 0o7777;
    expect([0o755, 0o4755]).toContain(mode);
    expect(existsSync('/etc/apparmor.d/lifeboat-desktop')).toBe(
      spawnSync('apparmor_status', ['--enabled']).status === 0,
    );
  });

  it('puts the same files in their places when a later version comes', async () => {
    const files = leftBehind();
    const later = laterDeb(packageFile('.deb'), `${packageJson.version}+later`);
    onTestFinished(() => {
      rmSync(dirname(later), { recursive: true });
    });
    deb.replace(later);
    expect(output('dpkg-query', '--show', '--showformat=${Version}', 'lifeboat')).toBe(
      `${packageJson.version}+later`,
    );
    expect(leftBehind()).toEqual(files);
    await polkitKnowsTheAction();
    expect(stage.runCommand(['lifeboat', 'list', '--json']).status).toBe(0);
  });

  it('leaves nothing behind when it is removed but the record of what root was asked for, and not that when purged', () => {
    expect(leftBehind()).toContain('/usr/bin/lifeboat');
    deb.remove();
    expect(leftBehind().filter((path) => !path.startsWith('/var/log/lifeboat'))).toEqual([]);
    expect(existsSync('/var/log/lifeboat/helper.log')).toBe(true);
    deb.purge();
    expect(leftBehind()).toEqual([]);
    expect(existsSync('/var/log/lifeboat')).toBe(false);
    expect(
      [...before].filter(
        (path) =>
          !path.startsWith('/var/log/lifeboat') &&
          !existsSync(path) &&
          lstatSync(path, { throwIfNoEntry: false }) === undefined,
      ),
    ).toEqual([]);
  });
});
