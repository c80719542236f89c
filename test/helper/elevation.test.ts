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

function facts(asks: MethodFacts['asks'], ways: Partial<MethodFacts>): MethodFacts {
  return { uid, asks, ...ways };
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
    const start = {
      asks: 'nobody',
      places: stage.places('undecided'),
      facts: facts('nobody', SUDO),
    } as const;
    expect(await stage.run({ start })).toMatchObject(worked('sudo'));
  });

  it('is no way where it would have to ask', async () => {
    stage.allowSudo('ALL');
    const start = {
      asks: 'nobody',
      places: stage.places('undecided'),
      facts: facts('nobody', SUDO),
    } as const;
    expect(await stage.run({ start })).toMatchObject({
      error: { code: 'elevation-none', hint: expect.stringContaining('sudo') as string },
    });
  });

  it('asks in a terminal, and works with the password', async () => {
    stage.allowSudo('ALL');
    const start = {
      asks: 'terminal',
      places: stage.places('undecided'),
      facts: facts('terminal', SUDO),
    } as const;
    expect(await stage.runInTerminal({ start }, [PASSWORD])).toMatchObject(worked('sudo'));
  });

  it('asks in a terminal, and refuses wrong passwords', async () => {
    stage.allowSudo('ALL');
    const start = {
      asks: 'terminal',
      places: stage.places('undecided'),
      facts: facts('terminal', SUDO),
    } as const;
    expect(await stage.runInTerminal({ start }, ['wrong', 'wronger', 'wrongest'])).toMatchObject({
      error: { code: 'elevation-refused' },
    });
  });

  it('is no way for a user whom it does not know', async () => {
    const start = {
      asks: 'terminal',
      places: stage.places('undecided'),
      facts: facts('terminal', SUDO),
    } as const;
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

  it('does not run a file of the user without being told to, not even where it asks nothing', async () => {
    stage.allowSudo('NOPASSWD: ALL');
    const places = stage.places('own');
    const start = { asks: 'nobody', places, facts: facts('nobody', SUDO) } as const;
    const report = await stage.run({ start });
    expect(report).toMatchObject({ error: { code: 'helper-untrusted' } });
    expect(report.adj).toBeUndefined();
    expect(report.error?.hint).toContain(`sudo install -D -o root -g root -m 0644 ${places.helper}`);
    expect(report.rights).toMatchObject({ state: 'failed' });
  });

  it('runs a file of the user in a terminal when he says that he knows', async () => {
    stage.allowSudo('ALL');
    const start = {
      asks: 'terminal',
      trustsOwnFiles: true,
      places: stage.places('own'),
      facts: facts('terminal', SUDO),
    } as const;
    expect(await stage.runInTerminal({ start }, [PASSWORD])).toMatchObject(worked('sudo'));
  });
});

describe('pkexec, for an ordinary user', () => {
  const start = (
    place: 'allowed' | 'refused' | 'undecided' | 'packaged',
    ways: Partial<MethodFacts> = PKEXEC,
  ) => ({ asks: 'desktop', places: stage.places(place), facts: facts('desktop', ways) }) as const;

  it('starts the helper where polkit allows it', async () => {
    const report = await stage.run({ start: start('allowed') });
    expect(report).toMatchObject(worked('pkexec'));
    expect(report.rights).toMatchObject({ state: 'asks', method: 'pkexec' });
  });

  it('starts the wrapper of the package by its own action, where the generic one would be asked about', async () => {
    expect(await stage.run({ start: start('packaged') })).toMatchObject(worked('pkexec'));
  });

  it('says when polkit refuses, and does not try sudo then', async () => {
    stage.allowSudo('NOPASSWD: ALL');
    const report = await stage.run({ start: start('refused', { ...PKEXEC, ...SUDO }) });
    expect(report).toMatchObject({ error: { code: 'elevation-refused' } });
    expect(report.adj).toBeUndefined();
  });

  it('says when nothing in the session can ask', async () => {
    expect(await stage.run({ start: start('undecided') })).toMatchObject({
      error: { code: 'elevation-no-agent', hint: expect.stringContaining('agent') as string },
    });
  });

  it('goes on to sudo when nothing in the session can ask and sudo asks nothing', async () => {
    stage.allowSudo('NOPASSWD: ALL');
    expect(await stage.run({ start: start('undecided', { ...PKEXEC, ...SUDO }) })).toMatchObject(
      worked('sudo'),
    );
  });

  it('says when there is no system bus, before anything is started and after', async () => {
    const hidden = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /run/dbus && exec "$@"', 'sh'];
    const report = await stage.run({ start: start('allowed') }, hidden);
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
    const own = { asks: 'desktop', places: stage.places('own'), facts: facts('desktop', PKEXEC) } as const;
    expect(await stage.run({ start: own })).toMatchObject({ error: { code: 'helper-untrusted' } });
  });
});

describe('pkexec in a terminal', () => {
  const start = () =>
    ({ asks: 'terminal', places: stage.places('undecided'), facts: facts('terminal', PKEXEC) }) as const;

  it('asks by its own agent there, and says when the password is wrong', async () => {
    stage.makeAdministrator();
    expect(await stage.runInTerminal({ start: start() }, ['wrong'])).toMatchObject({
      error: { code: 'elevation-refused' },
    });
  });
});

describe('Windows, for an ordinary user of WSL', () => {
  it('is asked by its exact arguments, first of all and without a password', async () => {
    stage.allowSudo('NOPASSWD: ALL');
    const wsl = { distribution: 'Debian', wslExe: stage.wslExe };
    const start = {
      asks: 'desktop',
      places: stage.places('refused'),
      facts: facts('desktop', { ...PKEXEC, wsl }),
    } as const;
    expect(await stage.run({ start })).toMatchObject(worked('wsl'));
  });

  it('is named where its programs cannot be started and nothing else works', async () => {
    const start = {
      asks: 'desktop',
      places: stage.places('undecided'),
      facts: facts('desktop', { wsl: { distribution: 'Debian' } }),
    } as const;
    expect(await stage.run({ start })).toMatchObject({ error: { code: 'elevation-wsl-interop-off' } });
  });
});

describe('every way, for an ordinary user', () => {
  it('says when there is none', async () => {
    const start = {
      asks: 'desktop',
      places: stage.places('undecided'),
      facts: facts('desktop', {}),
    } as const;
    expect(await stage.run({ start })).toMatchObject({
      error: { code: 'elevation-none', message: expect.stringContaining('pkexec') as string },
      rights: { state: 'failed' },
    });
  });

  it('says when the helper is nowhere', async () => {
    const start = {
      asks: 'desktop',
      places: stage.places('missing'),
      facts: facts('desktop', PKEXEC),
    } as const;
    expect(await stage.run({ start })).toMatchObject({ error: { code: 'helper-missing' } });
  });
});
