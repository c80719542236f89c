import { type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ok } from '#shared/result.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { startScenes, type SceneServer } from '../helpers/scenes/scene-server.ts';
import { useBrowser } from './support/browser.ts';

const open = useBrowser();
let server: SceneServer;

async function openHuge(): Promise<Page> {
  // With the buttons of every row: they are the most that there is to draw.
  const rights = () => ok({ state: 'allowed', via: 'root', sysResource: true } as const);
  server = await startScenes((SCENES['huge'] ?? expect.unreachable)(), {
    handlers: { 'change.rights': rights },
  });
  onTestFinished(() => server.close());
  const page = await open('about:blank');
  await page.addInitScript(recordTicks);
  await page.goto(server.address);
  await page.getByRole('tab', { name: 'All processes' }).click();
  await expect.poll(() => page.getByRole('row').count()).toBeGreaterThan(8);
  const protect = page.getByRole('grid').getByRole('button', { name: /^Protect / });
  await expect.poll(() => protect.count()).toBeGreaterThan(0);
  return page;
}

/** Messages that have come, and those after which the page was painted. */
interface Recorder {
  received: number;
  painted: number;
}

/** Runs in the page before anything else: counts the messages of the server, and those whose picture is on the screen. */
function recordTicks(): void {
  const recorder = globalThis as unknown as Recorder;
  recorder.received = 0;
  recorder.painted = 0;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const listen = WebSocket.prototype.addEventListener;
  WebSocket.prototype.addEventListener = function (this: WebSocket, ...input: Parameters<typeof listen>) {
    if (input[0] === 'message') {
      listen.call(this, 'message', () => {
        recorder.received += 1;
        requestAnimationFrame(() => {
          // A message posted inside a frame is handled after that frame was painted.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => (recorder.painted += 1);
          port2.postMessage(undefined);
        });
      });
    }
    listen.apply(this, input);
  } as typeof listen;
}

/** Runs in the page: scrolls `pixels` a frame. */
async function scroll(input: { readonly pixels: number; readonly frames: number }): Promise<void> {
  const table = document.getElementById('process-table');
  if (table === null) throw new Error('there is no table');
  for (let frame = 0; frame < input.frames; frame += 1) {
    table.scrollTop += input.pixels;
    await new Promise(requestAnimationFrame);
  }
}

/** Runs in the page: the places of the rows that are drawn, and how far they reach around what is in sight. */
function rowsInSight(): { readonly places: readonly number[]; readonly isCovered: boolean } {
  const table = document.getElementById('process-table');
  if (table === null) throw new Error('there is no table');
  const rows = [...table.querySelectorAll('[role=row][id]')];
  const { top, bottom } = table.getBoundingClientRect();
  const edges = rows.map((row) => row.getBoundingClientRect());
  return {
    places: rows.map((row) => Number(row.getAttribute('aria-rowindex'))),
    isCovered: edges.some((row) => row.top <= top) && edges.some((row) => row.bottom >= bottom),
  };
}

// How fast that is stands in the bench (npm run bench): on a busy machine a time says nothing about the page.
describe('8,000 processes', () => {
  it('are painted after every tick, with the table open', async () => {
    const page = await openHuge();
    const counts = () =>
      page.evaluate(() => {
        const { received, painted } = globalThis as unknown as Recorder;
        return { received, painted };
      });
    const { received: before } = await counts();
    for (let tick = 1; tick <= 25; tick += 1) {
      server.tick();
      await expect.poll(async () => (await counts()).received).toBeGreaterThanOrEqual(before + tick);
    }
    await expect.poll(counts).toSatisfy(({ received, painted }: Recorder) => received === painted);
  });

  it.each([40, 400, 4000])(
    'are scrolled by %d pixels a frame: the rows in sight are drawn, and the server is never asked for all',
    async (pixels) => {
      const page = await openHuge();
      await page.evaluate(scroll, { pixels, frames: 60 });
      await expect.poll(() => page.locator('.wait').count()).toBe(0);
      const { places, isCovered } = await page.evaluate(rowsInSight);
      expect(isCovered).toBe(true);
      expect(places).toEqual(places.map((_, index) => (places[0] ?? 0) + index));
      expect(places.length).toBeLessThan(60);
      expect(server.mostRows()).toBeLessThan(200);
    },
  );
});
