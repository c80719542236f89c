/**
 * Draws the PNGs of the icon from its SVGs with the system's Chromium: `node scripts/node24.js packaging/icons/render.ts`. They are kept
 * in version control, since packaging must not need a browser. Sizes with an SVG of their own are drawn from that.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const SIZES = [16, 24, 32, 48, 64, 128, 256, 512];
/** Panels show the tray icon at 16 to 24 pixels, twice as many on dense screens. */
const TRAY_SIZES = [24, 48];
const BROWSER = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
if (BROWSER === undefined) throw new Error('Chromium is not installed.');

const browser = await chromium.launch({
  executablePath: BROWSER,
  ...(process.getuid?.() === 0 ? { args: ['--no-sandbox'] } : {}),
});
const page = await browser.newPage();
mkdirSync(join(import.meta.dirname, 'png'), { recursive: true });
for (const size of SIZES) {
  const own = join(import.meta.dirname, `lifeboat-${size}.svg`);
  await draw(
    existsSync(own) ? own : join(import.meta.dirname, 'lifeboat.svg'),
    size,
    `png/${size}x${size}.png`,
  );
}
for (const level of ['calm', 'tight', 'critical']) {
  for (const size of TRAY_SIZES) {
    await draw(join(import.meta.dirname, `tray/${level}.svg`), size, `tray/${level}-${size}.png`);
  }
}
await browser.close();

/** Draws an SVG file as a square PNG of `size` pixels. */
async function draw(file: string, size: number, target: string): Promise<void> {
  const svg = readFileSync(file);
  await page.setViewportSize({ width: size, height: size });
  const source = `data:image/svg+xml;base64,${svg.toString('base64')}`;
  await page.setContent(`<style>*{margin:0}img{display:block}</style><img src="${source}" width="${size}">`);
  await page.locator('img').evaluate((image: HTMLImageElement) => image.decode());
  const png = await page.screenshot({ omitBackground: true });
  writeFileSync(join(import.meta.dirname, target), png);
}
