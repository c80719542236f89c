import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { nestedCgroup } from '../helpers/processes/process-cgroup.ts';
import { axeViolations, search, useBrowser } from './support/browser.ts';
import { launchChanging, numberIn, restoring, type Changing } from './support/changing.ts';
import { startEater } from './support/eater.ts';

const open = useBrowser();
/** Only root's terminal lets a page change things without a password. */
const isRoot = process.getuid?.() === 0;

let lifeboat: Changing;
let page: Page;
/** No service manager runs on a build machine: a stand-in takes its place. */
const programs = mkdtempSync(join(tmpdir(), 'lifeboat-protections-'));

beforeAll(async () => {
  if (!isRoot) return;
  writeFileSync(join(programs, 'systemctl'), '#!/bin/sh\n');
  chmodSync(join(programs, 'systemctl'), 0o755);
  lifeboat = await launchChanging(programs);
  // The server ends before the page.
  page = await open.lasting(lifeboat.address, { expected: /ERR_CONNECTION_REFUSED/ });
  page.setDefaultTimeout(15_000);
});
afterAll(async () => {
  if (isRoot) await lifeboat.end();
  rmSync(programs, { recursive: true });
});

const rulesFile = () => join(lifeboat.configHome, 'lifeboat/rules.toml');
const toast = () => page.getByRole('status', { name: 'What was done' });
const panel = () => page.getByRole('region', { name: 'Effect of this change' });
const part = (name: string) => page.getByRole('region', { name, exact: true });
const adjOf = (pid: number) => numberIn(`/proc/${pid}/oom_score_adj`);

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** A drop-in with the name of Lifeboat's for a service of one's own. */
function userDropIn(name: string): string {
  return join(lifeboat.configHome, `systemd/user/${name}.service.d/90-lifeboat.conf`);
}

async function showProtections(): Promise<void> {
  await page.getByRole('link', { name: 'Events' }).click();
  await page.getByRole('tab', { name: 'Protections' }).click();
  await part('Rules').waitFor();
}

describe.skipIf(!isRoot)('the list of protections (needs root)', () => {
  it('shows rules, drop-ins and values set once, each with what it matches now', async () => {
    const ruled = await startEater('prot-ruled', 4, 300);
    const once = await startEater('prot-once', 16, 300);
    writeFile(
      rulesFile(),
      '[[rule]]\nname = "prot-ruled"\nadj = 300\n\n[[rule]]\nname = "prot-absent"\nadj = -20\n',
    );
    const uid = process.getuid?.() ?? 0;
    nestedCgroup(['user.slice', `user-${uid}.slice`, `user@${uid}.service`, 'prot-unit.service'])(once.pid);
    // No journal knows of these: one of an earlier state, and one that was written by hand under the same name.
    const dropIn = userDropIn('prot-unit');
    writeFile(dropIn, '# Written by Lifeboat.\n[Service]\nOOMScoreAdjust=-7\n');
    writeFile(userDropIn('prot-hand'), '[Service]\nOOMScoreAdjust=-9\nNice=5\n');
    await page.getByRole('tab', { name: 'Kill order' }).waitFor();
    await search(page, 'prot-once');
    await page.getByRole('button', { name: `Kill prot-once ${once.pid} first` }).click();
    await panel().getByRole('button', { name: 'Apply' }).click();
    await toast().getByText('1 process changed').waitFor();
    await toast().getByRole('button', { name: 'Dismiss' }).click();
    await showProtections();

    const rules = part('Rules').getByRole('listitem');
    const text = (name: string) => rules.filter({ hasText: name }).innerText();
    await expect.poll(() => text('prot-ruled')).toMatch(/\+300[^]*1 process\s+prot-ruled \d+/);
    expect(await text('prot-ruled')).toContain(`prot-ruled ${ruled.pid}`);
    expect(await text('prot-absent')).toMatch(/-20[^]*no process/);
    const dropIns = part('Drop-ins of services').getByRole('listitem');
    const earlier = dropIns.filter({ hasText: 'prot-unit.service' });
    await expect
      .poll(() => earlier.innerText())
      .toMatch(new RegExp(`-7[^]*1 process\\s+prot-once ${once.pid}`));
    const byHand = dropIns.filter({ hasText: 'prot-hand.service' });
    expect(await byHand.innerText()).toContain('not written by Lifeboat');
    expect(await byHand.innerText()).toContain(
      `rm -f ${userDropIn('prot-hand')} && systemctl --user daemon-reload`,
    );
    expect(await byHand.getByRole('button', { name: /^Remove/ }).count()).toBe(0);
    const set = part('Set once')
      .getByRole('listitem')
      .filter({ hasText: `prot-once (${once.pid})` });
    await expect.poll(() => set.innerText()).toContain(`+${adjOf(once.pid)}`);
    expect(await axeViolations(page)).toEqual([]);

    // What was set once goes back from here, after its list was looked at.
    await set.getByRole('button', { name: /^Remove/ }).click();
    await page
      .getByRole('region', { name: 'Changes to undo' })
      .getByRole('button', { name: 'Undo 1 change' })
      .click();
    await expect.poll(() => adjOf(once.pid)).toBe(300);
    await expect.poll(() => set.count()).toBe(0);

    await earlier.getByRole('button', { name: /^Remove: / }).click();
    await panel().getByText(dropIn).waitFor();
    expect(await panel().innerText()).toContain('1 running process keeps its value.');
    expect(existsSync(dropIn)).toBe(true);
    await panel().getByRole('button', { name: 'Remove the drop-in' }).click();
    await toast().getByText('Drop-in removed').waitFor();
    expect(existsSync(dropIn)).toBe(false);
    await expect.poll(() => earlier.count()).toBe(0);
    await toast().getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => existsSync(dropIn)).toBe(true);
    expect(readFileSync(dropIn, 'utf8')).toContain('OOMScoreAdjust=-7\n');
  });

  it('removes a rule as its preview says, changing what the next rule counts for, and puts it back in its place', async () => {
    const ruled = await startEater('prot-chain', 4, 300);
    const before =
      '# First.\n[[rule]]\nname = "prot-chain"\nadj = 300\n\n# Second.\n[[rule]]\ncommand = "prot-chain"\nadj = 400\n';
    writeFile(rulesFile(), before);
    await showProtections();
    const rule = part('Rules').getByRole('listitem').filter({ hasText: 'name = "prot-chain"' });
    const remove = rule.getByRole('button', { name: /^Remove: / });
    await remove.click();
    await panel().getByText(rulesFile()).waitFor();
    await panel().getByText(`prot-chain (${ruled.pid})`).waitFor();
    expect(await panel().innerText()).toContain('Removes the rule name = "prot-chain": adj +300');
    expect(await panel().innerText()).toMatch(/300 → \+?400, killed sooner/);
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => panel().count()).toBe(0);
    await expect.poll(() => remove.evaluate((element) => element === document.activeElement)).toBe(true);
    // Nothing is written by looking.
    expect(readFileSync(rulesFile(), 'utf8')).toBe(before);

    await page.keyboard.press('Enter');
    await panel().getByRole('button', { name: 'Remove the rule, change 1 process' }).click();
    await expect.poll(() => rule.count()).toBe(0);
    expect(readFileSync(rulesFile(), 'utf8')).not.toContain('name = "prot-chain"');
    await expect.poll(() => adjOf(ruled.pid)).toBe(400);

    await toast().getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => readFileSync(rulesFile(), 'utf8')).toBe(before);
    await rule.waitFor();
  });
});

describe.skipIf(!isRoot)('keeping a setting for the next boot (needs root)', () => {
  const FILE = '/etc/sysctl.d/90-lifeboat.conf';
  const line = (value: number) => `vm.oom_dump_tasks = ${value}`;

  it('writes what its preview shows, and not before; the journal has it, and the way back', async () => {
    const now = restoring('/proc/sys/vm/oom_dump_tasks');
    const had = existsSync(FILE) ? readFileSync(FILE, 'utf8') : undefined;
    onTestFinished(() => {
      if (had === undefined) rmSync(FILE, { force: true });
      else writeFileSync(FILE, had);
    });
    const text = () => (existsSync(FILE) ? readFileSync(FILE, 'utf8') : '');
    const other = 1 - now();
    writeFileSync('/proc/sys/vm/oom_dump_tasks', other.toString());
    // From the settings one comes to the list of what is kept.
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('link', { name: 'Show rules and protections' }).click();
    await part('Rules').waitFor();
    await page.getByRole('link', { name: 'Tuning' }).click();
    const card = page.getByRole('article').filter({ hasText: 'vm.oom_dump_tasks' });
    const keep = card.getByRole('button', { name: `Keep ${other} for the next boot…` });
    const effect = card.getByRole('region', { name: 'Effect of keeping' });
    await keep.click();
    await effect.getByText(FILE).waitFor();
    await effect.getByText(line(other), { exact: true }).waitFor();
    await expect.poll(() => effect.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => keep.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(text()).toBe(had ?? '');

    await page.keyboard.press('Enter');
    await effect.getByRole('button', { name: `Keep ${other} after reboot` }).click();
    await expect.poll(() => text().split('\n')).toContain(line(other));
    await card.getByText(FILE).waitFor();
    await expect.poll(() => keep.count()).toBe(0);

    await page.getByRole('link', { name: 'Events' }).click();
    await page.getByRole('tab', { name: 'Changes', exact: true }).click();
    const row = page.getByRole('row').filter({ hasText: 'vm.oom_dump_tasks: kept after reboot' });
    await row.getByRole('button', { name: /^Undo/ }).click();
    const list = page.getByRole('region', { name: 'Changes to undo' });
    await list.getByText(`vm.oom_dump_tasks for the next boot: ${other} → not set`).waitFor();
    await list.getByRole('button', { name: 'Undo 1 change' }).click();
    await expect.poll(() => text().includes('vm.oom_dump_tasks')).toBe(false);
    expect(now()).toBe(other);
  });

  it('asks in red, with the consequence in its button, where the next boot may not come up with it', async () => {
    restoring('/proc/sys/vm/overcommit_ratio');
    // Without strict accounting, as now, the ratio decides nothing; a file brings that at the next boot.
    const strict = '/etc/sysctl.d/89-lifeboat-e2e.conf';
    onTestFinished(() => {
      rmSync(strict, { force: true });
    });
    const before = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
    writeFile(strict, 'vm.overcommit_memory = 2\n');
    writeFileSync('/proc/sys/vm/overcommit_ratio', '1');
    await page.getByRole('link', { name: 'Tuning' }).click();
    // Read once, when the view was first shown.
    await page.reload();
    const card = page
      .getByRole('article')
      .filter({ has: page.getByText('vm.overcommit_ratio', { exact: true }) });
    await card.getByRole('button', { name: 'Keep 1 for the next boot…' }).click();
    const effect = card.getByRole('region', { name: 'Effect of keeping' });
    await effect.getByText(/The next boot may not come up/).waitFor();
    const button = effect.getByRole('button', { name: /^Keep 1 after reboot/ });
    expect(await button.innerText()).toBe('Keep 1 after reboot anyway: the next boot can fail');
    expect(await effect.getByRole('button', { name: /^Keep/ }).count()).toBe(1);
    const fill = (of: typeof button) => of.evaluate((element) => getComputedStyle(element).backgroundColor);
    const red = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement('i'));
      probe.style.color = 'var(--next)';
      const { color } = getComputedStyle(probe);
      probe.remove();
      return color;
    });
    expect(await fill(button)).toBe(red);
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(existsSync(FILE) ? readFileSync(FILE, 'utf8') : '').toBe(before);
  });
});
