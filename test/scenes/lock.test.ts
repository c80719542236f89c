import { describe, expect, it, onTestFinished } from 'vitest';
import { fail, ok } from '#shared/result.ts';
import { type Handlers } from '#shared/contract/server.ts';
import { type Rights } from '#shared/model/change.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { startScenes } from '../helpers/scenes/scene-server.ts';
import { axeViolations, useBrowser, type PageOptions } from '../e2e/support/browser.ts';

const open = useBrowser();

const NO_AGENT = fail('elevation-no-agent', {});
const FAILED: Rights = { state: 'failed', error: NO_AGENT.error, command: 'sudo lifeboat' };
const ASKS: Rights = { state: 'asks', method: 'pkexec', command: 'pkexec helper' };

/** Every request comes down to the same two writes. */
const previewAdj: Handlers['change.previewAdj'] = (request) =>
  ok({
    id: 'p1',
    computedAtMs: 0,
    writes: [],
    request,
    changes: [
      { pid: 800, startTicks: 1, name: 'chrome', before: 300, after: -20 },
      { pid: 801, startTicks: 1, name: 'chrome', before: 300, after: -20 },
    ],
    orderAfter: [],
    place: { before: 1, after: 60, of: 214 },
    warnings: [],
    needsRoot: true,
    lasting: [],
  });
const COMMAND = 'for pid in 800 801; do echo -20 | sudo tee /proc/$pid/oom_score_adj; done';

async function openWith(handlers: Partial<Handlers>, options: PageOptions = {}) {
  const server = await startScenes((SCENES['workbench'] ?? expect.unreachable)(), {
    handlers: { 'change.previewAdj': previewAdj, ...handlers },
  });
  onTestFinished(() => server.close());
  const page = await open(server.address, options);
  await page.getByRole('tab', { name: 'Kill order' }).waitFor();
  const lock = page.getByRole('banner').getByRole('button', { name: /^Permission to make changes/ });
  return { page, lock, panel: page.getByRole('region', { name: 'Effect of this change' }) };
}

describe('the lock in the header', () => {
  it.for(['wide', 'medium', 'narrow'] as const)('says why not, and what to do: %s', async (size) => {
    const { page, lock } = await openWith(
      { 'change.rights': () => ok(FAILED), 'change.unlock': () => NO_AGENT },
      { size },
    );
    expect(await lock.getAttribute('aria-label')).toBe('Permission to make changes: not possible');
    await lock.click();
    const more = page.getByRole('group', { name: 'Permission to make changes' });
    expect(await more.innerText()).toMatch(
      /no polkit agent runs \(as over SSH\)\.\s+Start an agent, such as polkit-gnome or lxqt-policykit, or start Lifeboat in a terminal with sudo\.\s+Allow changes\s+In a terminal:\s+sudo lifeboat/,
    );
    expect(await axeViolations(page)).toEqual([]);
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await overflow()).toBe(0);
    await page.keyboard.press('Escape');
    expect(await more.count()).toBe(0);
    await expect.poll(() => lock.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('tells a page that may only look how it is started to change things', async () => {
    const rights = () =>
      ok({ state: 'read-only', reason: 'It may look.', command: 'lifeboat serve --allow-changes' } as const);
    const { page, lock } = await openWith({ 'change.rights': rights });
    await lock.click();
    await page
      .getByRole('group', { name: 'Permission to make changes' })
      .getByText('lifeboat serve --allow-changes', { exact: true })
      .waitFor();
    expect(await page.getByRole('button', { name: 'Allow changes' }).count()).toBe(0);
  });
});

describe('what can be done without Lifeboat', () => {
  it('stands in the preview where root cannot be reached', async () => {
    const { page, panel } = await openWith({ 'change.rights': () => ok(FAILED) });
    await page.getByRole('button', { name: 'Protect chrome…' }).click();
    await panel.getByText(COMMAND).waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it('stands there once root was refused', async () => {
    const applyAdj = () => fail('elevation-refused', {});
    const { page, panel } = await openWith({ 'change.rights': () => ok(ASKS), 'change.applyAdj': applyAdj });
    await page.getByRole('button', { name: 'Protect chrome…' }).click();
    await panel.getByRole('button', { name: 'Apply' }).waitFor();
    expect(await panel.getByText(COMMAND).count()).toBe(0);
    await panel.getByRole('button', { name: 'Apply' }).click();
    await panel
      .getByRole('alert')
      .getByText(/The password was wrong/)
      .waitFor();
    await panel.getByText(COMMAND).waitFor();
  });
});
