import { type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ok } from '#shared/result.ts';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { startScenes, type SceneServer } from '../helpers/scenes/scene-server.ts';
import { useBrowser } from './support/browser.ts';
import { upToThree } from './support/up-to-three.ts';

const open = useBrowser();
let server: SceneServer;

/** "Numbers to hold" of the design. */
const TICK_TO_PAINTED_MS = 50;
const LONGEST_FRAME_MS = 32;

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
  await page
    .getByRole('grid')
    .getByRole('button', { name: /^Protect / })
    .first()
    .waitFor();
  return page;
}

interface Recorder {
  painted: number[];
}

/** Runs in the page before anything else: notes the time from each message of the server until its picture is on the screen. */
function recordTicks(): void {
  const recorder = globalThis as unknown as Recorder;
  recorder.painted = [];
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const listen = WebSocket.prototype.addEventListener;
  WebSocket.prototype.addEventListener = function (this: WebSocket, ...input: Parameters<typeof listen>) {
    if (input[0] === 'message') {
      listen.call(this, 'message', () => {
        const from = performance.now();
        requestAnimationFrame(() => {
          // A message posted inside a frame is handled after that frame was painted.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => recorder.painted.push(performance.now() - from);
          port2.postMessage(undefined);
        });
      });
    }
    listen.apply(this, input);
  } as typeof listen;
}

/** Runs in the page: scrolls so many pixels a frame. */
async function scroll(input: { readonly pixels: number; readonly frames: number }): Promise<void> {
  const table = document.getElementById('process-table');
  if (table === null) throw new Error('there is no table');
  for (let frame = 0; frame < input.frames; frame += 1) {
    table.scrollTop += input.pixels;
    await new Promise(requestAnimationFrame);
  }
}

/** CPU time of each task of the page's main thread during `act`; a frame's script, style, layout and paint are one task. */
async function taskTimes(page: Page, act: () => Promise<unknown>): Promise<number[]> {
  const browser = page.context().browser() ?? expect.unreachable();
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const threads = traceEvents
    .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
    .map(({ pid, tid }) => `${pid} ${tid}`);
  return traceEvents
    .filter(({ name, pid, tid }) => name.endsWith('RunTask') && threads.includes(`${pid} ${tid}`))
    .map(({ tdur }) => (tdur ?? 0) / 1000);
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** CPU time of the thread, in microseconds. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

describe('8,000 processes', () => {
  it('are painted soon after a tick, with the table open', async () => {
    const paintedAfterMs = async () => {
      const page = await openHuge();
      for (let tick = 0; tick < 25; tick += 1) {
        server.tick();
        await page.waitForTimeout(60);
      }
      const painted = () => page.evaluate(() => (globalThis as unknown as Recorder).painted);
      await expect.poll(async () => (await painted()).length).toBeGreaterThan(20);
      const times = await painted();
      await page.context().close();
      // eslint-disable-next-line no-console -- the figure is what the test is for
      console.log(
        `tick to painted: median ${median(times).toFixed(1)} ms, most ${Math.max(...times).toFixed(1)} ms`,
      );
      return median(times);
    };
    expect(await upToThree(paintedAfterMs, (ms) => ms < TICK_TO_PAINTED_MS)).toBeLessThan(TICK_TO_PAINTED_MS);
  });

  it.each([40, 400, 4000])('are scrolled by %d pixels a frame without a long frame', async (pixels) => {
    const longestMs = async () => {
      const page = await openHuge();
      const busy = await taskTimes(page, () => page.evaluate(scroll, { pixels, frames: 120 }));
      await page.context().close();
      const most = Math.max(...busy);
      const perFrame = busy.reduce((sum, each) => sum + each, 0) / 120;
      // eslint-disable-next-line no-console -- the figure is what the test is for
      console.log(
        `${pixels} px a frame: ${perFrame.toFixed(1)} ms of CPU a frame, most ${most.toFixed(1)} ms`,
      );
      expect(busy.length).toBeGreaterThan(120);
      return most;
    };
    expect(await upToThree(longestMs, (ms) => ms < LONGEST_FRAME_MS)).toBeLessThan(LONGEST_FRAME_MS);
  });

  it('are asked for around what is in sight, and never all', async () => {
    const page = await openHuge();
    await page.evaluate(scroll, { pixels: 4000, frames: 60 });
    await expect.poll(() => page.locator('.wait').count()).toBe(0);
    expect(await page.getByRole('row').count()).toBeLessThan(60);
    expect(server.mostRows()).toBeLessThan(200);
  });
});
