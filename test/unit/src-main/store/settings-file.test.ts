import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '#shared/model/settings.ts';
import { failureLine } from '#shared/words/index.ts';
import { SETTINGS_FILE, SettingsFile } from '../../../../src-main/store/settings-file.ts';
import { temporaryDir } from '../../../helpers/web-client.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 10);

function said({ trouble }: SettingsFile): string {
  return trouble === undefined ? '' : failureLine(trouble);
}

function kept(text?: string) {
  const folder = temporaryDir();
  const path = join(folder, SETTINGS_FILE);
  if (text !== undefined) writeFileSync(path, text);
  const changes: unknown[] = [];
  const open = () =>
    new SettingsFile({
      folder,
      nowMs: () => NOW_MS,
      onChange: (settings, trouble) => changes.push([settings, trouble?.code]),
    });
  const json = () => JSON.parse(readFileSync(path, 'utf8')) as unknown;
  return {
    folder,
    path,
    changes,
    open,
    json,
    write: (next: string) => {
      writeFileSync(path, next);
    },
  };
}

describe('SettingsFile', () => {
  it('begins with the defaults, and writes nothing before a setting is changed', () => {
    const { open, path } = kept();
    expect(open().settings).toEqual(DEFAULT_SETTINGS);
    expect(existsSync(path)).toBe(false);
  });

  it('has after a start what was changed before it, in a file of its owner alone', () => {
    const { open, path, folder } = kept();
    expect(open().change({ theme: 'dark', thresholds: { pressurePercent: 35 } }).ok).toBe(true);
    expect(open().settings).toEqual({
      ...DEFAULT_SETTINGS,
      theme: 'dark',
      thresholds: { ...DEFAULT_SETTINGS.thresholds, pressurePercent: 35 },
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual([SETTINGS_FILE]);
  });

  it('writes what is named and nothing else, and keeps what a newer Lifeboat has in it', () => {
    const { open, json } = kept('{"sails": 3, "notifications": {"kill": false, "sunset": true}}');
    expect(open().change({ notifications: { pressure: false } }).ok).toBe(true);
    expect(json()).toEqual({ sails: 3, notifications: { kill: false, sunset: true, pressure: false } });
  });

  it.for([
    ['is not JSON', '{"theme": '],
    ['is not a JSON object', '[]'],
    ['is not a JSON object', 'null'],
    ['theme should be ("system" | "light" | "dark")', '{"theme": "pink"}'],
    ['intervalMs should be >=250', '{"intervalMs": 1}'],
    ['thresholds.availablePercent should be', '{"thresholds": {"availablePercent": 12.5}}'],
    ['closeToTray should be boolean', '{"closeToTray": "yes"}'],
  ] as const)('keeps a file aside that %s: %s', ([why, text]) => {
    const { open, folder } = kept(text);
    const file = open();
    expect(file.settings).toEqual(DEFAULT_SETTINGS);
    expect(file.trouble).toMatchObject({ code: 'malformed' });
    expect(said(file)).toContain(why);
    const [aside = ''] = readdirSync(folder);
    expect(aside).toBe(`${SETTINGS_FILE}.broken-20261120T100000Z`);
    expect(said(file)).toContain(join(folder, aside));
    expect(readFileSync(join(folder, aside), 'utf8')).toBe(text);
  });

  it('takes a file with a byte order mark', () => {
    expect(kept('\ufeff{"theme": "light"}').open().settings.theme).toBe('light');
  });

  it('refuses what is no file, and a file that is far too large', () => {
    const { open, path, folder } = kept();
    mkdirSync(path);
    expect(said(open())).toContain('not a regular file');
    expect(readdirSync(folder)).toEqual([`${SETTINGS_FILE}.broken-20261120T100000Z`]);
    expect(said(kept(' '.repeat(65 * 1024)).open())).toContain('too large');
  });

  it('follows what others write, and tells of it once', () => {
    const { open, changes, write } = kept();
    const file = open();
    write('{"theme": "dark"}');
    file.look();
    file.look();
    expect(changes).toEqual([[{ ...DEFAULT_SETTINGS, theme: 'dark' }, undefined]]);
  });

  it('leaves a file that an edit breaks as it is, and keeps the last good settings', () => {
    const { open, changes, path, folder, write } = kept('{"theme": "dark"}');
    const file = open();
    write('{"theme": ');
    file.look();
    expect(file.settings.theme).toBe('dark');
    expect(changes).toEqual([[file.settings, 'malformed']]);
    expect(readdirSync(folder)).toEqual([SETTINGS_FILE]);
    write('{"theme": "light"}');
    file.look();
    expect(file.settings.theme).toBe('light');
    expect(file.trouble).toBeUndefined();
    rmSync(path);
    file.look();
    expect(file.settings).toEqual(DEFAULT_SETTINGS);
  });

  it('keeps a broken file aside before it writes in its place, and says so', () => {
    const { open, folder, json, write } = kept('{"theme": "dark"}');
    const file = open();
    write('nothing');
    file.look();
    expect(file.change({ intervalMs: 500 }).ok).toBe(true);
    expect(json()).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark', intervalMs: 500 });
    expect(readdirSync(folder)).toEqual([SETTINGS_FILE, `${SETTINGS_FILE}.broken-20261120T100000Z`]);
    expect(said(file)).toContain('.broken-');
  });

  it('adds to what another Lifeboat has written meanwhile', () => {
    const { open, json } = kept();
    const one = open();
    const other = open();
    expect(one.change({ theme: 'dark' }).ok).toBe(true);
    expect(other.change({ intervalMs: 2000 }).ok).toBe(true);
    expect(json()).toEqual({ theme: 'dark', intervalMs: 2000 });
    expect(other.settings).toMatchObject({ theme: 'dark', intervalMs: 2000 });
  });

  it('says that it cannot write, and stays as it was', () => {
    const { open, folder } = kept();
    const file = open();
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    expect(file.change({ theme: 'dark' })).toMatchObject({ ok: false, error: { code: 'io-failed' } });
    expect(file.settings).toEqual(DEFAULT_SETTINGS);
  });
});
