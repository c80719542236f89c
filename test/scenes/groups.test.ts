import { mkdirSync } from 'node:fs';
import { type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ok } from '#shared/result.ts';
import { wordsFor } from '#shared/words/index.ts';
import { GROUP_SCENES } from '../helpers/scenes/scene-groups.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { sceneChanges } from '../helpers/scenes/scene-changes.ts';
import { startScenes, type SceneServer } from '../helpers/scenes/scene-server.ts';
import { axeViolations, overflowOf, SIZES, useBrowser } from '../e2e/support/browser.ts';
import { runningOut } from '../e2e/support/running-out.ts';

const open = useBrowser();
const words = wordsFor('en');
const labels = words.groupsView;
/** Where to put a picture of every state; none are taken without it. */
const PICTURES = process.env['LIFEBOAT_PICTURES'];

let server: SceneServer;
let page: Page;

beforeAll(async () => {
  const scene = (SCENES['workbench'] ?? expect.unreachable)();
  server = await startScenes(scene, {
    handlers: {
      ...sceneChanges(scene).handlers,
      'change.rights': () => ok({ state: 'allowed', via: 'root', sysResource: true }),
    },
  });
  page = await open.lasting(server.address, { reducedMotion: 'reduce' });
  await page.getByRole('tab', { name: words.next.order }).waitFor();
  await page.getByRole('link', { name: labels.title }).click();
  await list().waitFor();
});
afterAll(() => server.close());

const list = () => page.getByRole('treegrid', { name: labels.list });
const row = (name: string | RegExp) => list().getByRole('row', { name });
const detail = () =>
  page
    .getByRole('complementary', { name: words.groupDetailWords.label })
    .or(page.getByRole('dialog', { name: words.groupDetailWords.label }));

function show(name: string): void {
  server.showGroups((GROUP_SCENES[name] ?? expect.unreachable)());
  server.tick();
}

async function picture(name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/groups-${name}.png` });
}

/** What each state has to say at first sight. */
const SAID: Readonly<Record<string, RegExp>> = {
  shop: /in 3 to 6 min/,
  full: /compose project, 4 containers, .* in all/,
  empty: /No groups with a limit. Only the whole machine can run out./,
  refused: /Names come from Docker. Lifeboat may not read its socket; ids are shown./,
  v1: /shop-db-1/,
  many: /job-79/,
  hostile: /<img src=x onerror=alert\(1\)>/,
};

describe('every state of the groups', () => {
  beforeEach(async () => {
    await page.setViewportSize(SIZES.wide);
    await page.emulateMedia({ colorScheme: 'light' });
  });

  it.each(Object.keys(GROUP_SCENES))('%s says what it has to, fits, and axe finds nothing', async (name) => {
    show(name);
    await expect.poll(() => page.getByRole('main').innerText()).toMatch(SAID[name] ?? /^$/);
    await picture(`${name}-light`);
    expect(await axeViolations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture(`${name}-dark`);
    if (name === 'full') expect(await axeViolations(page)).toEqual([]);
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      expect(await overflowOf(page), size).toBeLessThanOrEqual(0);
      await picture(`${name}-${size}`);
    }
  });

  it('has a dash with its title where the kernel measures no pressure of groups', async () => {
    show('v1');
    await expect
      .poll(() =>
        row(/shop-db-1/)
          .getByTitle(labels.noPressureHere)
          .count(),
      )
      .toBe(1);
  });

  it('has no bar of anything for a project, and none for a group without a limit', async () => {
    show('shop');
    const project = row(/^shop compose project/);
    await project.waitFor();
    expect(await project.getByRole('img').count()).toBe(0);
    await row(/ci-runner-1/)
      .getByRole('img', { name: labels.barNoLimit(410 * 2 ** 20) })
      .waitFor();
  });
});

describe('the detail of a group', () => {
  beforeEach(async () => {
    await page.setViewportSize(SIZES.wide);
    show('shop');
    await row(/shop-db-1/).click();
    await detail().getByRole('heading', { name: 'shop-db-1' }).waitFor();
  });

  it('spells out what is left, says who dies inside, and nothing runs out of it', async () => {
    const text = await detail().innerText();
    expect(text).toContain('256 MiB limit, less 241 MiB used, plus 23.0 MiB that can be reclaimed.');
    expect(text).toMatch(/docker stats says \d+ MiB, \d+\.\d%\. No swap allowed\./);
    expect(text).toContain('main process');
    await picture('detail-dark');
    expect(await axeViolations(page)).toEqual([]);
    expect(await runningOut(detail())).toEqual([]);
  });

  it('stays with its last figures when the group has ended', async () => {
    show('empty');
    await expect.poll(() => detail().innerText()).toContain(words.groupDetailWords.gone);
  });

  it('is a sheet over the list on a narrow page, and Escape gives the keyboard back to the list', async () => {
    await page.setViewportSize(SIZES.narrow);
    await page.getByRole('dialog', { name: words.groupDetailWords.label }).waitFor();
    await picture('detail-narrow');
    expect(await axeViolations(page)).toEqual([]);
    expect(await overflowOf(page)).toBeLessThanOrEqual(0);
    await page.keyboard.press('Escape');
    await detail().waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('group-list');
  });
});

describe('the list of groups', () => {
  beforeEach(async () => {
    await page.setViewportSize(SIZES.wide);
    show('shop');
    // Out of the list, which would hold its order.
    await page.getByRole('heading', { name: labels.title }).click();
    await row(/shop-db-1/).waitFor();
    await page.keyboard.press('Escape');
  });

  it('is worked by keys: search, fold, unfold, open and close', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('jenkins');
    await expect.poll(() => list().getByRole('row').count()).toBe(3);
    await page.keyboard.press('Enter');
    await detail().getByRole('heading', { name: 'jenkins' }).waitFor();
    await page.keyboard.press('Escape');
    await detail().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: labels.clear }).click();
    await row(/shop-db-1/).waitFor();
    await list().focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    await row(/shop-db-1/).waitFor({ state: 'detached' });
    expect(await row(/^shop/).getAttribute('aria-expanded')).toBe('false');
    // Remembered: also when the page is loaded again.
    expect(await page.evaluate(() => localStorage.getItem('lifeboat.groups.folded'))).toBe(
      '["compose:shop"]',
    );
    await page.keyboard.press('ArrowRight');
    await row(/shop-db-1/).waitFor();
  });

  it('keeps its order under the pointer, and offers the new one', async () => {
    await row(/shop-db-1/).hover();
    const shop = (GROUP_SCENES['shop'] ?? expect.unreachable)();
    const calmer = shop.groups.map(({ forecast: _, ...group }) => group);
    server.showGroups({ ...shop, groups: calmer });
    server.tick();
    await page.getByRole('button', { name: words.next.updateOrder }).click();
    const first = list().getByRole('row', { name: /shop-(db|cache)-1/ });
    await expect.poll(async () => (await first.allInnerTexts())[0]).toContain('shop-cache-1');
    await page.mouse.move(0, 0);
  });

  it('shows what has ended in grey, and says so', async () => {
    const shop = (GROUP_SCENES['shop'] ?? expect.unreachable)();
    const groups = shop.groups.map((group) =>
      group.name === 'shop-web-1' ? { ...group, gone: true as const } : group,
    );
    server.showGroups({ ...shop, groups });
    server.tick();
    await row(/shop-web-1/)
      .getByText(labels.ended)
      .first()
      .waitFor();
  });

  it('draws of 1,000 groups only those in sight, and asks for few more', async () => {
    show('many');
    await row(/job-79\b/).waitFor();
    expect(await list().getByRole('row').count()).toBeLessThan(60);
    await list().focus();
    await page.keyboard.press('End');
    await expect.poll(() => list().getAttribute('aria-activedescendant')).toBe('group-line-1000');
    await row(/job-(80|160|0)\b/)
      .first()
      .waitFor();
    expect(server.mostLines()).toBeLessThan(150);
  });

  it('asks for no frames once the view is left, and for them again when it is back', async () => {
    await page.keyboard.press('1');
    await expect.poll(() => server.groupViewers()).toBe(0);
    await page.keyboard.press('2');
    await list().waitFor();
    expect(server.groupViewers()).toBe(1);
  });
});
