import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nestedCgroup } from '../helpers/processes/process-cgroup.ts';
import { axeViolations, useBrowser } from './support/browser.ts';
import { launchChanging, numberIn, type Changing } from './support/changing.ts';
import { startEater } from './support/eater.ts';

const open = useBrowser();
/** Only root's terminal lets a page change things without a password. */
const isRoot = process.getuid?.() === 0;

let lifeboat: Changing;
let page: Page;

beforeAll(async () => {
  if (!isRoot) return;
  lifeboat = await launchChanging();
  page = await open.lasting(lifeboat.address);
  page.setDefaultTimeout(15_000);
});
afterAll(() => lifeboat?.end());

const rulesFile = () => join(lifeboat.configHome, 'lifeboat/rules.toml');
const toast = () => page.getByRole('status', { name: 'What was done' });
const panel = () => page.getByRole('region', { name: 'Effect of this change' });
const part = (name: string) => page.getByRole('region', { name, exact: true });
const adjOf = (pid: number) => numberIn(`/proc/${pid}/oom_score_adj`);

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
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
    writeFile(
      join(lifeboat.configHome, 'systemd/user/prot-unit.service.d/90-lifeboat.conf'),
      '# Written by Lifeboat, which replaces it. Remove it to undo.\n[Service]\nOOMScoreAdjust=-7\n',
    );
    await page.getByRole('tab', { name: 'Kill order' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('prot-once');
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
    const dropIn = part('Drop-ins of services').getByRole('listitem');
    await expect.poll(() => dropIn.allInnerTexts()).toHaveLength(1);
    expect(await dropIn.innerText()).toMatch(
      new RegExp(`prot-unit.service[^]*-7[^]*1 process\\s+prot-once ${once.pid}`),
    );
    const set = part('Set once').getByRole('listitem').filter({ hasText: `prot-once (${once.pid})` });
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
