import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './cdp.ts';

/** Where distributions keep it. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const START_MS = 60_000;
/** A second is usual. */
const CLOSE_MS = 3_000;

/** No first-run pages, no updates, no services: what is in the browser is what the program under test put there. */
const SWITCHES = [
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-sync',
  '--disable-popup-blocking',
  '--disable-features=Translate,MediaRouter,OptimizationHints',
  '--password-store=basic',
  // No network at all: a proxy that is not there, for this machine itself as well.
  '--proxy-server=127.0.0.1:9',
  '--proxy-bypass-list=<-loopback>',
  // The double says nothing about the sandbox; a container or a test's user seldom has the rights that it takes.
  '--no-sandbox',
  '--test-type',
];

/** A running Chromium with one empty page. */
export interface Chromium {
  readonly pid: number;
  /** Of the DevTools protocol, on 127.0.0.1. */
  readonly port: number;
  readonly connection: Connection;
  /** Ends all its processes and removes its profile. */
  close(): Promise<void>;
}

/** Starts it: headless, or with a window where `ELECTRON_DOUBLE_HEADED` is 1 and there is a display. */
export async function startChromium(switches: readonly string[]): Promise<Chromium> {
  const executable = process.env['ELECTRON_DOUBLE_CHROMIUM'] ?? PLACES.find((path) => existsSync(path));
  if (executable === undefined) throw new Error('electron-double: no Chromium on this machine');
  const profile = mkdtempSync(join(tmpdir(), 'electron-double-'));
  // As with Electron, the browser does not outlive main, whatever that ends by.
  const child = spawn(
    'setpriv',
    [
      '--pdeathsig',
      'KILL',
      executable,
      ...SWITCHES,
      ...(process.env['ELECTRON_DOUBLE_HEADED'] === '1' ? [] : ['--headless=new']),
      `--user-data-dir=${profile}`,
      '--remote-debugging-port=0',
      ...switches,
      '--app=data:text/html,',
    ],
    { stdio: ['ignore', 'ignore', process.env['ELECTRON_DOUBLE_DEBUG'] === '1' ? 'inherit' : 'ignore'] },
  );
  const [port, path] = await debuggingAddress(child, join(profile, 'DevToolsActivePort'));
  const connection = await Connection.open(`ws://127.0.0.1:${port}${path}`);
  return {
    pid: child.pid ?? 0,
    port,
    connection,
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        const patience = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
        // While it traces it may not answer to this.
        connection.root.send('Browser.close').catch(() => undefined);
        await ended;
        clearTimeout(patience);
      }
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}

/** Chromium writes its port and the path of its socket into its profile. */
async function debuggingAddress(child: ChildProcess, file: string): Promise<readonly [number, string]> {
  for (const endMs = performance.now() + START_MS; performance.now() < endMs;) {
    if (child.exitCode !== null) throw new Error(`electron-double: Chromium ended with ${child.exitCode}`);
    const [port, path] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    if (port !== undefined && path !== undefined && path !== '') return [Number(port), path];
    await sleep(10);
  }
  child.kill('SIGKILL');
  throw new Error('electron-double: Chromium opened no debugging port');
}
