import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { formatAdj, formatCount } from '#shared/format/count.ts';
import { axeViolations, useBrowser } from './support/browser.ts';
import { startEater, type Eater } from './support/eater.ts';
import { startLifeboat } from './support/lifeboat.ts';

const open = useBrowser();

/** Memory and swap in thousandths: what one point of oom_score_adj weighs, in pages. */
function pagesPerPoint(): number {
  const meminfo = readFileSync('/proc/meminfo', 'latin1');
  const kib = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1]);
  return Math.trunc((kib('MemTotal') + kib('SwapTotal')) / 4 / 1000);
}

/** Finds processes by a search and chooses one. */
async function choose(page: Page, { name, pid }: Eater): Promise<void> {
  await page.getByRole('textbox', { name: 'Search processes' }).fill(name);
  await page.locator(`[id^="process-${pid}-"]`).click();
  await page
    .getByRole('complementary')
    .getByRole('heading', { name: `${name} ${pid}` })
    .waitFor();
}

/** The pages in the list of terms, by name. */
async function terms(page: Page): Promise<Record<string, string>> {
  const rows = page.getByRole('complementary').locator('dl').filter({ hasText: 'badness' }).locator('div');
  return Object.fromEntries(
    await rows.evaluateAll((found) =>
      found.map((row) => [
        row.querySelector('dt')?.innerText ?? '',
        row.querySelector('dd')?.innerText ?? '',
      ]),
    ),
  );
}

/** The same as the kernel has them. */
function kernelTerms(eater: Eater): Record<string, string> {
  const { rssPages, swapPages, pageTablePages, oomScoreAdj } = eater.figures();
  const adjustment = oomScoreAdj * pagesPerPoint();
  return {
    resident: formatCount(rssPages),
    swapped: formatCount(swapPages),
    'page tables': formatCount(pageTablePages),
    [`adjustment ${formatAdj(oomScoreAdj)}`]: formatCount(adjustment),
    badness: formatCount(rssPages + swapPages + pageTablePages + adjustment),
  };
}

function isPairOfEquals([shown, read]: readonly unknown[]): boolean {
  return isDeepStrictEqual(shown, read);
}

describe('the page on the real /proc', () => {
  it('shows three eaters in their order, with the figures of the kernel', async () => {
    const eaters = [
      await startEater('eater-plain', 300, 0),
      await startEater('eater-raised', 60, 300),
      await startEater('eater-first', 20, 900),
    ];
    const { address } = await startLifeboat();
    const page = await open(address);

    await page.getByRole('textbox', { name: 'Search processes' }).fill('eater-');
    const rows = page.getByRole('grid', { name: 'All processes' }).getByRole('row');
    await expect.poll(() => rows.count()).toBe(4);
    const order = (await rows.allInnerTexts()).slice(1).map((text) => /eater-\w+/.exec(text)?.[0]);
    expect(order).toEqual(['eater-first', 'eater-raised', 'eater-plain']);

    for (const eater of eaters) {
      await choose(page, eater);
      // Both are read again each time: even a process that sleeps may free a page.
      await expect.poll(async () => [await terms(page), kernelTerms(eater)]).toSatisfy(isPairOfEquals);
    }
    expect(await axeViolations(page)).toEqual([]);
  });

  it('has room at 200%: for the waterline, and for a heading of two lines', async () => {
    const { address } = await startLifeboat();
    const page = await open(address, { size: 'zoomed' });
    await page.getByRole('tab', { name: 'Kill order' }).waitFor();
    const bar = page.getByRole('banner').locator('.bars');
    expect((await bar.boundingBox())?.width).toBeGreaterThan(400);

    await page.getByRole('link', { name: 'Tuning' }).click();
    const presets = page.getByRole('group', { name: 'Presets' });
    await presets.waitFor();
    const gap = await presets.evaluate((group) => {
      const below = group.closest('.heading')?.nextElementSibling;
      return (below?.getBoundingClientRect().top ?? 0) - group.getBoundingClientRect().bottom;
    });
    expect(gap).toBeGreaterThan(0);
  });

  it('takes a process that has died off the list, and out of the first place', async () => {
    const { address } = await startLifeboat();
    const page = await open(address);
    const first = page.getByRole('region', { name: 'Next victim' });
    const eater = await startEater('eater-doomed', 30, 1000);
    await first.getByText('eater-doomed').waitFor();
    await page.getByRole('textbox', { name: 'Search processes' }).fill('eater-doomed');
    const row = page.locator(`#process-${eater.pid}-${eater.startTicks}`);
    await row.waitFor();
    await eater.kill();
    await row.waitFor({ state: 'detached' });
    await first.getByText('eater-doomed').waitFor({ state: 'detached' });
    await page.getByText('No process matches.').waitFor();
  });

  it('says that a chosen process has ended, and keeps its last figures', async () => {
    const eater = await startEater('eater-chosen', 30, 0);
    const { address } = await startLifeboat();
    const page = await open(address);
    await choose(page, eater);
    // Stopped, it gives back nothing more: these are its last figures.
    process.kill(eater.pid, 'SIGSTOP');
    await expect.poll(async () => [await terms(page), kernelTerms(eater)]).toSatisfy(isPairOfEquals);
    const before = await terms(page);
    await eater.kill();
    await page.getByText('has ended. These are its last figures.').waitFor();
    expect(await terms(page)).toEqual(before);
  });

  it('comes back by itself after the server was started again, and keeps what was being done', async () => {
    const eater = await startEater('eater-kept', 30, 500);
    const lifeboat = await startLifeboat();
    const page = await open(lifeboat.address, { expected: /ERR_CONNECTION_REFUSED|WebSocket/ });
    await choose(page, eater);
    await page.getByRole('columnheader', { name: 'Resident' }).getByRole('button').click();
    expect(new URL(page.url()).hash).toBe('');

    await lifeboat.stop();
    await page
      .getByRole('region', { name: 'Notices' })
      .getByText(/^Disconnected\. Showing/)
      .waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await lifeboat.restart();
    await page.getByRole('button', { name: 'Try now' }).waitFor({ state: 'detached' });

    await expect
      .poll(() => page.getByRole('textbox', { name: 'Search processes' }).inputValue())
      .toBe('eater-kept');
    const sorted = page.getByRole('columnheader', { name: 'Resident' });
    expect(await sorted.getAttribute('aria-sort')).toBe('descending');
    await expect
      .poll(() => page.locator(`#process-${eater.pid}-${eater.startTicks}`).getAttribute('aria-selected'))
      .toBe('true');
    expect(await terms(page)).toMatchObject({ 'adjustment +500': formatCount(500 * pagesPerPoint()) });
  });

  it('refuses a browser without a session, and signs in one with a fresh address', async () => {
    const { address } = await startLifeboat();
    const expected = /WebSocket/;
    const page = await open(address.replace(/#.*/, ''), { expected });
    await page.getByRole('heading', { name: 'This browser is not signed in' }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
    // The same document: only the part behind # changes.
    await page.evaluate((hash) => (location.hash = hash), new URL(address).hash);
    await page.getByRole('region', { name: 'Next victim' }).waitFor();
  });

  it('examines the machine', async () => {
    const { address } = await startLifeboat();
    const page = await open(address, { scheme: 'light' });
    await page.getByRole('link', { name: 'Doctor' }).click();
    await page.getByRole('region', { name: 'As it should be' }).waitFor();
    expect(await page.getByRole('listitem').count()).toBeGreaterThan(19);
    expect(await axeViolations(page)).toEqual([]);
    await page.reload();
    await page.getByRole('heading', { name: 'What this machine allows' }).waitFor();
  });
});
