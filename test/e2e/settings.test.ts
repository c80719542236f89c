import { readFileSync } from 'node:fs';
import { type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Alert } from '#shared/model/alert.ts';
import { ALERT_KINDS } from '#shared/model/settings.ts';
import { VIEWS } from '../../src-renderer/shell/navigation.svelte.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { startScenes, type SceneServer } from '../helpers/scenes/scene-server.ts';
import { axeViolations, SIZES, useBrowser, type PageOptions } from './support/browser.ts';
import { startChanging } from './support/changing.ts';
import { startLifeboat } from './support/lifeboat.ts';

const open = useBrowser();
const isRoot = process.getuid?.() === 0;
const key = (view: (typeof VIEWS)[number]) => (VIEWS.indexOf(view) + 1).toString();

async function scene(): Promise<SceneServer> {
  const server = await startScenes((SCENES['workbench'] ?? expect.unreachable)());
  onTestFinished(() => server.close());
  return server;
}

async function openView(address: string, view: (typeof VIEWS)[number], options?: PageOptions): Promise<Page> {
  const page = await open(address, options);
  await page.getByRole('link', { name: 'Settings' }).waitFor();
  await page.keyboard.press(key(view));
  return page;
}

const group = (page: Page, name: string) => page.getByRole('region', { name });
const background = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

const KILL: Alert = {
  kind: 'kill',
  count: 1,
  witness: 'was-next',
  scope: { kind: 'global' },
  victims: [{ pid: 4711, name: 'chrome', oomScoreAdj: 300, freedBytes: 2 ** 30, rank: 1 }],
};

describe('the settings in the desktop window', () => {
  async function desktop(tray: boolean, options?: PageOptions) {
    const scenes = await scene();
    scenes.setSettings({ desktop: { tray, startAtLogin: false } });
    return { scenes, page: await openView(scenes.address, 'settings', options) };
  }

  it('are all there, and each is changed by the keyboard alone', async () => {
    const { scenes, page } = await desktop(true);
    const settings = () => scenes.settings().settings;
    await page.getByRole('radio', { name: 'As the system' }).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => settings().theme).toBe('light');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => settings().intervalMs).toBe(2000);
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Tab');
    await expect.poll(() => settings().thresholds.availablePercent).toBe(11);
    await group(page, 'Monitoring').getByText('Here that is 3.4 GiB. Critical at half of it.').waitFor();
    await page.keyboard.press('Tab');
    for (const kind of ALERT_KINDS) {
      await page.keyboard.press('Space');
      await expect.poll(() => settings().notifications[kind]).toBe(false);
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Space');
    await expect.poll(() => scenes.settings().desktop?.startAtLogin).toBe(true);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await expect.poll(() => settings().closeToTray).toBe(true);
  });

  it('say where there is no tray to close to', async () => {
    const { scenes, page } = await desktop(false);
    await page.getByText('This desktop has no tray').waitFor();
    scenes.setSettings({ desktop: { tray: true, startAtLogin: false } });
    await expect.poll(() => page.getByText('This desktop has no tray').count()).toBe(0);
  });

  it('refuse a threshold that cannot be, and leave the old one in force', async () => {
    const { scenes, page } = await desktop(true);
    const field = page.getByRole('spinbutton', { name: 'Memory is tight when less is available than' });
    await field.fill('95');
    await field.blur();
    await page.getByText('A whole number from 1 to 90.').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(scenes.settings().settings.thresholds.availablePercent).toBe(10);
    expect(await axeViolations(page)).toEqual([]);
    await field.fill('12');
    await field.blur();
    await expect.poll(() => scenes.settings().settings.thresholds.availablePercent).toBe(12);
  });

  it.for(['light', 'dark'] as const)('have no barrier and fit every width: %s', async (scheme) => {
    const { page } = await desktop(false, { scheme });
    for (const size of Object.values(SIZES)) {
      await page.setViewportSize(size);
      await group(page, 'Notifications').waitFor();
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(size.width);
      expect(await axeViolations(page)).toEqual([]);
    }
  });
});

describe('the settings in a browser', () => {
  it('have a theme of the browser’s own, which needs no rights and stays', async () => {
    const { address } = await startLifeboat();
    const page = await openView(address, 'settings', { scheme: 'light' });
    const light = await background(page);
    await page.getByText('Settings cannot be changed here.').waitFor();
    expect(await page.getByRole('combobox', { name: 'Refresh every' }).isDisabled()).toBe(true);
    await group(page, 'Only in the desktop program').waitFor();
    await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
    await expect.poll(() => background(page)).not.toBe(light);
    const dark = await background(page);
    await page.reload();
    await group(page, 'Appearance').waitFor();
    expect(await background(page)).toBe(dark);
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('radio', { name: 'As the system' }).check({ force: true });
    await expect.poll(() => background(page)).toBe(light);
  });

  it.skipIf(!isRoot)('are written into the file where the page may change things (needs root)', async () => {
    const page = await openView((await startChanging()).address, 'settings');
    await page.getByRole('combobox', { name: 'Refresh every' }).selectOption('5 seconds');
    const said = await page.getByText(/^Stored in \//).innerText();
    const file = /^Stored in (\S+)\./.exec(said)?.[1] ?? '';
    await expect.poll(() => JSON.parse(readFileSync(file, 'utf8')) as unknown).toEqual({ intervalMs: 5000 });
  });
});

describe('the record of what happened', () => {
  it('is counted beside the view until it is opened, and said in plain sentences', async () => {
    const scenes = await scene();
    const page = await open(scenes.address);
    await page.getByRole('tab', { name: 'Kill order' }).waitFor();
    scenes.alert({ id: 1, timeMs: Date.now() - 1000, alert: KILL });
    await page.getByRole('link', { name: 'Events 1 new' }).click();
    const list = page.getByRole('list', { name: 'Alerts' });
    await list.getByText('The kernel killed chrome (4711)').waitFor();
    expect(await list.innerText()).toContain(
      'The machine ran out of memory. Its oom_score_adj was +300. Freed about 1.0 GiB.',
    );
    await expect.poll(() => page.getByRole('link', { name: 'Events', exact: true }).count()).toBe(1);
    scenes.alert({ id: 2, timeMs: Date.now(), alert: { ...KILL, victims: [], witness: 'unknown' } });
    await list.getByText('Victim unknown: no watched process ended').waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it('shows a hostile name as text, and turns its pages', async () => {
    const scenes = await scene();
    for (let id = 1; id <= 12; id += 1) {
      const victims = [{ pid: id, name: `<img src=x onerror=alert(${id})>` }];
      scenes.alert({ id, timeMs: id * 1000, alert: { ...KILL, victims } });
    }
    const page = await openView(scenes.address, 'events', { size: 'narrow' });
    const list = page.getByRole('list', { name: 'Alerts' });
    await list.getByText('<img src=x onerror=alert(12)> (12)').waitFor();
    expect(await list.getByRole('listitem').count()).toBe(10);
    await page.getByRole('button', { name: 'Show older' }).click();
    await expect.poll(() => list.getByRole('listitem').count()).toBe(12);
    expect(await page.locator('img').count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
  });
});

describe('Lifeboat itself', () => {
  it('says on the page where it stands, and leads to what can be done', async () => {
    const scenes = await scene();
    const frame = (SCENES['workbench'] ?? expect.unreachable)().frame(
      { scope: { kind: 'global' }, orderCount: 3 },
      0,
    );
    const third = frame.ok ? frame.value.order.entries[2] : undefined;
    if (third === undefined) throw new Error('the scene has no third place');
    const { pid, startTicks, name } = third;
    scenes.setOwn([
      { pid, startTicks, name, role: 'window', rank: 3, oomScoreAdj: 300, usedBytes: 2 ** 27 },
      { pid: 9, startTicks: 9, name: 'lifeboat', role: 'helper', oomScoreAdj: -1000, usedBytes: 2 ** 25 },
    ]);
    const page = await open(scenes.address);
    await page.getByText('Lifeboat itself is number 3 in this order.').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Protect Lifeboat' }).click();
    const own = group(page, 'Lifeboat itself');
    await own.getByText('The first of its processes has place 3 of 214.').waitFor();
    expect(await own.getByRole('row', { name: /^for the window/ }).innerText()).toMatch(
      /for the window \d+\s+3\s+\+300\s+128 MiB/,
    );
    expect(await own.getByRole('row', { name: /^administrator helper/ }).innerText()).toMatch(
      /administrator helper 9\s+never\s+-1000/,
    );
    expect(await axeViolations(page)).toEqual([]);
  });

  it('finds its own process on the real machine', async () => {
    const { address } = await startLifeboat();
    const page = await openView(address, 'doctor');
    const own = group(page, 'Lifeboat itself');
    await own.getByRole('row', { name: /^monitor \d+/ }).waitFor();
    const row = await own.getByRole('row', { name: /^monitor \d+/ }).innerText();
    const pid = /^monitor (\d+)/.exec(row)?.[1] ?? '';
    // It may not change anything: what does is shown for a terminal.
    await own.getByText(`echo -250 | sudo tee /proc/${pid}/oom_score_adj`).waitFor();
    expect(await own.getByRole('button', { name: 'Set to -250' }).isDisabled()).toBe(true);
  });
});
