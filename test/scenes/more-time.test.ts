import { type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ok } from '#shared/result.ts';
import { type PendingChange } from '#shared/model/sysctl/sysctl.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { sceneChanges } from '../helpers/scenes/scene-changes.ts';
import { startScenes, type SceneServer } from '../helpers/scenes/scene-server.ts';
import { axeViolations, useBrowser } from '../e2e/support/browser.ts';

const open = useBrowser();
let server: SceneServer;
let page: Page;
let asked: number[] = [];

/** A change that waits, with so many seconds left. */
const pending = (id: number, secondsLeft: number): PendingChange => ({
  id,
  of: 'sysctls',
  changes: [{ subject: 'vm.swappiness', before: '60', after: '10' }],
  deadlineMs: Date.now() + secondsLeft * 1000,
  totalSeconds: 20,
});

beforeAll(async () => {
  const scene = (SCENES['workbench'] ?? expect.unreachable)();
  server = await startScenes(scene, {
    handlers: {
      ...sceneChanges(scene).handlers,
      'change.extendPending': ({ id }) => {
        asked.push(id);
        const more = pending(id, 20);
        server.emit('change.pending', more);
        return ok(more);
      },
    },
  });
  // The server ends before the page.
  page = await open.lasting(server.address, { expected: /ERR_CONNECTION_REFUSED/ });
  await page.getByRole('tab', { name: 'Kill order' }).waitFor();
});
afterAll(() => server.close());

const bar = () => page.getByRole('region', { name: 'Change to confirm' });
const secondsLeft = async () => Number(/Reverts in (\d+) s/.exec(await bar().innerText())?.[1]);

async function show(change: PendingChange): Promise<void> {
  asked = [];
  server.emit('change.pending', 'none');
  await expect.poll(() => bar().count()).toBe(0);
  server.emit('change.pending', change);
  await bar().waitFor();
}

describe('the time to decide on a change that waits', () => {
  it('begins again, in time, while the pointer is there', async () => {
    await show(pending(1, 9));
    await bar().getByText('vm.swappiness is now 10, was 60', { exact: true }).hover();
    await expect.poll(secondsLeft).toBeGreaterThan(15);
    expect(asked).toEqual([1]);
    await bar().getByText('You get more time while you are here.').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.mouse.move(700, 700);
    await expect.poll(() => bar().getByText('You get more time').count()).toBe(0);
  });

  it('begins again while the keyboard is there', async () => {
    await show(pending(2, 9));
    await page.keyboard.press('c');
    await expect.poll(() => asked).toEqual([2]);
    await expect.poll(secondsLeft).toBeGreaterThan(15);
  });

  it('runs on where no person is there, and where much of it is left', async () => {
    await page.mouse.move(700, 700);
    await show(pending(3, 6));
    await expect.poll(secondsLeft).toBeLessThan(5);
    expect(asked).toEqual([]);
    await show(pending(4, 19));
    await bar().getByText('vm.swappiness is now 10, was 60', { exact: true }).hover();
    await bar().getByText('You get more time while you are here.').waitFor();
    expect(asked).toEqual([]);
  });
});
