import { beforeEach, describe, expect, it } from 'vitest';
import { type SettingsState } from '#shared/contract/settings.ts';
import { DEFAULT_SETTINGS } from '#shared/model/settings.ts';
import { fail } from '#shared/result.ts';
import { PageSettings } from '../../../../src-renderer/settings/settings.svelte.ts';
import { createPair } from '../pair.ts';
import { stubStorage } from '../storage.ts';

const BROWSER: SettingsState = { settings: DEFAULT_SETTINGS, file: '/settings.json' };
const WINDOW: SettingsState = { ...BROWSER, desktop: { startAtLogin: false, tray: true } };

let stored: Map<string, string>;
beforeEach(() => {
  stored = stubStorage();
});

function loaded() {
  const root = { dataset: {} as Record<string, string> };
  const pair = createPair();
  const made = new PageSettings(root as unknown as HTMLElement);
  made.attach(pair.client);
  return { made, pair, theme: () => root.dataset['theme'] };
}

describe('PageSettings', () => {
  it('asks at once, and follows what becomes of them elsewhere', async () => {
    const { made, pair } = loaded();
    await pair.answer(BROWSER);
    expect(made.state).toEqual(BROWSER);
    const other = { ...BROWSER, settings: { ...DEFAULT_SETTINGS, intervalMs: 5000 } };
    pair.emit('settings.state', other);
    expect(made.state).toEqual(other);
  });

  it('has in a browser a theme of the browser’s own, and sends no request for it', async () => {
    const { made, pair, theme } = loaded();
    await pair.answer(BROWSER);
    await made.setTheme('dark');
    expect(made.theme).toBe('dark');
    expect(theme()).toBe('dark');
    expect(pair.asked).toHaveLength(1);
    expect(loaded().theme()).toBe('dark');
    await made.setTheme('system');
    expect(theme()).toBeUndefined();
  });

  it('leaves the theme of the window to the desktop program', async () => {
    stored.set('lifeboat.theme', 'dark');
    const { made, pair, theme } = loaded();
    expect(theme()).toBe('dark');
    await pair.answer(WINDOW);
    expect(theme()).toBeUndefined();
    void made.setTheme('light');
    expect(pair.asked.at(-1)).toMatchObject({ request: 'settings.change', input: { theme: 'light' } });
    await pair.answer({ ...WINDOW, settings: { ...DEFAULT_SETTINGS, theme: 'light' } });
    expect(made.theme).toBe('light');
    expect(theme()).toBeUndefined();
  });

  it('does not trust what a browser has stored', () => {
    stored.set('lifeboat.theme', 'constructor');
    expect(loaded().made.theme).toBe('system');
  });

  it('says why a change was refused, until one is made', async () => {
    const { made, pair } = loaded();
    await pair.answer(BROWSER);
    const refused = made.change({ intervalMs: 500 });
    await pair.refuse(fail('read-only', {}).error);
    expect(await refused).toBe(false);
    expect(made.refusal?.code).toBe('read-only');
    expect(made.state).toEqual(BROWSER);
    const done = made.change({ intervalMs: 500 });
    await pair.answer(BROWSER);
    expect(await done).toBe(true);
    expect(made.refusal).toBeUndefined();
  });

  it('says what failed when it cannot be read', async () => {
    const { made, pair } = loaded();
    await pair.refuse(fail('internal', { where: 'A test' }).error);
    expect(made.failure?.code).toBe('internal');
    void made.load();
    await pair.answer(BROWSER);
    expect(made.failure).toBeUndefined();
  });
});
