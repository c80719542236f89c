import { en } from '#shared/words/en.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type MethodFacts } from '../../src-main/helper/client/methods.ts';
import { ElevationStage, PASSWORD, uidOf, USER } from './support/elevation-stage.ts';

let stage: ElevationStage;
let uid: number;
beforeAll(async () => {
  stage = await ElevationStage.build();
  uid = uidOf(USER);
});
afterEach(() => {
  stage.allowSudo(undefined);
});
afterAll(async () => {
  await stage.remove();
});

/** The start of a helper in such a place, by a user who can be asked this way and has these ways to root. */
function startOf(
  asks: MethodFacts['asks'],
  place: Parameters<ElevationStage['places']>[0],
  ways: Partial<MethodFacts>,
) {
  return { asks, places: stage.places(place), facts: { uid, asks, ...ways } };
}

const SUDO = { sudo: '/usr/bin/sudo' };
const PKEXEC = { pkexec: '/usr/bin/pkexec' };
/** A way to root that was used: the helper ran, knew who asked, and did its work. */
const worked = (via: string) => ({
  uid,
  via,
  hello: { askedByUid: uid },
  answer: { ok: true },
  adj: '321',
});

describe('sudo, for an ordinary user', () => {
  it('is used without a question where it asks none', async () => {
    stage.allowSudo('NOPASSWD: ALL');
    expect(await stage.run({ start: startOf('none', 'undecided', SUDO) })).toMatchObject(worked('sudo'));
  });

  it('is no way where it would have to ask', async () => {
    stage.allowSudo('ALL');
    expect(await stage.run({ start: startOf('none', 'undecided', SUDO) })).toMatchObject({
      error: { code: 'elevation-none', facts: { why: 'no-password-asked' } },
    });
  });

  it('asks in a terminal, and works with the password', async () => {
    stage.allowSudo('ALL');
    const start = startOf('terminal', 'undecided', SUDO);
    expect(await stage.runInTerminal({ start }, [PASSWORD])).toMatchObject(worked('sudo'));
  });

  it('asks in a terminal, and refuses wrong passwords', async () => {
    stage.allowSudo('ALL');
    const start = startOf('terminal', 'undecided', SUDO);
    expect(await stage.runInTerminal({ start }, ['wrong', 'wronger', 'wrongest'])).toMatchObject({
      error: { code: 'elevation-refused' },
    });
  });

  it('is no way for a user that it does not know', async () => {
    const start = startOf('terminal', 'undecided', SUDO);
    expect(await stage.runInTerminal({ start }, [PASSWORD])).toMatchObject({
      error: { code: 'elevation-none' },
    });
  });

  it('says when the helper is missing', async () => {
    stage.allowSudo('NOPASSWD: ALL');
    const method = { via: 'sudo', prefix: ['/usr/bin/sudo', '-n', '--'], asksPerson: false } as const;
    expect(await stage.run({ launch: { method, command: ['/no/such/helper'] } })).toMatchObject({
      error: { code: 'helper-missing' },
    });
  });

  it('does not run a file of the user unless allowed to, not even where it asks for no password', async () => {
    stage.allowSudo('NOPASSWD: ALL');
    const start = startOf('none', 'own', SUDO);
    const report = await stage.run({ start });
    expect(report).toMatchObject({ error: { code: 'helper-untrusted' } });
    expect(report.adj).toBeUndefined();
    expect(report.error === undefined ? undefined : en.failure(report.error).hint).toContain(
      `sudo install -D -o root -g root -m 0644 ${start.places.helper}`,
    );
    expect(report.rights).toMatchObject({ state: 'failed' });
  });

  it('runs a file of the user in a terminal when the user allows it', async () => {
    stage.allowSudo('ALL');
    const start = { ...startOf('terminal', 'own', SUDO), trustsOwnFiles: true };
    expect(await stage.runInTerminal({ start }, [PASSWORD])).toMatchObject(worked('sudo'));
  });
});

describe('pkexec, for an ordinary user', () => {
  it('starts the helper where polkit allows it', async () => {
    const report = await stage.run({ start: startOf('desktop', 'allowed', PKEXEC) });
    expect(report).toMatchObject(worked('pkexec'));
    expect(report.rights).toMatchObject({ state: 'asks', method: 'pkexec' });
  });

  it('starts the wrapper of the package by its own action, where the generic one would be asked about', async () => {
    const start = startOf('desktop', 'packaged', PKEXEC);
    expect(await stage.run({ start })).toMatchObject(worked('pkexec'));
  });

  it('says when polkit refuses, and does not try sudo then', async () => {
    stage.allowSudo('NOPASSWD: ALL');
    const report = await stage.run({ start: startOf('desktop', 'refused', { ...PKEXEC, ...SUDO }) });
    expect(report).toMatchObject({ error: { code: 'elevation-refused' } });
    expect(report.adj).toBeUndefined();
  });

  it('says when nothing in the session can ask', async () => {
    expect(await stage.run({ start: startOf('desktop', 'undecided', PKEXEC) })).toMatchObject({
      error: { code: 'elevation-no-agent' },
    });
  });

  it('goes on to sudo when nothing in the session can ask and sudo asks nothing', async () => {
    stage.allowSudo('NOPASSWD: ALL');
    const start = startOf('desktop', 'undecided', { ...PKEXEC, ...SUDO });
    expect(await stage.run({ start })).toMatchObject(worked('sudo'));
  });

  it('says when there is no system bus, before anything is started and after', async () => {
    const hidden = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /run/dbus && exec "$@"', 'sh'];
    const report = await stage.run({ start: startOf('desktop', 'allowed', PKEXEC) }, hidden);
    expect(report).toMatchObject({
      error: { code: 'elevation-no-bus' },
      rights: { state: 'failed', error: { code: 'elevation-no-bus' } },
    });
  });

  it('says when the helper is missing', async () => {
    const method = { via: 'pkexec', prefix: ['/usr/bin/pkexec'], asksPerson: false } as const;
    expect(await stage.run({ launch: { method, command: ['/no/such/helper'] } })).toMatchObject({
      error: { code: 'helper-missing' },
    });
  });

  it('is not even asked about a helper that the user can change', async () => {
    expect(await stage.run({ start: startOf('desktop', 'own', PKEXEC) })).toMatchObject({
      error: { code: 'helper-untrusted' },
    });
  });
});

describe('pkexec in a terminal', () => {
  it('asks by its own agent there, and says when the password is wrong', async () => {
    stage.makeAdministrator();
    const start = startOf('terminal', 'undecided', PKEXEC);
    expect(await stage.runInTerminal({ start }, ['wrong'])).toMatchObject({
      error: { code: 'elevation-refused' },
    });
  });
});

describe('Windows, for an ordinary user of WSL', () => {
  it('is asked by its exact arguments, first of all and without a password', async () => {
    stage.allowSudo('NOPASSWD: ALL');
    const wsl = { distribution: 'Debian', wslExe: stage.wslExe };
    const start = startOf('desktop', 'refused', { ...PKEXEC, wsl });
    expect(await stage.run({ start })).toMatchObject(worked('wsl'));
  });

  it('is named where its programs cannot be started and nothing else works', async () => {
    const start = startOf('desktop', 'undecided', { wsl: { distribution: 'Debian' } });
    expect(await stage.run({ start })).toMatchObject({ error: { code: 'elevation-wsl-interop-off' } });
  });
});

describe('every way, for an ordinary user', () => {
  it('says when there is none', async () => {
    expect(await stage.run({ start: startOf('desktop', 'undecided', {}) })).toMatchObject({
      error: { code: 'elevation-none', facts: { why: 'no-pkexec' } },
      rights: { state: 'failed' },
    });
  });

  it('says when the helper is nowhere', async () => {
    expect(await stage.run({ start: startOf('desktop', 'missing', PKEXEC) })).toMatchObject({
      error: { code: 'helper-missing' },
    });
  });
});
