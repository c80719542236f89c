import { type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VIEWS } from '../../src-renderer/shell/navigation.svelte.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { startScenes, type SceneServer } from '../helpers/scenes/scene-server.ts';
import { axeViolations, useBrowser, type PageOptions } from '../e2e/support/browser.ts';

const open = useBrowser();
/** Views have the keys 1, 2, 3… in the order of the navigation. */
const DOCTOR_KEY = (VIEWS.indexOf('doctor') + 1).toString();
let server: SceneServer;

async function openScene(name: string, options: PageOptions = {}): Promise<Page> {
  server = await startScenes((SCENES[name] ?? expect.unreachable)());
  onTestFinished(() => server.close());
  const page = await open(server.address, options);
  await page.getByRole('tab', { name: 'Kill order' }).waitFor();
  return page;
}

/** The head of the table is its first row. */
const topRow = (page: Page) => page.locator('[aria-rowindex="2"]');
const rowsOf = (page: Page) => page.getByRole('grid', { name: 'All processes' }).getByRole('row');
const heading = (page: Page) => page.getByRole('complementary').getByRole('heading', { level: 2 });
const focusedId = (page: Page) => page.evaluate(() => document.activeElement?.id);

describe('search and sort', () => {
  it('finds by name, command, user, unit and pid, and says when nothing matches', async () => {
    const page = await openScene('workbench');
    const search = page.getByRole('textbox', { name: 'Search processes' });
    for (const [query, found] of [
      ['jenkins.war', 'java'],
      ['libvirt', 'qemu-system-x86'],
      ['postgresql.service', 'postgres'],
      ['911', 'java'],
      ['  JAVA  xmx6G ', 'java'],
    ] as const) {
      await search.fill(query);
      await expect.poll(async () => (await rowsOf(page).allInnerTexts())[1]).toContain(found);
    }
    await search.fill('no such process');
    await page.getByText('No process matches.').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await expect.poll(() => rowsOf(page).count()).toBeGreaterThan(10);
    expect(await search.inputValue()).toBe('');
  });

  it('sorts by every column, figures from the largest, names from A, and the other way round', async () => {
    const page = await openScene('workbench');
    await page.getByRole('tab', { name: 'All processes' }).click();
    const first = () => topRow(page).innerText();
    for (const [column, order, top] of [
      ['Resident', 'descending', 'java'],
      ['Swapped', 'descending', 'java'],
      ['adj', 'descending', 'chrome'],
      ['oom_score', 'descending', 'chrome'],
      ['User', 'ascending', 'chrome'],
      ['Badness', 'descending', 'chrome'],
      ['Process', 'ascending', 'auditd'],
      ['Process', 'descending', 'zsh'],
      ['#', 'ascending', 'chrome'],
    ] as const) {
      const head = page.getByRole('columnheader', { name: column, exact: true });
      await head.getByRole('button').click();
      expect(await head.getAttribute('aria-sort')).toBe(order);
      await expect.poll(first).toContain(top);
    }
  });

  it('has a choice in the place of columns where there is no room for them', async () => {
    const page = await openScene('workbench', { size: 'narrow' });
    await page.getByRole('tab', { name: 'All processes' }).click();
    await page.getByRole('combobox', { name: 'Sort by' }).selectOption('resident memory');
    await expect.poll(() => topRow(page).innerText()).toContain('java');
    await page.getByRole('button', { name: 'Reverse the order' }).click();
    await expect.poll(() => topRow(page).innerText()).toContain('kthreadd');
    expect(await axeViolations(page)).toEqual([]);
  });
});

describe('the keyboard', () => {
  it('reaches everything by single keys, and lists them', async () => {
    const page = await openScene('workbench');
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keys' });
    await dialog.waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });

    await page.keyboard.press('/');
    await page.keyboard.type('postgres');
    await page.keyboard.press('Enter');
    expect(await focusedId(page)).toBe('process-table');
    await expect.poll(() => heading(page).innerText()).toContain('postgres');

    await page.keyboard.press('o');
    await page.keyboard.press('j');
    expect(await focusedId(page)).toBe('kill-order');
    await expect.poll(() => heading(page).innerText()).toBe('chrome 837');
    await page.keyboard.press('j');
    await expect.poll(() => heading(page).innerText()).toBe('code 874');
    await page.keyboard.press('k');
    await page.keyboard.press('k');
    // Above the first row no process is chosen: what is close to a limit stands there again.
    await page.getByRole('complementary', { name: 'Limits, kills and protected processes' }).waitFor();
    await page.keyboard.press('End');
    await expect.poll(() => heading(page).innerText()).not.toContain('chrome');
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'Limits, kills and protected processes' }).waitFor();

    await page.keyboard.press('t');
    await page.getByText('Last 5 minutes').waitFor();
    await page.keyboard.press(DOCTOR_KEY);
    await page.getByRole('heading', { name: 'What this machine allows' }).waitFor();
    await page.keyboard.press('1');
    await page.getByRole('region', { name: 'Next victim' }).waitFor();
  });

  it('acts again at once when a dialog has been closed: until the next frame the focus is still in it', async () => {
    const page = await openScene('workbench');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    const isInSearch = await page.evaluate(() => {
      document.querySelector<HTMLDialogElement>('dialog[open]')?.close();
      const key = new KeyboardEvent('keydown', { key: '/', bubbles: true, cancelable: true });
      document.activeElement?.dispatchEvent(key);
      return document.activeElement?.matches('input');
    });
    expect(isInSearch).toBe(true);
  });

  it('leaves single keys alone when they are switched off, and remembers that', async () => {
    const page = await openScene('workbench');
    await page.getByRole('button', { name: 'Keys' }).click();
    await page.getByRole('checkbox', { name: 'Single-key shortcuts work everywhere' }).uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press(DOCTOR_KEY);
    await page.reload();
    await page.getByRole('region', { name: 'Next victim' }).waitFor();
    await page.keyboard.press(DOCTOR_KEY);
    expect(await page.getByRole('heading', { name: 'What this machine allows' }).count()).toBe(0);
    await page.getByRole('grid', { name: 'Kill order' }).focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => heading(page).innerText()).toBe('chrome 837');
  });

  it('walks through 8,000 rows, to the end and back', async () => {
    const page = await openScene('huge');
    await page.keyboard.press('p');
    await expect.poll(() => rowsOf(page).count()).toBeGreaterThan(5);
    await page.keyboard.press('j');
    await expect.poll(() => heading(page).innerText()).toContain('hdbindexserver');
    await page.keyboard.press('End');
    await expect.poll(() => page.locator('[aria-rowindex="8001"][aria-selected="true"]').count()).toBe(1);
    await page.keyboard.press('PageUp');
    await page.keyboard.press('Home');
    await expect.poll(() => page.locator('[aria-rowindex="2"][aria-selected="true"]').count()).toBe(1);
    expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('8001');
  });

  it.each(['wide', 'medium'] as const)(
    'keeps its head while the list is walked through on a %s screen',
    async (size) => {
      const page = await openScene('workbench', { size });
      await page.getByRole('grid', { name: 'Kill order' }).focus();
      await page.keyboard.press('End');
      await page.getByRole('tab', { name: 'Kill order' }).click({ trial: true, timeout: 10_000 });
      const [panel, tab] = await Promise.all(
        [page.locator('.panel'), page.getByRole('tab', { name: 'Kill order' })].map((each) =>
          each.boundingBox(),
        ),
      );
      expect(tab?.y).toBeGreaterThanOrEqual(panel?.y ?? Infinity);
      expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0);
    },
  );

  it('shows where the focus is, on every stop of the way', async () => {
    const page = await openScene('workbench');
    let stops = 0;
    for (; stops < 24; stops += 1) {
      await page.keyboard.press('Tab');
      const seen = await page.evaluate(() => {
        const focused = document.activeElement;
        if (focused === null || focused === document.body) return 'left the page';
        const holder = focused instanceof HTMLInputElement ? (focused.parentElement ?? focused) : focused;
        const { outlineStyle, outlineWidth } = getComputedStyle(holder);
        return outlineStyle === 'none' || outlineWidth === '0px' ? focused.outerHTML : 'seen';
      });
      if (seen === 'left the page') break;
      expect(seen).toBe('seen');
    }
    expect(stops).toBeGreaterThan(10);
  });
});

describe('the scope', () => {
  it('goes to a cgroup among 200 by its name', async () => {
    const page = await openScene('scopes');
    await page.keyboard.press('s');
    const search = page.getByRole('combobox', { name: 'Find a cgroup' });
    await search.fill('pod 123');
    const found = page.getByRole('listbox', { name: 'Where memory runs out' }).getByRole('option');
    await expect.poll(() => found.count()).toBe(1);
    expect(await axeViolations(page)).toEqual([]);
    await search.press('Enter');
    await page.getByRole('button', { name: 'pod 123', pressed: true }).waitFor();
    await page.getByText('No other process can be killed.', { exact: true }).waitFor();
    await expect.poll(() => page.getByRole('tab', { name: /Kill order/ }).innerText()).toBe('Kill order 1');
    await page.getByRole('button', { name: 'Whole machine' }).click();
    await expect.poll(() => page.getByRole('tab', { name: /Kill order/ }).innerText()).toContain('505');
  });

  it('says that no cgroup matches, and closes on Escape', async () => {
    const page = await openScene('scopes');
    await page.keyboard.press('s');
    const search = page.getByRole('combobox', { name: 'Find a cgroup' });
    await search.fill('nothing like it');
    await page.getByText('No cgroup matches.').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => search.count()).toBe(0);
  });
});

describe('the detail', () => {
  it('tells the terms, the limits and the number that would protect', async () => {
    const page = await openScene('workbench');
    await page.getByRole('row', { name: /java/ }).click();
    const detail = page.getByRole('complementary');
    await detail.getByText('Why it is sixth').waitFor();
    await detail.getByText('docker:jenkins runs out before the machine does.').waitFor();
    await detail.getByText(/oom_score_adj -\d+ \(now 0\) moves it behind the next 5/).waitFor();
    await detail.getByText(/echo -\d+ \| sudo tee \/proc\/911\/oom_score_adj/).waitFor();
    expect(await detail.getByRole('button', { name: /protect/i }).count()).toBe(0);
    await detail.getByRole('button', { name: /8\.0 GiB/ }).click();
    await page.getByRole('button', { name: 'docker:jenkins', pressed: true }).waitFor();
  });

  it('copies the command', async () => {
    const page = await openScene('workbench');
    await page.context().grantPermissions(['clipboard-read']);
    await page.getByRole('region', { name: 'Next victim' }).getByRole('button', { name: 'chrome' }).click();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
      /^echo \d+ \| sudo tee \/proc\/800\/oom_score_adj$/,
    );
  });

  it.each(['medium', 'narrow'] as const)(
    'comes over the list on a %s screen and gives the focus back',
    async (size) => {
      const page = await openScene('workbench', { size, reducedMotion: 'reduce' });
      await page.getByRole('grid', { name: 'Kill order' }).focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      const sheet = page.getByRole('dialog', { name: 'Chosen process' });
      await sheet.getByRole('heading', { name: 'chrome 837' }).waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null)).toBe(true);
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'detached' });
      expect(await focusedId(page)).toBe('kill-order');
    },
  );

  it('unfolds the exempt processes', async () => {
    const page = await openScene('workbench');
    const fold = page.getByRole('button', { name: /never killed/ });
    await fold.click();
    expect(
      await page.getByRole('list', { name: 'Largest protected process' }).getByRole('listitem').count(),
    ).toBe(4);
    expect(await axeViolations(page)).toEqual([]);
  });
});

describe('ears', () => {
  it('hears of a kill and of the lost connection, and of little else', async () => {
    const page = await openScene('workbench', { expected: /ERR_CONNECTION_REFUSED|WebSocket/ });
    const said = page.getByRole('status', { name: 'Announcements' });
    await expect.poll(() => said.textContent()).toBe('Next victim: chrome');
    server.tick(3);
    expect(await said.textContent()).toBe('Next victim: chrome');
    server.show((SCENES['afterKill'] ?? expect.unreachable)());
    server.tick();
    await expect.poll(() => said.textContent()).toBe('The kernel has killed a process.');
    await server.close();
    await expect.poll(() => said.textContent()).toMatch(/^Disconnected\. Showing \d/);
  });
});
