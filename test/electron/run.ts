/**
 * `npm run test:electron`: the spec of the desktop on the real Electron, driven by Playwright. Needs its binary, which
 * `node node_modules/electron/install.js` fetches, and a display (`xvfb-run -a npm run test:electron` makes one). What follows `--` goes to Vitest.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWhenNeeded } from '../../scripts/builder.ts';
import { runNode } from '../run/vitest-suite.ts';
import { ELECTRON_BINARY } from './support/electron-binary.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

process.exitCode = await main();

async function main(): Promise<number> {
  const missing = whatIsMissing();
  if (missing !== undefined) {
    process.stderr.write(
      `Electron itself was not tested: ${missing}\nThe same spec on the double, without it: npm test -- electron\n`,
    );
    return 1;
  }
  if (!buildWhenNeeded()) return 1;
  process.env['LIFEBOAT_REAL_ELECTRON'] = '1';
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  return runNode(ROOT, [vitest, 'run', '--project', 'electron', ...process.argv.slice(2)], 0);
}

function whatIsMissing(): string | undefined {
  if (!existsSync(ELECTRON_BINARY))
    return `there is no ${ELECTRON_BINARY}. node node_modules/electron/install.js fetches it.`;
  const { DISPLAY = '', WAYLAND_DISPLAY = '' } = process.env;
  if (DISPLAY === '' && WAYLAND_DISPLAY === '')
    return 'there is no display. xvfb-run -a npm run test:electron makes one.';
  return undefined;
}
