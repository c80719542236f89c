import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Locator, type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nestedCgroup } from '../helpers/processes/process-cgroup.ts';
import { search, useBrowser } from './support/browser.ts';
import { numberIn, startChanging, startSleeper } from './support/changing.ts';
import { startEater, type Eater } from './support/eater.ts';

const open = useBrowser();
/** Rooms in cgroups are root's to make, and so is the terminal that lets a page change things without a password. */
const isRoot = process.getuid?.() === 0;

const toast = (page: Page) => page.getByRole('status', { name: 'What was done' });
const adjOf = ({ pid }: { pid: number }) => numberIn(`/proc/${pid}/oom_score_adj`);

/** Looks at what undoing an entry does, and does it. */
async function undoFrom(page: Page, row: Locator): Promise<void> {
  await row.getByRole('button', { name: /^Undo/ }).click();
  const list = page.getByRole('region', { name: 'Changes to undo' });
  await list.getByRole('button', { name: /^Undo \d+ change/ }).click();
}

/** Finds a process by its name, and lets it go first; the toast is there then. */
async function giveUp(page: Page, { name, pid }: Eater): Promise<void> {
  await page.getByRole('tab', { name: 'Kill order' }).waitFor();
  await search(page, name);
  await page.getByRole('button', { name: `Kill ${name} ${pid} first` }).click();
  await page
    .getByRole('region', { name: 'Effect of this change' })
    .getByRole('button', { name: 'Apply' })
    .click();
  await toast(page).getByText('1 process changed').waitFor();
}

describe.skipIf(!isRoot)('keeping for later starts (needs root)', () => {
  it('writes a rule that the next process of that name gets, and the journal has it', async () => {
    const eater = await startEater('keep-rule', 24, 300);
    await startSleeper(900);
    const { address, configHome } = await startChanging();
    const page = await open(address);
    await giveUp(page, eater);
    const value = adjOf(eater);
    await toast(page).getByRole('button', { name: 'Keep for later starts…' }).click();
    const file = join(configHome, 'lifeboat/rules.toml');
    const panel = page.getByRole('region', { name: 'Effect of keeping' });
    await panel.getByText(`every process named keep-rule gets +${value}`).waitFor();
    await panel.getByText(file).waitFor();
    await panel.getByText(`adj = ${value}`).waitFor();
    // Nothing is written before that was read.
    expect(existsSync(file)).toBe(false);
    await panel.getByRole('button', { name: 'Add the rule' }).click();
    await toast(page).getByText('Kept for later starts').waitFor();
    expect(await toast(page).innerText()).toContain(file);
    expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`name = "keep-rule"[^[]*adj = ${value}\\n`));
    const next = await startEater('keep-rule', 8, 0);
    await expect.poll(() => adjOf(next)).toBe(value);
    await page.getByRole('link', { name: 'Events' }).click();
    await page.getByRole('tab', { name: 'Changes', exact: true }).click();
    const row = page
      .getByRole('row')
      .filter({ hasText: `keep-rule (${next.pid})` })
      .filter({ hasText: 'by a rule' });
    await expect.poll(() => row.innerText()).toContain(`0 → ${value}`);
  });

  it('writes a drop-in for a service of the user, and tells its manager', async () => {
    const programs = mkdtempSync(join(tmpdir(), 'lifeboat-keep-'));
    onTestFinished(() => {
      rmSync(programs, { recursive: true, force: true });
    });
    // No service manager runs on a build machine: this stand-in records its arguments.
    const calls = join(programs, 'calls');
    writeFileSync(join(programs, 'systemctl'), `#!/bin/sh\necho "$@" >> '${calls}'\n`);
    chmodSync(join(programs, 'systemctl'), 0o755);
    const eater = await startEater('keep-unit', 24, 300);
    await startSleeper(900);
    // A service of the user who runs Lifeboat, with a file of its own: only such a one can be kept.
    const uid = process.getuid?.() ?? 0;
    nestedCgroup(['user.slice', `user-${uid}.slice`, `user@${uid}.service`, 'keep-unit.service'])(eater.pid);
    const { address, configHome } = await startChanging(programs);
    mkdirSync(join(configHome, 'systemd/user'), { recursive: true });
    writeFileSync(join(configHome, 'systemd/user/keep-unit.service'), '[Service]\nExecStart=/bin/true\n');
    const page = await open(address);
    await giveUp(page, eater);
    await toast(page).getByRole('button', { name: 'Keep for later starts…' }).click();
    const panel = page.getByRole('region', { name: 'Effect of keeping' });
    await panel.getByText(`Every later start of keep-unit.service of user ${uid}`).waitFor();
    await panel.getByText(`OOMScoreAdjust=${adjOf(eater)}`).waitFor();
    expect(existsSync(calls)).toBe(false);
    await panel.getByRole('button', { name: 'Write the drop-in' }).click();
    await toast(page).getByText('Kept for later starts').waitFor();
    const file = join(configHome, 'systemd/user/keep-unit.service.d/90-lifeboat.conf');
    expect(readFileSync(file, 'utf8')).toContain(`[Service]\nOOMScoreAdjust=${adjOf(eater)}\n`);
    expect(readFileSync(calls, 'utf8')).toBe('--user daemon-reload\n');
    await page.getByRole('link', { name: 'Events' }).click();
    await page.getByRole('tab', { name: 'Changes', exact: true }).click();
    const row = page.getByRole('row').filter({ hasText: 'keep-unit.service' });
    await undoFrom(page, row);
    await expect.poll(() => row.innerText()).toContain('undone');
    expect(existsSync(file)).toBe(false);
  });
});
