import { mkdirSync } from 'node:fs';
import { type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VIEWS, type ViewName } from '../../src-renderer/shell/navigation.svelte.ts';
import { type Rights } from '#shared/model/change.ts';
import { ok } from '#shared/result.ts';
import { wordsFor } from '#shared/words/index.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { sceneChanges } from '../helpers/scenes/scene-changes.ts';
import { startScenes, type SceneServer } from '../helpers/scenes/scene-server.ts';
import { axeViolations, overflowOf, SIZES, stateViolations, useBrowser } from '../e2e/support/browser.ts';
import { runningOut } from '../e2e/support/running-out.ts';

const open = useBrowser();
const words = wordsFor('en');
/** Where to put a picture of every visit; none are taken without it. */
const PICTURES = process.env['LIFEBOAT_PICTURES'];
const ALLOWED: Rights = { state: 'allowed', via: 'root', sysResource: true };

let server: SceneServer;
let page: Page;
let rights: Rights = ALLOWED;

const sceneOf = (name: string) => (SCENES[name] ?? expect.unreachable)();
async function serve(port = 0): Promise<void> {
  const scene = sceneOf('workbench');
  server = await startScenes(scene, {
    port,
    handlers: { ...sceneChanges(scene).handlers, 'change.rights': () => ok(rights) },
  });
}

beforeAll(async () => {
  await serve();
  page = await open.lasting(server.address, { expected: /ERR_CONNECTION_REFUSED|WebSocket/ });
  await page.getByRole('tab', { name: words.next.order }).waitFor();
});
afterAll(() => server.close());

/** Each view with as much open as it has: a preview, a preset, the record of changes. */
const OPENED: Readonly<Record<ViewName, () => Promise<Locator>>> = {
  async next() {
    await page.getByRole('button', { name: /^Protect java \d+/ }).click();
    const panel = page.getByRole('region', { name: words.act.panel });
    await panel.getByRole('button', { name: words.act.apply }).waitFor();
    return panel;
  },
  async groups() {
    const row = page
      .getByRole('treegrid', { name: words.groupsView.list })
      .getByRole('row', { name: /shop-db-1/ });
    // Of the visit before: a sheet would lie over the list.
    await page.keyboard.press('Escape');
    await row.click();
    const detail = page
      .getByRole('complementary', { name: words.groupDetailWords.label })
      .or(page.getByRole('dialog', { name: words.groupDetailWords.label }));
    await detail.getByRole('heading', { name: 'shop-db-1' }).waitFor();
    return detail;
  },
  async tuning() {
    const preset = page.getByRole('button', { name: words.sysctl.presets['reboot-after-oom'].title });
    await preset.click();
    return page.getByRole('article', { name: words.sysctl.settings['vm.panic_on_oom'].title });
  },
  async events() {
    await page.getByRole('tab', { name: words.events.changes, exact: true }).click();
    return page.getByRole('table', { name: words.events.table });
  },
  async doctor() {
    const group = page.getByRole('region', { name: words.doctorView.groups.good });
    await group.waitFor();
    return group;
  },
  async settings() {
    await page.getByRole('radio', { name: 'Dark' }).waitFor({ state: 'attached' });
    return page.getByRole('main');
  },
};

async function go(view: ViewName): Promise<void> {
  await page.evaluate((name) => (location.hash = `#/${name}`), view);
  await page.getByRole('link', { name: words.views[view] }).and(page.locator('[aria-current]')).waitFor();
}

async function picture(name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

/** How the page is looked at. `states`: also everything under the pointer, and pressed. */
const VISITS = [
  { name: 'light', scheme: 'light', size: 'wide', states: true },
  { name: 'dark', scheme: 'dark', size: 'medium', states: true },
  { name: 'dark-narrow', scheme: 'dark', size: 'narrow' },
  { name: 'light-least', scheme: 'light', size: 'least' },
  { name: 'light-zoomed-still', scheme: 'light', size: 'zoomed', still: true },
  { name: 'forced', scheme: 'light', size: 'wide', forced: true, states: true },
  { name: 'forced-dark', scheme: 'dark', size: 'narrow', forced: true, states: true },
] as const;

async function look(visit: (typeof VISITS)[number]): Promise<void> {
  await page.setViewportSize(SIZES[visit.size]);
  await page.emulateMedia({
    colorScheme: visit.scheme,
    forcedColors: 'forced' in visit ? 'active' : 'none',
    reducedMotion: 'still' in visit ? 'reduce' : 'no-preference',
  });
}

describe.each(VISITS)('$name', (visit) => {
  beforeAll(() => look(visit));

  it.each(VIEWS)('%s fits, nothing runs out of its panel, and axe finds nothing', async (view) => {
    await go(view);
    const part = await OPENED[view]();
    await part.waitFor();
    await picture(`${view}-${visit.name}`);
    expect(await overflowOf(page)).toBeLessThanOrEqual(0);
    expect(await runningOut(part)).toEqual([]);
    expect(await axeViolations(page)).toEqual([]);
    if ('states' in visit) expect(await stateViolations(page)).toEqual([]);
  });
});

describe('rights', () => {
  it.each<[string, Rights, string]>([
    ['read-only', { state: 'read-only', command: 'lifeboat serve --allow-changes' }, 'not allowed'],
    ['raise-only', { state: 'allowed', via: 'root', sysResource: false }, 'raise only'],
    ['none', { state: 'asks', method: 'none', command: 'sudo lifeboat' }, 'asks first'],
  ])('%s: every view says so without a barrier', async (name, now, word) => {
    await look(VISITS[0]);
    rights = now;
    server.emit('change.rights', now);
    const lock = page.getByRole('button', { name: `${words.act.lock.label}: ${word}` });
    for (const view of VIEWS) {
      await go(view);
      await lock.waitFor();
      if (view === 'doctor')
        await page.getByText(words.doctorView.actions(now, name !== 'raise-only')).waitFor();
      await picture(`${view}-${name}`);
      expect(await axeViolations(page), view).toEqual([]);
    }
    rights = ALLOWED;
    server.emit('change.rights', ALLOWED);
  });
});

describe('everything under the pointer', () => {
  it('is judged as it looks then: a button that becomes unreadable is found', async () => {
    await look(VISITS[0]);
    await go('tuning');
    const sheet = await page.evaluateHandle(() => {
      const made = new CSSStyleSheet();
      made.replaceSync('button:hover { color: #f1f5f7 !important; background: #fff !important; }');
      document.adoptedStyleSheets.push(made);
      return made;
    });
    expect((await stateViolations(page)).join()).toContain('color-contrast');
    await sheet.evaluate((made) => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== made);
    });
  });
});

describe('without a server', () => {
  it('nothing can be applied, a preview says why, and no view has a barrier', async () => {
    await look(VISITS[1]);
    await go('next');
    const panel = await OPENED.next();
    const { port } = server;
    await server.close();
    const again = page
      .getByRole('region', { name: words.connection.notices })
      .getByRole('button', { name: words.connection.tryNow });
    await again.waitFor();
    await expect.poll(() => panel.getByRole('button', { name: words.act.apply }).isDisabled()).toBe(true);
    await panel.getByText(words.act.notConnected).waitFor();
    for (const name of [/^Protect /, /^Kill .* first$/, words.act.giveUp])
      for (const button of await page.getByRole('button', { name }).all())
        expect(await button.isDisabled(), await button.innerText()).toBe(true);
    // Keys say so as well.
    await page.keyboard.press('Escape');
    await page.getByRole('grid', { name: words.next.order }).focus();
    await page.keyboard.press('j');
    await page.keyboard.press('Shift+P');
    await page
      .getByRole('status', { name: words.act.toast.region })
      .getByText(words.act.notConnected)
      .waitFor();
    for (const view of VIEWS) {
      await go(view);
      await picture(`${view}-stale`);
      expect(await axeViolations(page), view).toEqual([]);
    }
    await serve(port);
    await page.goto(server.mintAddress());
    await again.waitFor({ state: 'detached' });
    for (const view of VIEWS) {
      await go(view);
      expect(await axeViolations(page), view).toEqual([]);
    }
  });
});

describe('the record of changes', () => {
  it('has fourteen of them, and the first and the last can be undone without a scroll of their own', async () => {
    await look(VISITS[0]);
    await go('events');
    const table = await OPENED.events();
    const undo = table.getByRole('button', { name: /^Undo/ });
    await expect.poll(() => undo.count()).toBe(14);
    const inside = await table.evaluate((element) => {
      const around = element.parentElement;
      return around === null ? -1 : around.scrollHeight - around.clientHeight;
    });
    expect(inside).toBe(0);
    for (const each of await undo.all()) await each.click({ trial: true });
  });

  it('shows what each change would write before anything is undone', async () => {
    await go('events');
    await OPENED.events();
    await page.getByRole('button', { name: words.events.undoAll }).click();
    const list = page.getByRole('region', { name: words.undo.list.title });
    await expect.poll(() => list.getByRole('checkbox').count()).toBe(14);
    // Each of them would lower a limit: none is ticked, and nothing can be undone by one click more.
    expect(await list.getByRole('checkbox', { checked: true }).count()).toBe(0);
    expect(await list.getByRole('button', { name: words.undo.list.button(0) }).isDisabled()).toBe(true);
  });
});
