import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { realCgroup } from '../helpers/processes/process-cgroup.ts';
import { axeViolations, useBrowser } from './support/browser.ts';
import { startLifeboat } from './support/lifeboat.ts';

const open = useBrowser();
const MIB = 2 ** 20;
const isRoot = process.getuid?.() === 0;

/** Waits for a word, and then takes memory until it is killed. */
const GREEDY = `
  process.title = 'alert-eater';
  require('node:fs').readSync(0, Buffer.alloc(1));
  const held = [];
  setInterval(() => held.push(Buffer.alloc(4 * 1024 * 1024, 0x5a)), 20);
`;

function startGreedy() {
  const child = spawn(process.execPath, ['-e', GREEDY], { stdio: ['pipe', 'ignore', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

describe.skipIf(!isRoot)('a real kill (it needs root: for a memory cgroup with a limit)', () => {
  it('is in the record within seconds, with the victim and what it freed, and there after a restart', async () => {
    const cgroup = realCgroup('lifeboat-alert', 48 * MIB);
    const lifeboat = await startLifeboat();
    const page = await open(lifeboat.address, { expected: /WebSocket|ERR_CONNECTION_REFUSED/ });
    await page.getByRole('link', { name: 'Events' }).click();
    await page.getByRole('tab', { name: 'What happened', selected: true }).waitFor();
    const eater = startGreedy();
    cgroup.add(eater.pid ?? 0);
    // It has to be seen alive, which takes a reading.
    await page.getByRole('link', { name: 'Next' }).click();
    await page.getByRole('tab', { name: 'All processes' }).click();
    await page.getByRole('textbox', { name: 'Search processes' }).fill('alert-eater');
    await page.locator(`[id^="process-${eater.pid ?? 0}-"]`).waitFor();
    const ended = once(eater, 'exit');
    eater.stdin.write('x');
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(cgroup.oomKills()).toBe(1);

    await page.getByRole('link', { name: 'Events' }).click();
    const list = page.getByRole('list', { name: 'Alerts' });
    const alert = list.getByRole('listitem').filter({ hasText: `alert-eater (${eater.pid ?? 0})` });
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/The kernel killed .*alert-eater \(\d+\)/);
    expect(await alert.innerText()).toMatch(/Freed about [1-9]\d*(\.\d)? MiB\./);
    expect(await axeViolations(page)).toEqual([]);

    const again = await lifeboat.stop().then(() => lifeboat.restart());
    const other = await open(again.address);
    await other.getByRole('link', { name: 'Events' }).click();
    await other
      .getByRole('listitem')
      .filter({ hasText: `alert-eater (${eater.pid ?? 0})` })
      .waitFor();
  });
});
