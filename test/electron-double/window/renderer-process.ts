import { randomUUID } from 'node:crypto';
import { type Session } from '../chromium/cdp.ts';

/** Chromium traces for one client at a time. */
let last: Promise<unknown> = Promise.resolve();

/** The process that a page lives in. Nothing tells it but a trace, so the page leaves a mark there. */
export function processOfPage(root: Session, page: Session): Promise<number> {
  const found = last.then(() => trace(root, page));
  last = found.catch(() => undefined);
  return found;
}

async function trace(root: Session, page: Session): Promise<number> {
  const mark = randomUUID();
  let pid: number | undefined;
  const complete = new Promise<void>((resolve) => {
    root.on('Tracing.dataCollected', ({ value }) => {
      const event = (value as { name?: string; pid?: number }[]).find(({ name }) => name === mark);
      if (event?.pid !== undefined) pid = event.pid;
    });
    root.on('Tracing.tracingComplete', () => {
      resolve();
    });
  });
  await root.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['blink.user_timing'], excludedCategories: ['*'] },
  });
  await page.send('Runtime.evaluate', { expression: `performance.mark('${mark}')` }).catch(() => undefined);
  await root.send('Tracing.end');
  await complete;
  if (pid === undefined) throw new Error('electron-double: the page has left no mark');
  return pid;
}
