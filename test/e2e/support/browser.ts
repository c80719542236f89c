import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, onTestFinished } from 'vitest';

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
  /** How the kill order is shown to begin with; by process where a test does not say it. */
  readonly order?: 'owner' | 'process';
  /** Messages of the console that this test expects: the browser itself reports a refused or broken connection there. */
  readonly expected?: RegExp;
}

/** Searches as people do, and waits until the list shows what was found and nothing else: keys that follow go to its rows. */
export async function search(page: Page, text: string): Promise<void> {
  await page.keyboard.press('/');
  await page.keyboard.type(text);
  const rows = page.getByRole('grid', { name: 'All processes' }).getByRole('row');
  await expect.poll(() => rows.filter({ hasText: text }).count()).toBeGreaterThan(0);
  // The head of the table is a row as well.
  await expect.poll(() => rows.filter({ hasNotText: text }).count()).toBeLessThanOrEqual(1);
}

/** The real Chromium, for a test file. Every page that it opens has to end without an error and without breaking the CSP. */
export function useBrowser(): {
  /** Opens a page that ends with the test. */
  (address: string, options?: PageOptions): Promise<Page>;
  /** Opens one in `beforeAll` that stays for the whole file: loading the page takes longer than most of what is looked at. */
  readonly lasting: (address: string, options?: PageOptions) => Promise<Page>;
} {
  let browser: Browser | undefined;
  const atTheEnd: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    browser = await chromium.connect(inject('chromium'));
  });
  // Closes what this file has opened, and not Chromium itself.
  afterAll(async () => {
    await Promise.all(atTheEnd.map((close) => close()));
    await browser?.close();
  });

  async function openPage(
    address: string,
    {
      size = 'wide',
      scheme = 'dark',
      reducedMotion,
      forcedColors,
      order = 'process',
      expected,
    }: PageOptions = {},
  ): Promise<{ readonly page: Page; readonly close: () => Promise<void> }> {
    if (browser === undefined) throw new Error('the browser has not started');
    const context = await browser.newContext({
      viewport: SIZES[size],
      colorScheme: scheme,
      ...(reducedMotion !== undefined && { reducedMotion }),
      ...(forcedColors !== undefined && { forcedColors }),
    });
    if (order === 'process')
      await context.addInitScript(() => {
        // A page without an origin has none: it is blank before it is ours.
        if (location.protocol.startsWith('http')) localStorage.setItem('lifeboat.order', 'process');
      });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && expected?.test(text) !== true) problems.push(text);
    });
    await page.goto(address);
    return {
      page,
      close: async () => {
        await context.close();
        expect(problems).toEqual([]);
      },
    };
  }

  return Object.assign(
    async (address: string, options?: PageOptions) => {
      const { page, close } = await openPage(address, options);
      onTestFinished(close);
      return page;
    },
    {
      lasting: async (address: string, options?: PageOptions) => {
        const { page, close } = await openPage(address, options);
        atTheEnd.push(close);
        return page;
      },
    },
  );
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong on a page, each with the elements; by `rules` alone where they are named. It is evaluated through the debugger, past the page's CSP. */
export async function axeViolations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
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
  // Once for each document: reading it takes as long as its work.
  if (await page.evaluate(() => !('axe' in globalThis))) await page.evaluate(axeSource);
  const found = await page.evaluate(async (only) => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ['violations'],
      ...(only !== undefined && { runOnly: [...only] }),
    });
    return violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n${nodes.map((node) => `  ${node.html}\n    ${node.failureSummary ?? ''}`).join('\n')}`,
    );
  }, rules);
  await page.emulateMedia({ reducedMotion: before });
  return found;
}

/** What has another look under the pointer, or while it is pressed. */
const POINTED_AT = 'button, a[href], label, summary, input, select, [role=row], [role=option], [role=tab]';

/** What axe finds wrong with the colours of everything that can be pointed at, while all of it is under the pointer, and while it is pressed. */
export async function stateViolations(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('DOM.enable');
  await session.send('CSS.enable');
  const { root } = await session.send('DOM.getDocument', { depth: 0 });
  const { nodeIds } = await session.send('DOM.querySelectorAll', {
    nodeId: root.nodeId,
    selector: POINTED_AT,
  });
  const found: string[] = [];
  for (const forcedPseudoClasses of [['hover'], ['hover', 'active']]) {
    await Promise.all(
      nodeIds.map((nodeId) => session.send('CSS.forcePseudoState', { nodeId, forcedPseudoClasses })),
    );
    const violations = await axeViolations(page, ['color-contrast']);
    found.push(...violations.map((text) => `${forcedPseudoClasses.join(' and ')}: ${text}`));
  }
  await session.detach();
  return found;
}

/** How far a page reaches beyond its right edge, in pixels. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
