import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { type TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the one Chromium of all files listens. */
    readonly chromium: string;
  }
}

/** Where distributions keep it. The shell without a window of its own comes first: it draws the same, and starts in a fifth of the time. */
const CHROMIUM = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** One real Chromium for every file: starting it takes longer than most tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = CHROMIUM.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error('no Chromium found; npm test installs it');
  const server = await chromium.launchServer({ executablePath, args: ['--no-sandbox'] });
  project.provide('chromium', server.wsEndpoint());
  return () => server.close();
}
