import { type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VIEWS } from '../../src-renderer/shell/navigation.svelte.ts';
import { wordsFor } from '#shared/words/index.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { sceneChanges } from '../helpers/scenes/scene-changes.ts';
import { startScenes, type SceneServer } from '../helpers/scenes/scene-server.ts';
import { search, useBrowser } from './support/browser.ts';

const open = useBrowser();
const words = wordsFor('en');
const panel = (page: Page) => page.getByRole('region', { name: words.act.panel });
const focusIsLost = (page: Page) => page.evaluate(() => document.activeElement === document.body);

async function openChanging(): Promise<{ page: Page; server: SceneServer }> {
  const scene = (SCENES['workbench'] ?? expect.unreachable)();
  const server = await startScenes(scene, { handlers: sceneChanges(scene).handlers });
  onTestFinished(() => server.close());
  const page = await open(server.address);
  await page.getByRole('tab', { name: words.next.order }).waitFor();
  await page.getByRole('columnheader', { name: words.act.protect }).waitFor({ state: 'attached' });
  return { page, server };
}

describe('keys act on the marked row', () => {
  it('arrow down from the search marks the first match, and Shift+P is about that process', async () => {
    const { page } = await openChanging();
    await search(page, 'thunderbird');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+P');
    await expect
      .poll(() => panel(page).getByRole('heading').first().innerText())
      .toMatch(/^thunderbird \d+:/);
    // The preview has the keyboard; Escape gives it back to the list.
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('process-table');
  });

  it('Enter in the search chooses the first match', async () => {
    const { page } = await openChanging();
    await search(page, 'thunderbird');
    await page.keyboard.press('Enter');
    await page
      .getByRole('complementary')
      .getByRole('heading', { name: /^thunderbird/ })
      .waitFor();
  });

  it('Shift+P without a marked row asks for one, and previews nothing', async () => {
    const { page } = await openChanging();
    await page.keyboard.press('Shift+P');
    await page
      .getByRole('status', { name: words.act.toast.region })
      .getByText(words.act.toast.chooseFirst)
      .waitFor();
    expect(await panel(page).count()).toBe(0);
  });

  it('keeps the keyboard on the page after applying, discarding and changing views', async () => {
    const { page } = await openChanging();
    await page.getByRole('grid', { name: words.next.order }).focus();
    await page.keyboard.press('j');
    await page.keyboard.press('Shift+P');
    await panel(page).getByRole('button', { name: words.act.apply }).press('Enter');
    await expect.poll(() => panel(page).count()).toBe(0);
    await expect.poll(() => focusIsLost(page)).toBe(false);
    for (const [index, view] of VIEWS.entries()) {
      await page.keyboard.press(`${index + 1}`);
      await expect.poll(() => page.title()).toContain(words.views[view]);
      await expect.poll(() => focusIsLost(page)).toBe(false);
    }
  });
});

describe('order under the hand', () => {
  const names = (page: Page) =>
    page
      .getByRole('grid', { name: words.next.order })
      .locator('[role=row][id]')
      .evaluateAll((rows) => rows.map(({ id }) => id));

  it.each(['pointer', 'keyboard'] as const)(
    'holds while the %s is in the list, and says so',
    async (hand) => {
      const { page, server } = await openChanging();
      const grid = page.getByRole('grid', { name: words.next.order });
      if (hand === 'pointer') await grid.hover();
      else await grid.focus();
      const before = await names(page);
      server.show((SCENES['pressed'] ?? expect.unreachable)());
      server.tick(2);
      await page.getByText(/Order changed/).waitFor();
      expect(await names(page)).toEqual(before);
      await page.getByRole('button', { name: words.next.updateOrder }).click();
      await expect.poll(() => names(page)).not.toEqual(before);
    },
  );
});
