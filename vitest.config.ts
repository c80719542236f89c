import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** What all tests in the browser have in common. */
const BROWSER = {
  globalSetup: ['test/e2e/support/chromium.ts'],
  // The files share what they import: reading it again for each takes seconds.
  isolate: false,
  // Longer than Playwright waits for anything, so that it can say what it waited for.
  testTimeout: 90_000,
  hookTimeout: 60_000,
  // A browser on a busy machine takes longer than the second that is the default.
  expect: { poll: { timeout: 10_000 } },
};

/** `unit` needs nothing but Node, `system` a C compiler and the running kernel. `cli`, `e2e`, `scenes`, and as root `helper` and `package`, run against the built program in `out/`; `test/run.ts` builds it first. */
export default defineConfig({
  plugins: [svelte()],
  test: {
    projects: [
      {
        extends: true,
        // Where time is what a test is about, it says so itself: a busy machine takes longer than the defaults.
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // Three times as fast. What a test changes of its process it puts back itself, and what Vitest knows of is put back before the next.
          isolate: false,
          unstubGlobals: true,
          unstubEnvs: true,
          restoreMocks: true,
          testTimeout: 20_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        extends: true,
        test: { name: 'system', include: ['test/system/**/*.test.ts'], testTimeout: 20_000 },
      },
      {
        extends: true,
        test: {
          name: 'cli',
          include: ['test/cli/**/*.test.ts'],
          // All see the same machine: who is given up in one file would be the next victim of another.
          fileParallelism: false,
          testTimeout: 20_000,
          hookTimeout: 30_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        extends: true,
        test: {
          name: 'helper',
          include: ['test/helper/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          globalSetup: ['test/package/support/build-packages.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          ...BROWSER,
          name: 'e2e',
          include: ['test/e2e/*.test.ts'],
          // All see the same machine, and some measure times.
          fileParallelism: false,
        },
      },
      {
        extends: true,
        // Pages on machines that are made up: two at a time do not see each other.
        test: {
          ...BROWSER,
          name: 'scenes',
          include: ['test/scenes/*.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'electron',
          include: ['test/electron/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
});
