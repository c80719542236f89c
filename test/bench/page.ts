import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import {
  Answering,
  browserOptions,
  median,
  percentile,
  say,
  scratch,
  withProcesses,
  type ServerAnswer,
} from './tools.ts';

/** How the page keeps up, in milliseconds. */
export interface PageTimes {
  /** From the start of a tick to its figures on the screen. */
  readonly paintedMedian: number;
  readonly painted95: number;
  /** Between two frames while the table is scrolled. */
  readonly frameMedian: number;
  readonly frame99: number;
  readonly frameMost: number;
}

const PROCESSES = 8000;
/** Of fewer the 95th percentile would be the second worst. */
const TICKS = 60;
/** The first ones compile what they run. */
const TICKS_TO_WARM_UP = 5;
const SCROLL_STEPS = 240;

/** What the scripts below leave in the page. */
interface Recorder {
  painted: [seq: number, atMs: number][];
  frames: number[];
  recording: boolean;
}

/** The page with its table open, in the system's Chromium. */
export async function measurePage(crowd: string): Promise<PageTimes> {
  say(`page, ${PROCESSES} processes ...`);
  return withProcesses(crowd, 'varied', PROCESSES, async () => {
    const server = new Answering(process.execPath, [
      join(import.meta.dirname, 'server.ts'),
      '1000',
      scratch('page-state'),
    ]);
    const address = await server.line();
    const browser = await chromium.launch(browserOptions());
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.addInitScript(record);
      await page.goto(address);
      await page.click('#tab-all');
      await page.waitForSelector('#process-table [role=row] [role=gridcell]');
      await sleep(TICKS_TO_WARM_UP * 1000);
      await server.ask('forget the start');
      await sleep(TICKS * 1000);
      const { ticks } = (await server.ask('ticks')) as ServerAnswer;
      const painted = await read(page, (recorder) => recorder.painted);
      const starts = new Map(ticks);
      const delays = painted.flatMap(([seq, atMs]) => {
        const startMs = starts.get(seq);
        return startMs === undefined ? [] : [atMs - startMs];
      });
      const frames = await scroll(page);
      return {
        paintedMedian: median(delays),
        painted95: percentile(delays, 95),
        frameMedian: median(frames),
        frame99: percentile(frames, 99),
        frameMost: Math.max(...frames),
      };
    } finally {
      await browser.close();
      await server.end();
    }
  });
}

/** Turns the wheel over the table as fast as the screen is drawn; returns the time between every two frames. */
async function scroll(page: Page): Promise<readonly number[]> {
  await page.hover('#process-table');
  await page.evaluate(() => {
    const recorder = (window as unknown as { bench: Recorder }).bench;
    recorder.recording = true;
    let last = performance.now();
    const next = (now: number) => {
      recorder.frames.push(now - last);
      last = now;
      if (recorder.recording) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  for (let step = 0; step < SCROLL_STEPS; step += 1) {
    await page.mouse.wheel(0, step < SCROLL_STEPS / 2 ? 700 : -500);
    await sleep(8);
  }
  const frames = await read(page, (recorder) => recorder.frames);
  // The first is the time since the recording was asked for.
  return frames.slice(1);
}

function read<T>(page: Page, part: (recorder: Recorder) => T): Promise<T> {
  return page.evaluate(`(${part.toString()})(window.bench)`);
}

/** Runs in the page before anything else: notes when each frame of the server was painted. */
function record(): void {
  const recorder: Recorder = { painted: [], frames: [], recording: false };
  (window as unknown as { bench: Recorder }).bench = recorder;
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL) {
      super(url);
      this.addEventListener('message', ({ data }: MessageEvent<string>) => {
        const message = JSON.parse(data) as { event?: string; payload?: { seq: number } };
        const seq = message.event === 'watch.frame' ? message.payload?.seq : undefined;
        if (seq === undefined) return;
        requestAnimationFrame(() => {
          // A task of its own comes after the frame in which this callback ran has been drawn.
          const channel = new MessageChannel();
          channel.port1.onmessage = () => {
            recorder.painted.push([seq, performance.timeOrigin + performance.now()]);
          };
          channel.port2.postMessage(0);
        });
      });
    }
  };
}
