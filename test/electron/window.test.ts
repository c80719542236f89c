import { readFileSync } from 'node:fs';
import { type Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { numberIn, startSleeper } from '../e2e/support/changing.ts';
import { startEater } from '../e2e/support/eater.ts';
import { descendants } from '../electron-double/chromium/process-tree.ts';
import { isAlive } from '../helpers/processes/process-children.ts';
import { type Desktop } from './support/desktop.ts';
import { inPage, inWindow, isShown, openPage } from './support/lifeboat-window.ts';
import { CAN_CHANGE } from './support/stage.ts';
import { IS_REAL, useDesktop } from './support/use-desktop.ts';

const start = useDesktop();

/** More than anything on a desktop has. Only root may raise others that far, and it may be that no root runs the tests. */
const ADJ = 980;

/** The next victim and the places behind it, as the page shows them. */
async function shownOrder(page: Page): Promise<readonly string[]> {
  await page.getByRole('tab', { name: 'Kill order' }).click();
  await page.getByRole('grid', { name: 'Kill order' }).waitFor();
  const next = await page.getByRole('region', { name: 'Next victim' }).innerText();
  return [next, ...(await page.getByRole('tabpanel').getByRole('row').allInnerTexts()).slice(1)];
}

const score = (pid: number) => numberIn(`/proc/${pid}/oom_score`);
const processesOf = ({ pid }: Desktop) => [pid, ...descendants(pid).map((each) => each.pid)];
const alive = (pids: readonly number[]) => pids.filter((pid) => isAlive(pid));

describe('the window', () => {
  it('shows the kill order of the machine', async () => {
    const eaters = [
      await startEater('window-third', 20, ADJ),
      await startEater('window-first', 20, ADJ + 20),
      await startEater('window-second', 20, ADJ + 10),
    ];
    const desktop = await start();
    const isTrue = `['window-first', 'window-second', 'window-third'].every((name) => document.body.innerText.includes(name))`;
    await expect.poll(() => inPage(desktop, isTrue)).toBe(true);
    const byKernel = eaters
      .toSorted((one, other) => score(other.pid) - score(one.pid))
      .map(({ name }) => name);
    const order = (await shownOrder(await desktop.page())).map((text) => /window-\w+/.exec(text)?.[0]);
    expect(order.slice(0, 3)).toEqual(byKernel);
  });

  it('is shown again by a second start, which ends at once', async () => {
    const desktop = await start();
    await openPage(desktop);
    await inWindow(desktop, 'minimize');
    expect(await isShown(desktop)).toBe(false);
    expect(await desktop.startAgain()).toBe(0);
    await expect.poll(() => isShown(desktop)).toBe(true);
    expect(
      await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length, undefined),
    ).toBe(1);
  });

  it('has its page back after the kernel took it, on the same view and with what was gathered before', async () => {
    const desktop = await start();
    const page = await openPage(desktop);
    const begins = 'The chart starts with the second reading.';
    await expect.poll(() => page.getByText(begins).count()).toBe(0);
    await page.getByRole('link', { name: 'Doctor' }).click();
    const pid = () =>
      desktop.evaluate(
        ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
        undefined,
      );
    await expect.poll(pid).toBeGreaterThan(0);
    const killed = await pid();
    process.kill(killed, 'SIGKILL');
    await expect.poll(() => desktop.log()).toContain('The process of the page is gone (killed, 9)');
    await expect.poll(() => inPage(desktop, 'document.title').catch(() => '')).toContain('Doctor');
    await expect.poll(pid).not.toBe(killed);
    await inPage(desktop, `document.querySelector('a[href*="next"]').click()`);
    await expect.poll(() => inPage<string>(desktop, 'document.body.innerText')).toMatch(/killing it frees/i);
    expect(await inPage<string>(desktop, 'document.body.innerText')).not.toContain(begins);
  });

  it('does no work while it is hidden, and main watches on', async () => {
    const desktop = await start();
    await expect.poll(() => inPage<string>(desktop, 'document.body.innerText')).toMatch(/killing it frees/i);
    await desktop.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      if (contents === undefined) return;
      const send = contents.send.bind(contents);
      const counted = { sent: 0 };
      Object.assign(globalThis, { counted });
      contents.send = (...args) => {
        counted.sent += 1;
        send(...args);
      };
    }, undefined);
    const sent = () =>
      desktop.evaluate(
        () => (globalThis as unknown as { counted: { sent: number } }).counted.sent,
        undefined,
      );
    await inPage(
      desktop,
      `{ window.drawn = 0; const count = () => { window.drawn += 1; requestAnimationFrame(count); }; count(); }`,
    );
    await expect.poll(sent).toBeGreaterThan(1);

    await inWindow(desktop, 'hide');
    await expect.poll(() => inPage(desktop, 'document.visibilityState')).toBe('hidden');
    const before = {
      sent: await sent(),
      drawn: await inPage(desktop, 'drawn'),
      read: bytesRead(desktop.pid),
    };
    // A reading of this machine is more than this; it takes several.
    await expect.poll(() => bytesRead(desktop.pid) - before.read, { interval: 500 }).toBeGreaterThan(100_000);
    expect(await sent()).toBe(before.sent);
    // Playwright has every window of Electron drawn, so this cannot be seen there.
    if (!IS_REAL) expect(await inPage(desktop, 'drawn')).toBe(before.drawn);

    await inWindow(desktop, 'show');
    await expect.poll(sent).toBeGreaterThan(before.sent + 2);
    await expect.poll(() => inPage<number>(desktop, 'drawn')).toBeGreaterThan(Number(before.drawn) + 2);
  });

  it('ends Lifeboat when it is closed, and nothing is left behind', async () => {
    const desktop = await start();
    await openPage(desktop);
    const processes = processesOf(desktop);
    expect(processes.length).toBeGreaterThan(4);
    await inWindow(desktop, 'close');
    expect(await desktop.ended).toBe(0);
    await expect.poll(() => alive(processes)).toEqual([]);
  });

  it('stays away at a start in the background, and comes when Lifeboat is started again', async () => {
    const desktop = await start({ args: ['--hidden'] });
    await expect.poll(() => desktop.log()).toContain('monitors in the background');
    expect(
      await desktop.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length, undefined),
    ).toBe(0);
    expect(await desktop.startAgain(['--hidden'])).toBe(0);
    expect(await desktop.startAgain()).toBe(0);
    await openPage(desktop);
    expect(await isShown(desktop)).toBe(true);
  });

  it('is where it was left', async () => {
    const first = await start();
    await openPage(first);
    const bounds = { x: 40, y: 30, width: 1000, height: 700 };
    await first.evaluate(({ BrowserWindow }, place) => {
      BrowserWindow.getAllWindows()[0]?.setBounds(place);
    }, bounds);
    await first.quit();
    const second = await start({ home: first.home });
    await openPage(second);
    const now = await second.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
      undefined,
    );
    expect(now).toEqual(bounds);
  });
});

describe.skipIf(!CAN_CHANGE)('changes (they need root: for a helper that only root can alter)', () => {
  it('protects from a row, through a helper that ends with the window', async () => {
    const eater = await startEater('window-row', 24, ADJ + 5);
    for (const value of [1000, ADJ - 5, ADJ - 10, ADJ - 15, ADJ - 20]) await startSleeper(value);
    const desktop = await start();
    const page = await openPage(desktop);
    await page.getByRole('tab', { name: 'Kill order' }).click();
    await page
      .getByRole('button', { name: `Protect window-row ${eater.pid}`, exact: true })
      .first()
      .click();
    await page
      .getByRole('region', { name: 'Effect of this change' })
      .getByRole('button', { name: 'Apply' })
      .click();
    const toast = page.getByRole('status', { name: 'What was done' });
    await toast.getByText('1 process changed').waitFor();
    const after = numberIn(`/proc/${eater.pid}/oom_score_adj`);
    expect(after).toBeLessThan(ADJ - 5);
    expect(await toast.innerText()).toContain(`oom_score_adj is now +${after}, was +${ADJ + 5}`);

    const processes = processesOf(desktop);
    const helper = processes.filter((pid) => /helper\.cjs/.test(commandOf(pid)));
    expect(helper.length).toBeGreaterThan(0);
    await inWindow(desktop, 'close');
    expect(await desktop.ended).toBe(0);
    await expect.poll(() => alive(processes)).toEqual([]);
  });
});

/** All that a process has read so far, by its own count of it. */
function bytesRead(pid: number): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1]);
}

function commandOf(pid: number): string {
  return isAlive(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'latin1') : '';
}
