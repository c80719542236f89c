import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryDir } from '../helpers/web-client.ts';

const ROOT = join(import.meta.dirname, '../..');

/** `npm start` without npm, with what a test says of the display. */
function start(environment: Readonly<Record<string, string>>, args: readonly string[]) {
  const child = spawn(process.execPath, ['scripts/node24.js', 'scripts/start.ts', ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: temporaryDir(), LANG: 'C.UTF-8', ...environment },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal });
    });
  });
  return { child, output, exit };
}

const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/#token=[0-9a-f]{64}/;

describe('npm start', () => {
  it.for(['SIGINT', 'SIGTERM'] as const)(
    'shows the order and an address, and ends quietly on %s',
    async (signal) => {
      const { child, output, exit } = start({}, ['--port', '0']);
      await vi.waitFor(
        () => {
          expect(output.stdout).toMatch(ADDRESS);
        },
        { timeout: 15_000 },
      );
      child.kill(signal);
      expect(await exit).toEqual({ code: 0, signal: null });
      expect(output.stderr).toBe('');
    },
  );

  it('opens the page where there is a display, by a file: every user can read arguments', async () => {
    const bin = join(temporaryDir(), 'bin');
    mkdirSync(bin);
    const opened = join(bin, 'opened');
    writeFileSync(
      join(bin, 'xdg-open'),
      `#!/bin/sh\nprintf '%s' "$1" > ${opened}.new && mv ${opened}.new ${opened}\n`,
    );
    chmodSync(join(bin, 'xdg-open'), 0o755);
    const PATH = [bin, process.env['PATH']].join(delimiter);
    const { child, output, exit } = start({ PATH, WAYLAND_DISPLAY: 'wayland-0' }, ['--port', '0']);
    await vi.waitFor(
      () => {
        expect(existsSync(opened)).toBe(true);
      },
      { timeout: 15_000 },
    );
    const file = readFileSync(opened, 'utf8');
    expect(file).toMatch(/\/open-[\w-]{16}\.html$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [address] = ADDRESS.exec(readFileSync(file, 'utf8')) ?? [];
    // The printed one is for another browser.
    expect(address).toBeDefined();
    expect(address).not.toBe(ADDRESS.exec(output.stdout)?.[0]);
    child.kill('SIGINT');
    expect((await exit).code).toBe(0);
    expect(existsSync(file)).toBe(false);
  });

  it('says in one line why it is the page and not the window', async () => {
    const { child, output, exit } = start({}, []);
    await vi.waitFor(
      () => {
        expect(output.stderr).toMatch(/\.\n/);
      },
      { timeout: 15_000 },
    );
    child.kill('SIGKILL');
    await exit;
    const why = process.getuid?.() === 0 ? 'a window never runs as root' : 'there is no display';
    expect(output.stderr.split('\n')[0]).toMatch(new RegExp(`^The page instead of the window: ${why}`));
  });

  it('passes arguments on, and the exit code back', async () => {
    const { output, exit } = start({}, ['--port', 'many']);
    expect((await exit).code).toBe(2);
    expect(output.stderr).toContain('many');
  });
});
