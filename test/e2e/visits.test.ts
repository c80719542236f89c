import { mkdirSync } from 'node:fs';
import { type Locator, type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VIEWS, type ViewName } from '../../src-renderer/shell/navigation.svelte.ts';
import { ok } from '#shared/result.ts';
import { wordsFor } from '#shared/words/index.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { sceneChanges } from '../helpers/scenes/scene-changes.ts';
import { startScenes, type SceneServer } from '../helpers/scenes/scene-server.ts';
import { axeViolations, SIZES, useBrowser, type PageOptions } from './support/browser.ts';

const open = useBrowser();
const words = wordsFor('en');
/** Where to put a picture of every visit; none are taken without it. */
const PICTURES = process.env['LIFEBOAT_PICTURES'];

async function openChanging(
  options: PageOptions,
  handlers: Parameters<typeof startScenes>[1] = {},
): Promise<{ page: Page; server: SceneServer }> {
  const scene = (SCENES['workbench'] ?? expect.unreachable)();
  const server = await startScenes(scene, {
    handlers: { ...sceneChanges(scene).handlers, ...handlers.handlers },
  });
  onTestFinished(() => server.close());
  const page = await open(server.address, options);
  await page.getByRole('tab', { name: words.next.order }).waitFor();
  return { page, server };
}

/** Each view with as much open as it has: a preview, a preset, the record of changes. */
const OPENED: Readonly<Record<ViewName, (page: Page) => Promise<Locator>>> = {
  async next(page) {
    await page.getByRole('row', { name: /java/ }).getByRole('button').first().click();
    const panel = page.getByRole('region', { name: words.act.panel });
    await panel.getByRole('button', { name: words.act.apply }).waitFor();
    return panel;
  },
  async tuning(page) {
    const preset = page.getByRole('button', { name: words.sysctl.presets['reboot-after-oom'].title });
    await preset.click();
    await preset.hover();
    return page.getByRole('article').first();
  },
  async events(page) {
    await page.getByRole('tab', { name: words.events.changes, exact: true }).click();
    const table = page.getByRole('table', { name: words.events.table });
    await table.waitFor();
    return table;
  },
  async doctor(page) {
    const heading = page.getByRole('heading', { name: /Kernel/ }).first();
    await heading.waitFor();
    return heading;
  },
  async settings(page) {
    const theme = page.getByRole('radio').first();
    await theme.waitFor({ state: 'attached' });
    return page.getByRole('main');
  },
};

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

/** Elements with text that reach beyond the right edge of what holds them, where nothing cuts or scrolls them. */
async function runningOut(part: Locator): Promise<readonly string[]> {
  return part.evaluate((root) => {
    const right = root.getBoundingClientRect().right + 1;
    return [...root.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > right)
      .filter((element) => !element.matches('.heard, svg *') && isSeen(element))
      .map((element) => element.outerHTML.slice(0, 120));

    function isSeen(element: Element): boolean {
      for (let at = element.parentElement; at !== null && at !== root; at = at.parentElement)
        if (getComputedStyle(at).overflowX !== 'visible') return false;
      return true;
    }
  });
}

describe('every view', () => {
  it.each([
    ['light', { scheme: 'light', size: 'wide' }],
    ['dark', { scheme: 'dark', size: 'medium' }],
    ['dark-narrow', { scheme: 'dark', size: 'narrow' }],
    ['light-least', { scheme: 'light', size: 'least' }],
    ['light-zoomed', { scheme: 'light', size: 'zoomed', reducedMotion: 'reduce' }],
    ['forced', { scheme: 'light', size: 'wide', forcedColors: 'active' }],
    ['forced-dark', { scheme: 'dark', size: 'narrow', forcedColors: 'active' }],
  ] as const)('%s: fits, nothing runs out of its panel, and axe finds nothing', async (name, options) => {
    const { page } = await openChanging(options);
    for (const view of VIEWS) {
      await page.goto(`${new URL(page.url()).origin}/#/${view}`);
      const part = await OPENED[view](page);
      await picture(page, `${view}-${name}`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, view).toBeLessThanOrEqual(SIZES[options.size].width);
      expect(await runningOut(part), view).toEqual([]);
      expect(await axeViolations(page), view).toEqual([]);
    }
  });
});

describe('states', () => {
  it('rights refused: every view says so without a barrier', async () => {
    const { page } = await openChanging(
      { scheme: 'light' },
      {
        handlers: {
          'change.rights': () => ok({ state: 'read-only', reason: 'Started without --allow-changes.' }),
        },
      },
    );
    for (const view of ['next', 'tuning', 'events'] as const) {
      await page.goto(`${new URL(page.url()).origin}/#/${view}`);
      await page.getByRole('main').waitFor();
      await picture(page, `${view}-refused`);
      expect(await axeViolations(page), view).toEqual([]);
    }
  });

  it('stale: nothing can be applied, and a preview says why', async () => {
    const { page, server } = await openChanging({ expected: /ERR_CONNECTION_REFUSED|WebSocket/ });
    const panel = await OPENED.next(page);
    await server.close();
    await page.getByRole('button', { name: words.connection.tryNow }).first().waitFor();
    await expect.poll(() => panel.getByRole('button', { name: words.act.apply }).isDisabled()).toBe(true);
    await panel.getByText(words.act.notConnected).waitFor();
    await picture(page, 'next-stale');
    expect(await axeViolations(page)).toEqual([]);
  });

  it('fourteen changes: the first and the last can be undone without a scroll of their own', async () => {
    const { page } = await openChanging({ size: 'wide' });
    await page.getByRole('link', { name: words.views.events }).click();
    const table = await OPENED.events(page);
    const undo = table.getByRole('button', { name: /^Undo/ });
    expect(await undo.count()).toBe(14);
    const inside = await table.evaluate((element) => {
      const around = element.parentElement;
      return around === null ? -1 : around.scrollHeight - around.clientHeight;
    });
    expect(inside).toBe(0);
    await undo.last().scrollIntoViewIfNeeded();
    await undo.last().click({ trial: true });
  });
});

describe('undo', () => {
  it('shows what each change would write before anything is undone', async () => {
    const { page } = await openChanging({ size: 'wide' });
    await page.getByRole('link', { name: words.views.events }).click();
    await OPENED.events(page);
    await page.getByRole('button', { name: words.events.undoAll }).click();
    const list = page.getByRole('region', { name: words.events.undoSome });
    expect(await list.getByRole('checkbox').count()).toBe(14);
    // Each of them would lower a limit: none is ticked, and nothing can be undone by one click more.
    expect(await list.getByRole('checkbox', { checked: true }).count()).toBe(0);
    expect(await list.getByRole('button', { name: words.events.undoCount(0) }).isDisabled()).toBe(true);
  });
});
