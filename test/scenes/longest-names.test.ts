import { type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordsFor } from '#shared/words/index.ts';
import { LONGEST_NAMES, LONGEST_PATH } from '../helpers/scenes/longest-names.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { sceneChanges } from '../helpers/scenes/scene-changes.ts';
import { startScenes, type SceneServer } from '../helpers/scenes/scene-server.ts';
import { overflowOf, SIZES, useBrowser } from '../e2e/support/browser.ts';
import { hiddenAnswers, troublesOf } from '../e2e/support/running-out.ts';

const open = useBrowser();
const words = wordsFor('en');
const [WIDE_LETTERS] = LONGEST_NAMES;

let server: SceneServer;
let page: Page;

beforeAll(async () => {
  const scene = (SCENES['longest-names'] ?? expect.unreachable)();
  server = await startScenes(scene, { handlers: sceneChanges(scene).handlers });
  page = await open.lasting(server.address, { reducedMotion: 'reduce' });
  page.setDefaultTimeout(15_000);
  await page.getByRole('tab', { name: words.next.order }).waitFor();
});
afterAll(() => server.close());

const row = () => page.getByRole('row', { name: /語{5} 837/ });
const detail = () =>
  page
    .getByRole('complementary', { name: words.detail.label })
    .or(page.getByRole('dialog', { name: words.detail.label }));

async function preview(): Promise<Locator> {
  const panel = page.getByRole('region', { name: words.act.panel });
  await panel.getByRole('button', { name: words.act.apply }).waitFor();
  return panel;
}

/** Brings each panel up, in this order; every one is left as the next one needs it. */
const PANELS: Readonly<Record<string, () => Promise<Locator>>> = {
  async header() {
    return Promise.resolve(page.getByRole('banner'));
  },
  async banner() {
    const notices = page.getByRole('region', { name: words.connection.notices });
    await notices.getByText('/proc/4194304').waitFor();
    return notices;
  },
  async 'first card'() {
    const card = page.getByRole('region', { name: words.next.first });
    await card.getByRole('button', { name: WIDE_LETTERS, exact: true }).waitFor();
    return card;
  },
  async 'kill order'() {
    await row().waitFor();
    return page.getByRole('grid', { name: words.next.order });
  },
  async 'preview of the first'() {
    await page
      .getByRole('region', { name: words.next.first })
      .getByRole('button', { name: /^Protect/ })
      .click();
    return preview();
  },
  async preview() {
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Protect 語{5} 837/ }).click();
    return preview();
  },
  async toast() {
    const panel = page.getByRole('region', { name: words.act.panel });
    await panel.getByRole('button', { name: words.act.apply }).click();
    const toast = page.getByRole('status', { name: words.act.toast.region });
    await toast.getByRole('button', { name: words.act.toast.undo, exact: true }).waitFor();
    return toast;
  },
  async 'how it is kept'() {
    await page.getByRole('button', { name: words.act.toast.keep, exact: true }).click();
    const panel = page.getByRole('region', { name: words.ruleChanges.keep.panel });
    await panel.getByText(words.ruleChanges.keep.later(3)).waitFor();
    return panel;
  },
  async scopes() {
    // The question, and the notice below it, which has the focus then.
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: words.act.toast.keep, exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page
      .getByRole('button', { name: words.act.toast.keep, exact: true })
      .waitFor({ state: 'detached' });
    return page.getByRole('group', { name: words.scope.label });
  },
  async 'list of scopes'() {
    await page.getByRole('button', { name: new RegExp(words.scope.choose) }).click();
    const list = page.getByRole('dialog', { name: words.scope.choose });
    await list.getByRole('option', { name: /^docker:c0ffee/ }).waitFor();
    return list;
  },
  async search() {
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: words.table.searchLabel }).fill('語');
    await row().waitFor();
    return page.getByRole('grid', { name: words.table.label });
  },
  async 'preview of a row of all processes'() {
    await page.getByRole('button', { name: /^Protect 語{5} 837/ }).click();
    return preview();
  },
  async detail() {
    await page.keyboard.press('Escape');
    await row().click();
    await detail()
      .getByRole('heading', { name: /^語{5} \d+/ })
      .waitFor();
    return detail();
  },
  async 'preview of the detail'() {
    await detail().getByRole('button', { name: words.act.protect, exact: true }).click();
    return preview();
  },
  async 'cgroup editor'() {
    await page.keyboard.press('Escape');
    await detail()
      .getByRole('button', { name: /^Change the limits of _/ })
      .click();
    const editor = page.getByRole('region', { name: /^Limits of _/ });
    await editor.getByRole('textbox', { name: words.cgroup.editor.value }).fill('512 MiB');
    await editor.getByRole('button', { name: /anyway/ }).waitFor();
    return editor;
  },
  async 'pending bar'() {
    await page
      .getByRole('region', { name: /^Limits of _/ })
      .getByRole('button', { name: /anyway/ })
      .click();
    server.emit('change.pending', {
      id: 8,
      of: 'cgroup',
      changes: [{ subject: `${LONGEST_PATH} memory.max`, before: 'max', after: '536870912' }],
      deadlineMs: Date.now() + 20_000,
      totalSeconds: 20,
    });
    const bar = page.getByRole('region', { name: words.pendingBar.label });
    await bar.getByRole('button', { name: words.pendingBar.takeBack }).waitFor();
    return bar;
  },
  async 'table of changes'() {
    server.emit('change.pending', 'none');
    await page.evaluate(() => (location.hash = '#/events/changes'));
    const table = page.getByRole('table', { name: words.events.table });
    await table.waitFor();
    return table;
  },
  async 'list to undo'() {
    await page.getByRole('button', { name: words.events.undoAll }).click();
    const list = page.getByRole('region', { name: words.undo.list.title });
    await list.waitFor();
    return list;
  },
  async protections() {
    await page.evaluate(() => (location.hash = '#/next'));
    await page.evaluate(() => (location.hash = '#/events/protections'));
    const panel = page.getByRole('tabpanel', { name: words.ruleChanges.view.tab });
    await panel.getByText(words.ruleChanges.view.foreign).waitFor();
    return panel;
  },
  async 'removal of a drop-in'() {
    await page.getByRole('button', { name: /^Remove: k{50}/ }).click();
    const panel = page.getByRole('region', { name: words.ruleChanges.view.panel });
    await panel.getByRole('button', { name: words.ruleChanges.removeDropIn }).waitFor();
    return panel;
  },
  async 'one value picked'() {
    await page.evaluate(() => (location.hash = '#/tuning'));
    const card = page.getByRole('article', { name: words.sysctl.settings['vm.panic_on_oom'].title });
    await card.getByRole('radio', { name: /^1/ }).check();
    await card.getByRole('button', { name: /anyway/ }).waitFor();
    return card;
  },
  async 'several values picked'() {
    await page.getByRole('button', { name: words.sysctl.presets['reboot-after-oom'].title }).click();
    const bar = page.getByRole('region', { name: words.tuningView.together });
    await bar.getByRole('button', { name: /anyway/ }).waitFor();
    return bar;
  },
};

describe.each(Object.entries(SIZES))('the longest names that the kernel allows: %s', (_name, size) => {
  it('nothing runs out of its panel, and no button is pushed out of sight', async () => {
    await page.setViewportSize(size);
    await page.evaluate(() => (location.hash = '#/next'));
    await page.reload();
    const found: string[] = [];
    for (const [name, show] of Object.entries(PANELS)) {
      const panel = await show();
      found.push(...(await troublesOf(panel)).map((text) => `${name}: ${text}`));
      const hidden = await hiddenAnswers(panel);
      found.push(...hidden.map((text) => `${name}: ${text}`));
      const over = await overflowOf(page);
      if (over > 0) found.push(`${name}: the page is ${over} px too wide`);
    }
    expect(found.join('\n')).toBe('');
  });
});
