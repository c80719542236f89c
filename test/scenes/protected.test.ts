import { describe, expect, it, onTestFinished } from 'vitest';
import { ok } from '#shared/result.ts';
import { type AdjRequest } from '#shared/model/change.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { startScenes } from '../helpers/scenes/scene-server.ts';
import { axeViolations, useBrowser } from '../e2e/support/browser.ts';

const open = useBrowser();

describe('those who are never killed', () => {
  it.for(['wide', 'narrow'] as const)('have the same buttons, reached by the keyboard: %s', async (size) => {
    const asked: AdjRequest[] = [];
    const server = await startScenes((SCENES['workbench'] ?? expect.unreachable)(), {
      handlers: {
        'change.rights': () => ok({ state: 'allowed', via: 'root', sysResource: true }),
        'change.previewAdj': (request) => {
          asked.push(request);
          return ok({
            id: 'p1',
            computedAtMs: 0,
            writes: [],
            request,
            changes: [],
            orderAfter: [],
            place: { before: 1, after: 60, of: 214 },
            warnings: [],
            needsRoot: false,
            lasting: [],
          });
        },
      },
    });
    onTestFinished(() => server.close());
    const page = await open(server.address, { size });
    await page.getByRole('tab', { name: 'Kill order' }).waitFor();
    await page.getByRole('button', { name: /never killed/ }).click();
    const row = page
      .getByRole('list', { name: 'Largest protected process' })
      .getByRole('listitem')
      .filter({ hasText: 'sshd' });
    const giveUp = row.getByRole('button', { name: /^Kill .* first$/ });
    await row.getByRole('button', { name: /^Protect / }).focus();
    await page.keyboard.press('Tab');
    await expect.poll(() => giveUp.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    const panel = row.getByRole('region', { name: 'Effect of this change' });
    await panel.getByText('No change is needed: it already has that place.').waitFor();
    expect(asked.map(({ target, intent }) => [target.kind, intent.kind])).toEqual([['process', 'first']]);
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => panel.count()).toBe(0);
    await expect.poll(() => giveUp.evaluate((element) => element === document.activeElement)).toBe(true);
  });
});
