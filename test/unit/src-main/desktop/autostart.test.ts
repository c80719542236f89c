import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Autostart, autostartEntry, startCommand } from '../../../../src-main/desktop/autostart.ts';
import { temporaryDir } from '../../../helpers/web-client.ts';

const INSTALLED = { isPackaged: true, execPath: '/opt/Lifeboat/lifeboat-desktop', appPath: '/opt/x.asar' };

describe('startCommand', () => {
  it('starts what is installed', () => {
    expect(startCommand(INSTALLED)).toEqual(['/opt/Lifeboat/lifeboat-desktop', '--hidden']);
  });

  it('starts the AppImage itself, whose mount is gone after the next boot', () => {
    const command = startCommand({
      ...INSTALLED,
      appImage: '/home/a/Lifeboat.AppImage',
      execPath: '/tmp/.mount_x/lifeboat',
    });
    expect(command).toEqual(['/home/a/Lifeboat.AppImage', '--hidden']);
  });

  it('starts a checkout by Electron and its folder', () => {
    const execPath = '/src/node_modules/electron/dist/electron';
    expect(startCommand({ isPackaged: false, execPath, appPath: '/src/lifeboat' })).toEqual([
      execPath,
      '/src/lifeboat',
      '--hidden',
    ]);
  });

  it('does not trust an AppImage that is no path', () => {
    expect(startCommand({ ...INSTALLED, appImage: 'sh' })[0]).toBe(INSTALLED.execPath);
  });
});

/** What a desktop takes for the command, by the two layers of the specification. */
function execOf(entry: string): string {
  const line = /^Exec=(.*)$/m.exec(entry)?.[1] ?? '';
  return line.replace(
    /\\(.)/g,
    (_, character: string) => ({ s: ' ', n: '\n', t: '\t', r: '\r' })[character] ?? character,
  );
}

describe('autostartEntry', () => {
  it('is an entry of the specification', () => {
    expect(autostartEntry(['/opt/Lifeboat/lifeboat-desktop', '--hidden'])).toBe(`[Desktop Entry]
Type=Application
Name=Lifeboat
Comment=Watches memory in the background
Exec=/opt/Lifeboat/lifeboat-desktop --hidden
Icon=lifeboat
Terminal=false
X-GNOME-Autostart-enabled=true
`);
  });

  it.for(['/home/a b/Life boat', '/x/$HOME`id`"q"\\n', "/it's/(here)", '/ünï'])(
    'quotes %s so that it is one argument with nothing run or replaced in it',
    (path) => {
      const quoted = execOf(autostartEntry([path]));
      // Quoting is the same as a shell's between double quotes.
      expect(execFileSync('/bin/sh', ['-c', `printf %s ${quoted}`], { encoding: 'utf8' })).toBe(path);
    },
  );

  it('doubles a percent sign, which would begin a field code', () => {
    expect(execOf(autostartEntry(['/100%u/x']))).toBe('"/100%%u/x"');
  });
});

describe('Autostart', () => {
  const entry = (folder: string) => new Autostart(['/opt/a', '--hidden'], folder);

  it('is on when the entry is there, and off when it is not', () => {
    const folder = temporaryDir();
    const autostart = entry(folder);
    expect(autostart.isOn).toBe(false);
    expect(autostart.set(true).ok).toBe(true);
    expect(autostart.isOn).toBe(true);
    expect(readFileSync(join(folder, 'autostart/lifeboat.desktop'), 'utf8')).toContain(
      'Exec=/opt/a --hidden',
    );
    expect(autostart.set(false).ok).toBe(true);
    expect(autostart.isOn).toBe(false);
    expect(autostart.set(false).ok).toBe(true);
  });

  it.for(['Hidden=true', 'Hidden = true ', 'X-GNOME-Autostart-enabled=false'])(
    'is off when the desktop has switched it off by %s',
    (line) => {
      const folder = temporaryDir();
      const autostart = entry(folder);
      autostart.set(true);
      const before = readFileSync(autostart.path, 'utf8').replace(/^X-GNOME.*\n/m, '');
      writeFileSync(autostart.path, `${before}${line}\n`);
      expect(autostart.isOn).toBe(false);
      expect(autostart.refresh().ok).toBe(true);
      expect(autostart.isOn).toBe(false);
    },
  );

  it('mends an entry that starts something that has moved, and makes none', () => {
    const folder = temporaryDir();
    const moved = new Autostart(['/somewhere/else', '--hidden'], folder);
    moved.set(true);
    const autostart = entry(folder);
    expect(autostart.refresh().ok).toBe(true);
    expect(readFileSync(autostart.path, 'utf8')).toContain('Exec=/opt/a --hidden');
    autostart.set(false);
    expect(autostart.refresh().ok).toBe(true);
    expect(existsSync(autostart.path)).toBe(false);
  });

  it('says what it cannot write or remove', () => {
    const folder = temporaryDir();
    writeFileSync(join(folder, 'autostart'), '');
    expect(entry(folder).set(true)).toMatchObject({ ok: false, error: { code: 'io-failed' } });
    const other = temporaryDir();
    mkdirSync(join(other, 'autostart/lifeboat.desktop/x'), { recursive: true });
    expect(entry(other).set(false)).toMatchObject({ ok: false, error: { code: 'io-failed' } });
  });
});
