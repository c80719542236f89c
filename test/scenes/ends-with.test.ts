import { type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ok } from '#shared/result.ts';
import { sceneChanges } from '../helpers/scenes/scene-changes.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { startScenes } from '../helpers/scenes/scene-server.ts';
import { axeViolations, useBrowser } from '../e2e/support/browser.ts';

const open = useBrowser();

/** The page on services that systemd stops after a kill, where changes are allowed. */
async function openServices(): Promise<Page> {
  const scene = (SCENES['services'] ?? expect.unreachable)();
  const frame = scene.frame({ scope: { kind: 'global' }, orderCount: 10 }, 0);
  const [, second] = frame.ok ? frame.value.order.entries : [];
  if (second === undefined) throw new Error('the scene has two services');
  const { handlers } = sceneChanges(scene);
  const preview = handlers['change.previewAdj'] ?? expect.unreachable();
  const server = await startScenes(scene, {
    handlers: {
      ...handlers,
      // After the first service is protected, the second one is next.
      'change.previewAdj': async (request, session) => {
        const plan = await preview(request, session);
        return plan.ok ? ok({ ...plan.value, nextAfter: second, nextAfterEnds: second.endsWith }) : plan;
      },
    },
  });
  onTestFinished(() => server.close());
  const page = await open(server.address);
  await page.getByRole('tab', { name: 'Kill order' }).waitFor();
  return page;
}

const WEB = 'systemd then ends 4 more processes of web.service (OOMPolicy=stop)';
const TRACKER =
  'systemd then probably ends 1 more process of tracker.service of user 1000 (a service ends with its main process)';

describe('the page says what systemd ends after a kill', () => {
  it('beside what the kernel kills with the next victim', async () => {
    const page = await openServices();
    const first = page.getByRole('region', { name: 'Next victim' });
    await first.getByText('nothing else is killed', { exact: true }).waitFor();
    await first.getByText(WEB, { exact: true }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it('in the rows of the kill order, with a question mark where systemd could not be asked', async () => {
    const page = await openServices();
    const row = (name: RegExp) => page.getByRole('row', { name });
    const postgres = row(/postgres/);
    await postgres.getByText('+12 by systemd', { exact: true }).waitFor();
    expect(
      await postgres
        .getByTitle('systemd then ends 12 more processes of postgresql.service (OOMPolicy=kill)')
        .count(),
    ).toBe(1);
    await row(/tracker-miner/)
      .getByText('+1 by systemd?', { exact: true })
      .waitFor();
    expect(
      await row(/tracker-miner/)
        .getByTitle(TRACKER)
        .count(),
    ).toBe(1);
    expect(
      await row(/alone/)
        .getByText(/by systemd/)
        .count(),
    ).toBe(0);
  });

  it('in the details of a process', async () => {
    const page = await openServices();
    await page.getByRole('row', { name: /tracker-miner/ }).click();
    await page.getByText(`If it is killed, ${TRACKER}.`).waitFor();
  });

  it('in the preview of a change, of the process that is next after it', async () => {
    const page = await openServices();
    const first = page.getByRole('region', { name: 'Next victim' });
    await first.getByRole('button', { name: 'Protect gunicorn' }).click();
    const panel = page.getByRole('region', { name: 'Effect of this change' });
    await panel.getByText(`tracker-miner`).waitFor();
    expect(await panel.innerText()).toContain(`is next after this. If it is killed, ${TRACKER}.`);
  });
});
