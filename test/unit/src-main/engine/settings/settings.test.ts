import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fail, ok } from '#shared/result.ts';
import { type SettingsState } from '#shared/contract/settings.ts';
import { DEFAULT_SETTINGS } from '#shared/model/settings.ts';
import {
  CurrentSettings,
  type DesktopPort,
  type CurrentSettingsOptions,
} from '../../../../../src-main/engine/settings/settings.ts';
import { temporaryDir } from '../../../../helpers/web-client.ts';

function settingsWith(options: Partial<CurrentSettingsOptions> = {}) {
  const folder = temporaryDir();
  const log: string[] = [];
  const changes: SettingsState[] = [];
  const made = new CurrentSettings({ folder, nowMs: () => 0, log: (line) => log.push(line), ...options });
  made.onChange((state) => changes.push(state));
  return { made, folder, log, changes };
}

function desktop(login = false) {
  let tray: boolean | undefined;
  let startsAtLogin = login;
  const port: DesktopPort = {
    hasTray: () => tray,
    startsAtLogin: () => startsAtLogin,
    setStartAtLogin: (wanted) => {
      startsAtLogin = wanted;
      return ok(null);
    },
  };
  return { port, setTray: (has: boolean) => (tray = has) };
}

describe('CurrentSettings', () => {
  it('tells in a browser what applies there, and in the desktop program the rest as well', () => {
    const { made, folder } = settingsWith();
    expect(made.state()).toEqual({ settings: DEFAULT_SETTINGS, file: join(folder, 'settings.json') });
    const { port, setTray } = desktop();
    const there = settingsWith({ desktop: port }).made;
    expect(there.state().desktop).toEqual({ startAtLogin: false });
    setTray(false);
    expect(there.state().desktop).toEqual({ startAtLogin: false, tray: false });
  });

  it('reports a change once to every listener', () => {
    const { made, changes } = settingsWith();
    const changed = made.change({ intervalMs: 5000 });
    expect(changed).toEqual(ok(made.state()));
    expect(changes).toEqual([made.state()]);
    expect(made.settings.intervalMs).toBe(5000);
  });

  it('sets what starts it at login by the entry alone', () => {
    const { port } = desktop();
    const { made, changes } = settingsWith({ desktop: port });
    expect(made.change({ startAtLogin: true })).toMatchObject({
      ok: true,
      value: { desktop: { startAtLogin: true } },
    });
    expect(changes).toHaveLength(1);
  });

  it('changes nothing where the entry cannot be written', () => {
    const { port } = desktop();
    const broken = { ...port, setStartAtLogin: () => fail('io-failed', { what: 'write', path: '/etc/x' }) };
    const { made, changes } = settingsWith({ desktop: broken });
    expect(made.change({ startAtLogin: true, theme: 'dark' })).toMatchObject({
      error: { code: 'io-failed' },
    });
    expect(made.settings).toEqual(DEFAULT_SETTINGS);
    expect(changes).toEqual([]);
  });

  it.for(['theme', 'closeToTray', 'notifications', 'startAtLogin'] as const)(
    'refuses %s in a browser, where it would change nothing that is seen',
    (name) => {
      const patch = {
        theme: { theme: 'dark' },
        closeToTray: { closeToTray: true },
        notifications: { notifications: { kill: false } },
        startAtLogin: { startAtLogin: true },
      } as const;
      const { made } = settingsWith();
      expect(made.change(patch[name])).toMatchObject({ ok: false, error: { code: 'not-supported' } });
      expect(made.settings).toEqual(DEFAULT_SETTINGS);
    },
  );

  it('refuses every change where the front end may only look', () => {
    const { made } = settingsWith({ readOnly: true });
    expect(made.state().readOnly).toBe(true);
    expect(made.change({ intervalMs: 500 })).toEqual(fail('read-only', {}));
  });

  it('says in the log and to the page that the file is broken', () => {
    const folder = temporaryDir();
    writeFileSync(join(folder, 'settings.json'), 'no');
    const { made, log } = settingsWith({ folder });
    expect(log).toHaveLength(1);
    expect(log[0]).toContain('is not JSON');
    expect(made.state().trouble?.code).toBe('malformed');
  });
});
