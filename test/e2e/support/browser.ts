import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';

/** Where distributions keep it. */
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const SIZES = {
  wide: { width: 1440, height: 900 },
  medium: { width: 1024, height: 768 },
  /** A screen of 1440 by 900 at 200%. */
  zoomed: { width: 720, height: 450 },
  narrow: { width: 420, height: 900 },
  /** 1,280 at 400%: the least that WCAG 1.4.10 asks for. */
  least: { width: 320, height: 800 },
} as const;

export interface PageOptions {
  readonly size?: keyof typeof SIZES;
  readonly scheme?: 'light' | 'dark';
  readonly reducedMotion?: 'reduce' | 'no-preference';
  readonly forcedColors?: 'active';
  /** Messages of the console that this test expects: a refused or broken connection is told there by the browser itself. */
  readonly expected?: RegExp;
}

/** Searches as people do, and waits until the list shows what was found and nothing else: keys that follow go to its rows. */
export async function search(page: Page, text: string): Promise<void> {
  await page.keyboard.press('/');
  await page.keyboard.type(text);
  const rows = page.getByRole('grid', { name: 'All processes' }).getByRole('row');
  await rows.filter({ hasText: text }).first().waitFor();
  // The head of the table is a row as well.
  await expect.poll(() => rows.filter({ hasNotText: text }).count()).toBeLessThanOrEqual(1);
}

/** A real Chromium for a test file. Every page that it opens has to end without an error and without breaking the CSP. */
export function useBrowser(): (address: string, options?: PageOptions) => Promise<Page> {
  let browser: Browser | undefined;
  beforeAll(async () => {
    const executablePath = CHROMIUM.find((path) => existsSync(path));
    if (executablePath === undefined) throw new Error('no Chromium found; npm test installs it');
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  return async (address, { size = 'wide', scheme = 'dark', reducedMotion, forcedColors, expected } = {}) => {
    if (browser === undefined) throw new Error('the browser has not started');
    const context = await browser.newContext({
      viewport: SIZES[size],
      colorScheme: scheme,
      ...(reducedMotion !== undefined && { reducedMotion }),
      ...(forcedColors !== undefined && { forcedColors }),
    });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && expected?.test(text) !== true) problems.push(text);
    });
    onTestFinished(async () => {
      await context.close();
      expect(problems).toEqual([]);
    });
    await page.goto(address);
    return page;
  };
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong on a page, each with the elements. It is evaluated through the debugger, past the page's CSP. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  const before = await page.evaluate(() =>
    matchMedia('(prefers-reduced-motion: reduce)').matches ? 'reduce' : 'no-preference',
  );
  // Colours are judged as they are in the end, not on their way there: what moves comes to rest, and nothing begins to meanwhile.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.evaluate(async () => {
    // The page hears of it before it draws the next time.
    await new Promise(requestAnimationFrame);
    await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined)));
  });
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document);
    return violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n${nodes.map((node) => `  ${node.html}\n    ${node.failureSummary ?? ''}`).join('\n')}`,
    );
  });
  await page.emulateMedia({ reducedMotion: before });
  return found;
}
