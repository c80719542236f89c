import { type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations, overflowOf, SIZES, useBrowser } from '../e2e/support/browser.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { startScenes, type SceneServer } from '../helpers/scenes/scene-server.ts';

const open = useBrowser();

describe('the kill order by group', () => {
  let scenes: SceneServer;
  let page: Page;
  let groups: Locator;
  beforeAll(async () => {
    scenes = await startScenes((SCENES['workbench'] ?? expect.unreachable)());
    page = await open.lasting(scenes.address, { order: 'owner', expected: /ERR_CONNECTION_REFUSED/ });
    groups = page.getByRole('treegrid', { name: 'Kill order by group' });
    await groups.waitFor();
  });
  afterAll(() => scenes.close());

  const row = (name: RegExp | string) => groups.getByRole('row', { name });

  it('is what is shown first: each group where its first process stands, with what comes free', async () => {
    const browser = row(/app-chrome\.scope/);
    expect(await browser.innerText()).toMatch(/^1–2\s+app-chrome\.scope\s+2\s+\+300 by Chromium/);
    expect(await row(/python3/).innerText()).toMatch(/^4–5\s+python3\s+29/);
  });

  it('shows the processes of a group on request, and no longer', async () => {
    await row(/app-chrome\.scope/)
      .getByRole('button', { name: 'Show the processes of app-chrome.scope' })
      .click();
    await row(/^2 chrome 837/).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await row(/^1–2/).getByRole('button', { name: 'Show the processes of app-chrome.scope' }).click();
    await row(/^2 chrome 837/).waitFor({ state: 'detached' });
  });

  it('does the same by the keyboard, and chooses the first of a group', async () => {
    await page.keyboard.press('j');
    await page.keyboard.press('ArrowRight');
    await row(/^2 chrome 837/).waitFor();
    await page.keyboard.press('ArrowLeft');
    await row(/^2 chrome 837/).waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await page.getByRole('complementary').getByRole('heading', { name: 'chrome 800' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'Limits, kills and protected processes' }).waitFor();
  });

  it('gives way to the order by process, and remembers that', async () => {
    await page.keyboard.press('o');
    await page.getByRole('grid', { name: 'Kill order' }).waitFor();
    await page.reload();
    await page.getByRole('grid', { name: 'Kill order' }).waitFor();
    await page.keyboard.press('g');
    await groups.waitFor();
  });

  it('fits at any width, with nothing for axe to find', async () => {
    for (const size of Object.values(SIZES)) {
      await page.setViewportSize(size);
      expect(await overflowOf(page), `${size.width}`).toBeLessThanOrEqual(0);
    }
    expect(await axeViolations(page)).toEqual([]);
    await page.setViewportSize(SIZES.wide);
  });
});
