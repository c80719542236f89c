import { type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VIEWS } from '../../src-renderer/shell/navigation.svelte.ts';
import { wordsFor } from '#shared/words/index.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { startScenes } from '../helpers/scenes/scene-server.ts';
import { useBrowser } from './support/browser.ts';
import { upToThree } from './support/up-to-three.ts';

const open = useBrowser();
const words = wordsFor('en');
const MOST_MS = 1000;

/** How long the page takes to come back to a timer; a page that runs in circles never does, and gives the limit. */
async function answerMs(page: Page): Promise<number> {
  const never = new Promise<number>((resolve) => setTimeout(resolve, 20_000, 20_000));
  const asked = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const start = performance.now();
        setTimeout(() => {
          resolve(performance.now() - start);
        }, 50);
      }),
  );
  return Promise.race([asked, never]);
}

describe('without a server', () => {
  it('every view opens and answers within a second, says what it lacks, and fills when the server is back', async () => {
    const scene = (SCENES['workbench'] ?? expect.unreachable)();
    const server = await startScenes(scene);
    const page = await open(server.address, { expected: /ERR_CONNECTION_REFUSED|WebSocket/ });
    await page.getByRole('tab', { name: 'Kill order' }).waitFor();
    await server.close();
    await page
      .getByRole('region', { name: words.connection.notices })
      .getByRole('button', { name: words.connection.tryNow })
      .waitFor();
    for (const view of VIEWS) {
      await page.getByRole('link', { name: words.views[view] }).click();
      expect(
        await upToThree(
          () => answerMs(page),
          (ms) => ms < MOST_MS,
        ),
      ).toBeLessThan(MOST_MS);
      await expect.poll(() => page.title()).toContain(words.views[view]);
    }
    // What was loaded before stays; what was not says so in its place.
    for (const view of ['tuning', 'events', 'doctor'] as const) {
      await page.getByRole('link', { name: words.views[view] }).click();
      // The alerts came with the connection; the record of changes had not been asked for.
      if (view === 'events') await page.getByRole('tab', { name: words.events.changes, exact: true }).click();
      const notLoaded = page.getByRole('main').getByText(words.connection.notLoaded);
      await expect.poll(() => notLoaded.count()).toBeGreaterThan(0);
    }
    await page.getByRole('link', { name: words.views.doctor }).click();
    const again = await startScenes(scene, { port: server.port });
    onTestFinished(() => again.close());
    await page.goto(again.mintAddress());
    await page.getByRole('region', { name: words.doctorView.groups.good }).waitFor();
  });
});
