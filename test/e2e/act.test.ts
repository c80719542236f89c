// Over 300 lines: cases of one subject, which share what stands at the top.
import { readFileSync } from 'node:fs';
import { type Locator, type Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { VIEWS } from '../../src-renderer/shell/navigation.svelte.ts';
import { realCgroup } from '../helpers/processes/process-cgroup.ts';
import { axeViolations, search, useBrowser, type PageOptions } from './support/browser.ts';
import { numberIn, restoring, startChanging, startSleeper, type Changing } from './support/changing.ts';
import { startEater, type Eater } from './support/eater.ts';

const open = useBrowser();
/** Changing a setting is root's; writing to it at all is, too, where /proc/sys is read-only. */
const isRoot = process.getuid?.() === 0;
const DUMP_TASKS = '/proc/sys/vm/oom_dump_tasks';

const key = (view: (typeof VIEWS)[number]) => (VIEWS.indexOf(view) + 1).toString();
/** The record of changes is the second part of the view of events. */
async function showChanges(page: Page): Promise<void> {
  await page.keyboard.press(key('events'));
  await page.getByRole('tab', { name: 'Changes', exact: true }).click();
}

const adjOf = ({ pid }: { pid: number }) => numberIn(`/proc/${pid}/oom_score_adj`);
const panel = (page: Page) => page.getByRole('region', { name: 'Effect of this change' });
const toast = (page: Page) => page.getByRole('status', { name: 'What was done' });
/** By its pid, which may be among the figures of another row as well. */
const rowOf = (page: Page, { pid }: Pick<Eater, 'pid'>) => page.locator(`[id^="process-${pid}-"]`);
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });

/**
 * One that goes second, and others around it closely: protecting it never goes below 0. It holds no more than it must: on a machine with little
 * memory 15 points are not much.
 */
async function crowd(): Promise<Eater> {
  const eater = await startEater('act-row', 1, 985);
  for (const value of [1000, 975, 970, 965, 960]) await startSleeper(value);
  return eater;
}

/** Looks at what undoing an entry does, and does it. */
async function undoFrom(page: Page, row: Locator): Promise<void> {
  await row.getByRole('button', { name: /^Undo/ }).click();
  const list = page.getByRole('region', { name: 'Changes to undo' });
  await list.getByRole('button', { name: /^Undo \d+ change/ }).click();
}

async function openChanging(options?: PageOptions, running?: Changing): Promise<Page> {
  const { address } = running ?? (await startChanging());
  const page = await open(address, options);
  await page.getByRole('tab', { name: 'Kill order' }).waitFor();
  return page;
}

describe.skipIf(!isRoot)('a page that may change things (needs root)', () => {
  it('protects from the row: preview in place, apply, notice, undo', async () => {
    const eater = await crowd();
    const page = await openChanging();
    await button(page, `Protect act-row ${eater.pid}`).click();
    await panel(page)
      .getByRole('heading', { name: /^act-row/ })
      .waitFor();
    expect(adjOf(eater)).toBe(985);
    await panel(page).getByRole('button', { name: 'Apply' }).click();
    await toast(page).getByText('1 process changed').waitFor();
    const after = adjOf(eater);
    expect(after).toBeLessThan(975);
    expect(after).toBeGreaterThanOrEqual(0);
    await expect.poll(() => panel(page).count()).toBe(0);
    expect(await toast(page).innerText()).toContain(
      `act-row (${eater.pid}): oom_score_adj is now +${after}, was +985`,
    );
    await toast(page).getByRole('button', { name: 'Undo' }).click();
    await toast(page).getByText('1 change undone').waitFor();
    expect(adjOf(eater)).toBe(985);
  });

  it('asks from a row of all processes: the preview stands under it, and the rows below give it room', async () => {
    const eater = await startEater('act-table', 24, 400);
    const sleeper = await startSleeper(900);
    const page = await openChanging();
    await page.getByRole('tab', { name: 'All processes' }).click();
    const grid = page.getByRole('grid', { name: 'All processes' });
    const first = rowOf(page, { pid: sleeper });
    await first.getByRole('button', { name: `Kill sleep ${sleeper} first` }).click();
    await panel(page).getByRole('button', { name: 'Cancel' }).waitFor();
    const below = async () => {
      const [above, box] = await Promise.all([first.boundingBox(), panel(page).boundingBox()]);
      return (box?.y ?? 0) - (above?.y ?? 0) - (above?.height ?? 0);
    };
    expect(Math.abs(await below())).toBeLessThan(2);
    // At the very end the last row ends where the list ends: nothing is covered, nothing is left over. New processes move that end.
    const slack = () =>
      grid.evaluate((element) => {
        element.scrollTop = element.scrollHeight;
        const bottoms = [...element.querySelectorAll('[role=row]')].map(
          (row) => row.getBoundingClientRect().bottom,
        );
        return Math.abs(element.getBoundingClientRect().bottom - Math.max(...bottoms));
      });
    await expect.poll(slack).toBeLessThan(2);
    await grid.evaluate((element) => {
      element.scrollTop = 0;
    });
    await panel(page).getByRole('button', { name: 'Cancel' }).click();
    await search(page, 'act-table');
    await grid.getByRole('button', { name: `Kill act-table ${eater.pid} first` }).click();
    await panel(page).getByRole('button', { name: 'Apply' }).click();
    await expect.poll(() => adjOf(eater)).toBeGreaterThan(400);
  });

  it.for(['order', 'table'] as const)(
    'asks by a key on the row of the cursor, also where there is no room for the detail: %s',
    async (list) => {
      const eater = await crowd();
      const page = await openChanging({ size: 'narrow' });
      if (list === 'table') {
        await search(page, 'act-row');
      }
      await page.keyboard.press(list === 'table' ? 'ArrowDown' : 'j');
      await page.keyboard.press('Shift+P');
      await panel(page)
        .getByRole('heading', { name: /^act-row/ })
        .waitFor();
      expect(
        await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        ),
      ).toBe(0);
      expect(await axeViolations(page)).toEqual([]);
      await panel(page).getByRole('button', { name: 'Apply' }).click();
      await expect.poll(() => adjOf(eater)).toBeLessThan(975);
    },
  );

  it('changes all that are called so when that is meant, and says how many that are', async () => {
    const first = await startEater('act-all', 24, 300);
    const eaters = [first, await startEater('act-all', 24, 310)];
    await startSleeper(900);
    const page = await openChanging();
    await search(page, 'act-all');
    await rowOf(page, first).click();
    const detail = page.getByRole('complementary');
    await detail.getByRole('combobox', { name: 'For' }).selectOption('every process named act-all (2)');
    await detail.getByRole('button', { name: 'Kill first' }).click();
    await panel(page).getByText('Every process named act-all (2): kill first').waitFor();
    await detail.getByRole('combobox', { name: 'For' }).selectOption('this process only');
    await expect
      .poll(() => panel(page).getByText('Every process named act-all (2): kill first').count())
      .toBe(0);
    await detail.getByRole('combobox', { name: 'For' }).selectOption('every process named act-all (2)');
    await panel(page).getByText('Every process named act-all (2): kill first').waitFor();
    await expect.poll(() => panel(page).locator('.writes li').count()).toBe(2);
    await panel(page).getByRole('button', { name: 'Apply' }).click();
    await toast(page).getByText('2 processes changed').waitFor();
    for (const eater of eaters) expect(adjOf(eater)).toBeGreaterThan(310);
    await toast(page).getByRole('button', { name: 'Undo' }).click();
    await toast(page).getByText('2 changes undone').waitFor();
    expect(eaters.map(adjOf)).toEqual([300, 310]);
  });

  it('gives up by the keyboard alone, and Escape leaves everything as it is', async () => {
    const eater = await startEater('act-keys', 24, 400);
    await startSleeper(900);
    const page = await openChanging();
    await search(page, 'act-keys');
    await page.keyboard.press('Enter');
    await page
      .getByRole('complementary')
      .getByRole('heading', { name: new RegExp(` ${eater.pid}$`) })
      .waitFor();
    await page.keyboard.press('Shift+P');
    await panel(page)
      .getByRole('heading', { name: `act-keys ${eater.pid}: protect, later` })
      .waitFor();
    await expect.poll(() => panel(page).evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => panel(page).count()).toBe(0);
    await page.keyboard.press('Shift+G');
    await panel(page)
      .getByRole('heading', { name: `act-keys ${eater.pid}: kill first` })
      .waitFor();
    await panel(page).getByRole('button', { name: 'Apply' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => adjOf(eater)).toBeGreaterThan(400);
    await toast(page).getByText('1 process changed').waitFor();
  });

  it('lists what it did under Events, and takes it back from there', async () => {
    const eater = await startEater('act-events', 24, 300);
    await startSleeper(900);
    const page = await openChanging();
    await showChanges(page);
    await page.getByText('No changes yet.').waitFor();
    await page.keyboard.press('1');
    await page.getByRole('tab', { name: 'Kill order' }).waitFor();
    await search(page, 'act-events');
    await rowOf(page, eater).click();
    await page
      .getByRole('complementary')
      .getByRole('heading', { name: new RegExp(` ${eater.pid}$`) })
      .waitFor();
    await page.keyboard.press('Shift+G');
    await panel(page).getByRole('button', { name: 'Apply' }).click();
    await toast(page).getByText('1 process changed').waitFor();
    await showChanges(page);
    const row = page
      .getByRole('table', { name: 'Journal of changes' })
      .getByRole('row')
      .filter({ hasText: 'act-events' });
    await expect.poll(() => row.innerText()).toContain('done');
    expect(await row.innerText()).toContain(`300 → ${adjOf(eater)}`);
    expect(await axeViolations(page)).toEqual([]);
    await undoFrom(page, row);
    await expect.poll(() => row.innerText()).toContain('undone');
    expect(adjOf(eater)).toBe(300);
  });

  it('sets a setting that goes back by itself, on a word or in time, unless it is kept', async () => {
    const now = restoring(DUMP_TASKS);
    const before = now();
    const other = 1 - before;
    const page = await openChanging();
    await page.keyboard.press(key('tuning'));
    const card = page.getByRole('article').filter({ hasText: 'vm.oom_dump_tasks' });
    const bar = page.getByRole('region', { name: 'Change to confirm' });
    const apply = async () => {
      await card.getByRole('radio', { name: new RegExp(`^${other} `) }).check();
      await card
        .getByRole('button', { name: new RegExp(`^Set oom_dump_tasks to ${other}( \\(.*\\))?$`) })
        .click();
      await bar.waitFor();
    };
    await apply();
    expect(now()).toBe(other);
    await expect
      .poll(() => bar.innerText(), { timeout: 5000 })
      .toMatch(/Reverts in 1\d s, even if this window closes/);
    expect(await axeViolations(page)).toEqual([]);
    await bar.getByRole('button', { name: 'Revert' }).click();
    await expect.poll(() => bar.count()).toBe(0);
    expect(now()).toBe(before);

    await apply();
    await bar.getByRole('button', { name: 'Keep until reboot' }).click();
    await expect.poll(() => bar.count()).toBe(0);
    expect(now()).toBe(other);
    await showChanges(page);
    const rows = page.getByRole('table', { name: 'Journal of changes' }).getByRole('row');
    await rows.filter({ hasText: 'vm.oom_dump_tasks' }).filter({ hasText: 'undone' }).waitFor();
    await undoFrom(
      page,
      rows.filter({ has: page.getByRole('button', { name: /^Undo: vm\.oom_dump_tasks/ }) }),
    );
    await expect.poll(now).toBe(before);
  });

  it('says what a number means that is being typed', async () => {
    const page = await openChanging();
    await page.keyboard.press(key('tuning'));
    const number = page.getByRole('spinbutton', { name: 'New value of vm.min_free_kbytes' });
    const unit = page.locator('[id="unit-vm.min_free_kbytes"]');
    await number.fill('131072');
    await expect.poll(() => unit.innerText()).toBe('KiB (128 MiB)');
    await number.fill('900');
    await expect.poll(() => unit.innerText()).toBe('KiB');
  });

  it.for(['wide', 'narrow'] as const)(
    'limits a cgroup from the chain of a process: shown first, taken back by itself or kept, and undone: %s',
    async (size) => {
      const cgroup = realCgroup(`act-limits-${size}`);
      const eater = await startEater('act-limited', 40, 950);
      cgroup.add(eater.pid);
      const limit = `${cgroup.folder}/${cgroup.version === 1 ? 'memory.limit_in_bytes' : 'memory.max'}`;
      const before = readFileSync(limit, 'utf8');
      const page = await openChanging({ size });
      await search(page, 'act-limited');
      await rowOf(page, eater).click();
      const label = cgroup.path.slice(1);
      const edit = button(page, `Change the limits of ${label}`);
      const editor = page.getByRole('region', { name: `Limits of ${label}` });
      const bar = page.getByRole('region', { name: 'Change to confirm' });
      const enter = async (text: string) => {
        await editor.getByRole('textbox', { name: 'New value' }).fill(text);
        await button(page, /^Apply/).click();
        await bar.getByRole('button', { name: 'Revert' }).waitFor();
      };
      await edit.click();
      await editor.getByRole('textbox', { name: 'New value' }).fill('much');
      await editor.getByText('Not a size.').waitFor();
      expect(await editor.getByRole('button', { name: /^Apply/ }).count()).toBe(0);
      await enter('512 MiB');
      expect(numberIn(limit)).toBe(512 * 2 ** 20);
      expect(await axeViolations(page)).toEqual([]);
      await bar.getByRole('button', { name: 'Revert' }).click();
      await expect.poll(() => readFileSync(limit, 'utf8')).toBe(before);
      await expect.poll(() => bar.count()).toBe(0);
      await enter('600M');
      await bar.getByRole('button', { name: 'Keep' }).click();
      await expect.poll(() => bar.count()).toBe(0);
      expect(numberIn(limit)).toBe(600 * 2 ** 20);
      await editor.getByText('Limit (now 600 MiB)').waitFor({ state: 'attached' });
      await editor.getByRole('button', { name: 'Cancel' }).click();
      if (size === 'narrow') await button(page, 'Close').click();
      await showChanges(page);
      const row = page
        .getByRole('table', { name: 'Journal of changes' })
        .getByRole('row')
        .filter({ hasText: label })
        .filter({ hasText: 'no limit → 600 MiB' });
      await undoFrom(page, row);
      await expect.poll(() => readFileSync(limit, 'utf8')).toBe(before);
    },
  );

  it.for(['light', 'dark'] as const)(
    'has no barrier with a preview open, or under Tuning: %s',
    async (scheme) => {
      const eater = await crowd();
      const page = await openChanging({ scheme, size: 'medium' });
      await button(page, `Protect act-row ${eater.pid}`).click();
      await panel(page).getByRole('button', { name: 'Apply' }).waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.keyboard.press(key('tuning'));
      await page.getByRole('article', { name: 'Process list in kill reports' }).waitFor();
      expect(await axeViolations(page)).toEqual([]);
    },
  );

  it('has what counts down in sight where it is narrow, however far the page is scrolled', async () => {
    const now = restoring(DUMP_TASKS);
    const before = now();
    const page = await openChanging({ size: 'narrow' });
    await page.keyboard.press(key('tuning'));
    const card = page.getByRole('article').filter({ hasText: 'vm.oom_dump_tasks' });
    await card.getByRole('radio', { name: new RegExp(`^${1 - before} `) }).check();
    await card.getByRole('button', { name: /^Set oom_dump_tasks to/ }).click();
    const back = page.getByRole('button', { name: 'Revert' });
    await back.waitFor();
    const scrolled = await page.evaluate(() => {
      window.scrollTo(0, document.documentElement.scrollHeight);
      return window.scrollY;
    });
    expect(scrolled).toBeGreaterThan(500);
    const { bottom, top } = await back.evaluate((element) => element.getBoundingClientRect());
    expect(top).toBeGreaterThan(0);
    expect(bottom).toBeLessThan(400);
    await back.click();
    await expect.poll(now).toBe(before);
  });

  it('fits where it is narrow: nothing stands out of the page', async () => {
    const eater = await crowd();
    const page = await openChanging({ size: 'narrow' });
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await button(page, `Protect act-row ${eater.pid}`).click();
    await panel(page).getByRole('button', { name: 'Apply' }).click();
    await toast(page).getByText('1 process changed').waitFor();
    expect(await overflow()).toBe(0);
    await page.keyboard.press(key('tuning'));
    await page.getByRole('article', { name: 'Process list in kill reports' }).waitFor();
    expect(await overflow()).toBe(0);
    await showChanges(page);
    await page.getByRole('table', { name: 'Journal of changes' }).waitFor();
    expect(await overflow()).toBe(0);
  });
});
