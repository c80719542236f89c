import { beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryDir } from '../../../helpers/web-client.ts';

/** Everything that the entry does with Electron, in its order. */
const { calls, electron, runDesktop } = vi.hoisted(() => {
  const calls: (readonly unknown[])[] = [];
  const state = { hasLock: true, switches: [] as string[], ready: Promise.resolve() };
  const note =
    <T>(name: string, answer: () => T) =>
    (...given: readonly unknown[]): T => {
      calls.push([name, ...given]);
      return answer();
    };
  const nothing = () => undefined;
  return {
    calls,
    electron: {
      state,
      app: {
        commandLine: { hasSwitch: (name: string) => state.switches.includes(name) },
        disableHardwareAcceleration: note('disableHardwareAcceleration', nothing),
        enableSandbox: note('enableSandbox', nothing),
        exit: note('exit', nothing),
        requestSingleInstanceLock: note('requestSingleInstanceLock', () => state.hasLock),
        setPath: note('setPath', nothing),
        whenReady: note('whenReady', () => state.ready),
      },
      protocol: { registerSchemesAsPrivileged: note('registerSchemesAsPrivileged', nothing) },
    },
    runDesktop: note('runDesktop', nothing),
  };
});
vi.mock('electron', () => electron);
vi.mock('../../../../src-main/desktop/run.ts', () => ({ runDesktop }));

/** Starts the program as this user, and waits until all that follows at once has followed. */
async function start(uid: number): Promise<void> {
  vi.resetModules();
  vi.spyOn(process, 'getuid').mockReturnValue(uid);
  await import('../../../../src-main/desktop/main.ts');
  await electron.state.ready;
  await Promise.resolve();
}

let log = '';
beforeEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  calls.length = 0;
  log = '';
  Object.assign(electron.state, { hasLock: true, switches: [] });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    log += String(text);
    return true;
  });
});

describe('the start of the desktop program', () => {
  it('settles sandbox, graphics and scheme before Electron is ready', async () => {
    const state = temporaryDir();
    vi.stubEnv('XDG_STATE_HOME', state);
    await start(1000);
    expect(calls).toEqual([
      ['setPath', 'userData', `${state}/lifeboat/window`],
      ['requestSingleInstanceLock'],
      ['enableSandbox'],
      ['disableHardwareAcceleration'],
      ['registerSchemesAsPrivileged', [expect.objectContaining({ scheme: 'lifeboat' })]],
      ['whenReady'],
      ['runDesktop', true],
    ]);
    expect(log).toBe('');
  });

  it('ends as root with a sentence, before anything else', async () => {
    await start(0);
    expect(calls).toEqual([['exit', 1]]);
    expect(log).toMatch(/^lifeboat: Start the window as yourself, not as root.*\n$/);
  });

  it('ends at once when it runs already, which shows the window that there is', async () => {
    vi.stubEnv('XDG_STATE_HOME', temporaryDir());
    electron.state.hasLock = false;
    await start(1000);
    expect(calls.slice(1)).toEqual([['requestSingleInstanceLock'], ['exit', 0]]);
  });

  it('leaves the sandbox off where it was started without, and hands that on', async () => {
    vi.stubEnv('XDG_STATE_HOME', temporaryDir());
    electron.state.switches = ['no-sandbox'];
    await start(1000);
    expect(calls).not.toContainEqual(['enableSandbox']);
    expect(calls.at(-1)).toEqual(['runDesktop', false]);
  });
});
