import { type Locator, type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VIEWS } from '../../src-renderer/shell/navigation.svelte.ts';
import { wordsFor } from '#shared/words/index.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { sceneChanges } from '../helpers/scenes/scene-changes.ts';
import { SCENE_START_MS } from '../helpers/scenes/scene-reports.ts';
import { startScenes, type SceneServer } from '../helpers/scenes/scene-server.ts';
import { search, useBrowser } from '../e2e/support/browser.ts';

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
      .poll(() => panel(page).getByRole('heading', { level: 2 }).innerText())
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

describe('Escape gives the focus back to what opened', () => {
  it('every panel, list and dialog, also where its opener was taken away meanwhile', async () => {
    const { page } = await openChanging();
    const region = (name: string | RegExp) => page.getByRole('region', { name });
    const dialog = (name: string) => page.getByRole('dialog', { name });
    const grid = page.getByRole('grid', { name: words.next.order });
    const undoList = region(words.undo.list.title);
    const toast = page.getByRole('status', { name: words.act.toast.region });
    const there = (hash: string) => page.evaluate((to) => (location.hash = to), hash);
    const has = (opener: Locator) => opener.evaluate((element) => element === document.activeElement);

    /** Opens by a button, or by a key on what has the focus; `opener` is looked up again afterwards. */
    async function opens(opener: Locator, opened: Locator, key = 'Enter'): Promise<void> {
      await opener.focus();
      await page.keyboard.press(key);
      await opened.and(page.locator('[aria-busy=false], :not([aria-busy])')).waitFor();
      await page.keyboard.press('Escape');
      await opened.waitFor({ state: 'detached' });
      await expect.poll(() => has(opener), { message: opened.toString() }).toBe(true);
    }

    await opens(region(words.next.first).getByRole('button', { name: /^Protect/ }), panel(page));
    await grid.focus();
    await page.keyboard.press('j');
    await opens(grid, panel(page), 'Shift+P');
    await opens(grid, dialog(words.scope.choose), 's');
    await opens(
      page.getByRole('button', { name: new RegExp(words.scope.choose) }),
      dialog(words.scope.choose),
    );
    await opens(grid, dialog(words.keys.title), '?');
    await opens(
      page.getByRole('button', { name: new RegExp(`^${words.act.lock.label}`) }),
      page.getByRole('group', { name: words.act.lock.label }),
    );
    await page.getByRole('button', { name: /never killed/ }).click();
    await opens(
      page
        .getByRole('list', { name: words.next.protectedLargest })
        .getByRole('button', { name: /^Protect sshd/ }),
      panel(page),
    );
    await page.getByRole('row', { name: /java/ }).click();
    const detail = page.getByRole('complementary', { name: words.detail.label });
    await opens(detail.getByRole('button', { name: words.act.protect, exact: true }), panel(page));
    await opens(
      detail.getByRole('button', { name: /^Change the limits of docker:jenkins/ }),
      region(/^Limits of/),
    );

    await there('#/events/changes');
    const rows = page.getByRole('table', { name: words.events.table }).getByRole('row');
    await opens(rows.filter({ hasText: words.moment(SCENE_START_MS) }).getByRole('button'), undoList);
    await opens(page.getByRole('button', { name: words.events.undoAll }), undoList);
    await there('#/events/protections');
    const remove = (name: RegExp) => page.getByRole('button', { name });
    await opens(remove(/^Remove: name = "postgres"/), region(words.ruleChanges.view.panel));
    await opens(remove(/^Remove: k{50}/), region(words.ruleChanges.view.panel));
    await opens(remove(/^Remove: u{50}/), undoList);

    // What was done says how it can be kept or undone: both are asked about, and not lost by looking.
    await there('#/next');
    await region(words.next.first)
      .getByRole('button', { name: /^Protect/ })
      .click();
    await panel(page).getByRole('button', { name: words.act.apply }).press('Enter');
    await opens(
      toast.getByRole('button', { name: words.act.toast.keep }),
      region(words.ruleChanges.keep.panel),
    );
    await toast.getByRole('button', { name: words.act.toast.undo, exact: true }).press('Enter');
    await undoList.and(page.locator('[aria-busy=false]')).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('undo-1');
  });
});

describe('every action by the keyboard alone', () => {
  it('leaves the focus on the page, and the keys are listed', async () => {
    const { page, server } = await openChanging();
    const press = async (key: string) => {
      await page.keyboard.press(key);
      await page.evaluate(() => new Promise(requestAnimationFrame));
      await expect.poll(() => focusIsLost(page), { message: key }).toBe(false);
    };
    await page.getByRole('grid', { name: words.next.order }).focus();
    for (const key of ['j', 'k', 'j', 'End', 'Home', 'Enter']) await press(key);
    // Protect: choose another strength, apply, undo by the toast.
    await press('Shift+P');
    await panel(page)
      .getByRole('radio', { name: /^Later/ })
      .focus();
    await press('ArrowRight');
    await panel(page)
      .getByRole('radio', { name: /^Strong/, checked: true })
      .waitFor();
    await panel(page).getByRole('button', { name: words.act.apply }).press('Enter');
    await expect.poll(() => panel(page).count()).toBe(0);
    await expect.poll(() => focusIsLost(page)).toBe(false);
    const toast = page.getByRole('status', { name: words.act.toast.region });
    await toast.getByRole('button', { name: words.act.toast.dismiss }).press('Enter');
    await expect.poll(() => focusIsLost(page)).toBe(false);
    await page.getByRole('grid', { name: words.next.order }).focus();
    await press('j');
    await press('Shift+G');
    await panel(page).getByRole('button', { name: words.act.apply }).waitFor();
    for (const key of ['Escape', 's', 'Escape', '/', 'Escape', 'o', 'p', 'j', 't']) await press(key);
    for (const view of VIEWS.keys()) await press(`${view + 1}`);
    // What waits to be kept is reached by one key, said at once, and names itself.
    server.emit('change.pending', {
      id: 7,
      of: 'sysctls',
      changes: [{ subject: 'vm.swappiness', before: '60', after: '10' }],
      deadlineMs: Date.now() + 20_000,
      totalSeconds: 20,
    });
    const bar = page.getByRole('region', { name: words.pendingBar.label });
    await bar.getByRole('alert').filter({ hasText: 'Reverts in 20 seconds unless you keep it.' }).waitFor();
    await press('c');
    const back = bar.getByRole('button', { name: words.pendingBar.takeBack });
    await expect.poll(() => back.evaluate((element) => element === document.activeElement)).toBe(true);
    server.emit('change.pending', 'none');
    await expect.poll(() => bar.count()).toBe(0);
    await expect.poll(() => focusIsLost(page)).toBe(false);
    await press('?');
    const keys = page.getByRole('dialog', { name: words.keys.title });
    await keys.getByText('go to the change that waits to be kept').waitFor();
  });

  it('says of a thread of the kernel that it cannot be changed', async () => {
    const { page } = await openChanging();
    await search(page, 'kthreadd');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+P');
    await page
      .getByRole('status', { name: words.act.toast.region })
      .getByText(words.act.toast.unchangeable('kthreadd'))
      .waitFor();
    expect(await panel(page).count()).toBe(0);
  });
});

describe('scopes under the hand', () => {
  it('keep their buttons in place while the pointer is on them', async () => {
    const { page, server } = await openChanging();
    const group = page.getByRole('group', { name: words.scope.label });
    const labels = () => group.getByRole('button').allInnerTexts();
    await group.hover();
    const before = await labels();
    server.show((SCENES['no-victim'] ?? expect.unreachable)());
    server.tick(2);
    await page
      .getByRole('region', { name: words.next.first })
      .getByRole('button', { name: 'mysqld', exact: true })
      .waitFor();
    expect((await labels()).slice(0, 2)).toEqual(before.slice(0, 2));
    await page.getByRole('heading', { level: 1 }).hover();
    await expect.poll(labels).not.toEqual(before);
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
