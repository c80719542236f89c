// Over 300 lines: cases of one subject, which share what stands at the top.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAlive } from '../helpers/processes/process-children.ts';
import { type Desktop, type DesktopOptions } from './support/desktop.ts';
import { IS_REAL, useDesktop } from './support/use-desktop.ts';

/** What the program of `fixture/` tells: what Electron documents, true of the double and of Electron alike. */
interface Heard {
  readonly what: string;
  readonly [detail: string]: unknown;
}
interface Api {
  readonly nested: { readonly list: number[] };
  readonly self: Readonly<Record<string, unknown>>;
  readonly twice: (value: number) => number;
  readonly call: (callback: (text: string) => string) => string;
  readonly later: (value: string) => Promise<string>;
  readonly rejects: () => Promise<never>;
  readonly throws: () => never;
  readonly take: (value: unknown) => string;
  readonly wait: () => Promise<unknown>;
  readonly settle: (value: unknown) => void;
  readonly say: (...args: unknown[]) => void;
  readonly invoke: (channel: string, value?: unknown) => Promise<unknown>;
  readonly listen: (callback: (...args: unknown[]) => void) => void;
}
declare global {
  // The page's own, in its browser.
  var api: Api;
}

const startAny = useDesktop();

async function start(options: DesktopOptions = {}): Promise<Desktop> {
  const program = fileURLToPath(new URL('fixture', import.meta.url));
  const desktop = await startAny({ ...options, program: options.program ?? program });
  await expect.poll(() => heard(desktop, 'loaded')).toHaveLength(1);
  return desktop;
}

async function heard(desktop: Desktop, ...names: readonly string[]): Promise<readonly Heard[]> {
  const all = await desktop.evaluate(() => (globalThis as unknown as { heard: Heard[] }).heard, undefined);
  return all.filter(({ what }) => names.includes(what));
}

const inMain = <Answer>(
  desktop: Desktop,
  run: (window: Electron.BrowserWindow) => Answer | Promise<Answer>,
) =>
  desktop.evaluate(async ({ BrowserWindow }, source) => {
    const [window] = BrowserWindow.getAllWindows();
    const call = (0, eval)(`(${source})`) as (window: Electron.BrowserWindow | undefined) => unknown;
    return (await call(window)) as Answer;
  }, run.toString());

/** What a page says of something that may fail. */
const failure = (page: Page, run: () => unknown): Promise<string> =>
  page.evaluate(async (source) => {
    try {
      return `no failure: ${String(await (0, eval)(`(${source})()`))}`;
    } catch (error) {
      return String(error);
    }
  }, run.toString());

describe('a preload in its isolated world', () => {
  it('gives the page a frozen API and nothing else', async () => {
    const page = await (await start()).page();
    const seen = await page.evaluate(() => ({
      frozen: [Object.isFrozen(api), Object.isFrozen(api.nested), Object.isFrozen(api.nested.list)],
      globals: ['require', 'process', 'module', 'secretOfThePreload'].filter((name) => name in globalThis),
      self: api.self,
      again: (globalThis as unknown as { again: string }).again,
    }));
    expect(seen.frozen).toEqual([true, true, true]);
    expect(seen.globals).toEqual([]);
    expect(seen.self).toMatchObject({
      sandboxed: true,
      type: 'renderer',
      received: true,
      modules: 'module not found: fs',
    });
    expect(seen.again).toBe('Cannot bind an API on top of an existing property on the window object');
  });

  it('is called as one’s own functions are', async () => {
    const page = await (await start()).page();
    expect(await page.evaluate(() => api.twice(21))).toBe(42);
    expect(await page.evaluate(() => api.call((text) => `${text}, and back`))).toBe(
      'from the preload, and back',
    );
    expect(await page.evaluate(() => api.later('on'))).toBe('later on');
    expect(await failure(page, () => api.rejects())).toContain('not so');
    expect(await failure(page, () => api.throws())).toContain('thrown in the preload');
    expect(
      await page.evaluate(() => {
        const waiting = api.wait();
        api.settle({ list: [1, { two: 2 }] });
        return waiting;
      }),
    ).toEqual({ list: [1, { two: 2 }] });
  });

  it('refuses what cannot be cloned: a Proxy, as Svelte’s state is one, and an element', async () => {
    const page = await (await start()).page();
    expect(await failure(page, () => api.take(new Proxy({}, {})))).toContain(
      'An object could not be cloned.',
    );
    expect(await failure(page, () => api.take(Symbol('s')))).toContain('An object could not be cloned.');
  });
});

describe('messages', () => {
  it('bring what the structured clone brings', async () => {
    const page = await (await start()).page();
    const kept = await page.evaluate(async () => {
      interface Sent {
        readonly [key: string]: unknown;
        self?: unknown;
      }
      const sent: Sent = {
        date: new Date(5),
        map: new Map([['a', new Set([1n])]]),
        bytes: new Uint16Array([1, 515]),
        odd: [NaN, -0, Infinity, undefined, null],
        text: 'ü💥\u2028</script>',
        pattern: /a.b/giu,
        error: new RangeError('far'),
      };
      sent.self = sent;
      const got = (await api.invoke('echo', sent)) as typeof sent & {
        map: Map<string, Set<bigint>>;
        odd: unknown[];
      };
      return {
        date: got['date'] instanceof Date && got['date'].getTime(),
        map: got.map.get('a')?.has(1n),
        bytes: got['bytes'] instanceof Uint16Array && [...got['bytes']],
        odd: got.odd.map((value) => (Object.is(value, -0) ? '-0' : String(value))),
        text: got['text'],
        pattern: String(got['pattern']),
        error: got['error'] instanceof Error && got['error'].message,
        self: got.self === got,
      };
    });
    expect(kept).toEqual({
      date: 5,
      map: true,
      bytes: [1, 515],
      odd: ['NaN', '-0', 'Infinity', 'undefined', 'null'],
      text: 'ü💥\u2028</script>',
      pattern: '/a.b/giu',
      error: 'far',
      self: true,
    });
  });

  it('fail with Electron’s words', async () => {
    const page = await (await start()).page();
    const words = async (run: () => unknown) => (await failure(page, run)).replace(/^Error: /, '');
    expect(await words(() => api.invoke('boom'))).toBe(
      "Error invoking remote method 'boom': RangeError: bad range",
    );
    expect(await words(() => api.invoke('none'))).toBe(
      "Error invoking remote method 'none': Error: No handler registered for 'none'",
    );
    expect(await words(() => api.invoke('function'))).toBe(
      "Error invoking remote method 'function': Error: An object could not be cloned.",
    );
  });

  it('name the frame that they come from', async () => {
    const desktop = await start();
    const page = await desktop.page();
    await page.evaluate(() => {
      api.say('hello', 1);
    });
    await expect
      .poll(() => heard(desktop, 'say'))
      .toEqual([
        {
          what: 'say',
          args: ['hello', 1],
          url: 'fixture://app/',
          origin: 'fixture://app',
          isTop: true,
          isMain: true,
        },
      ]);
  });

  it('come from main in their order', async () => {
    const desktop = await start();
    const page = await desktop.page();
    await page.evaluate(() => {
      const received: unknown[] = [];
      Object.assign(globalThis, { received });
      api.listen((...args) => void received.push(args));
    });
    await inMain(desktop, (window) => {
      for (let count = 0; count < 50; count += 1) window.webContents.send('message', count, { count });
    });
    const received = () => page.evaluate(() => (globalThis as unknown as { received: unknown[] }).received);
    await expect.poll(async () => (await received()).length).toBe(50);
    expect(await received()).toEqual(Array.from({ length: 50 }, (_, count) => [count, { count }]));
  });
});

describe('a page', () => {
  it('has the scheme’s own headers: the CSP lets its script run, and neither inline script nor eval', async () => {
    const page = await (await start()).page();
    const flags = () =>
      page.evaluate(() =>
        ['inline', 'external', 'evaluated', 'evalRefused'].filter((name) => name in globalThis),
      );
    expect(await flags()).toEqual(['external', 'evalRefused']);
    expect(await page.evaluate(async () => (await fetch('nothing')).status)).toBe(404);
  });

  it('asks main before it goes elsewhere, and stays when that says no', async () => {
    const desktop = await start();
    const page = await desktop.page();
    const asked: string[] = [];
    const server = createServer(({ url = '' }, response) => {
      asked.push(url);
      response.end('elsewhere');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const before = page.url();
    await page.evaluate((address) => {
      location.href = address;
    }, elsewhere);
    await expect.poll(() => heard(desktop, 'will-navigate')).toHaveLength(1);
    const events = (
      await heard(desktop, 'did-start-navigation', 'will-frame-navigate', 'will-navigate')
    ).filter(({ url }) => url === elsewhere);
    // Documented in this order: the start is announced before a permission is asked for.
    expect(events.map(({ what }) => what)).toEqual([
      'did-start-navigation',
      'will-frame-navigate',
      'will-navigate',
    ]);
    await page.evaluate((address) => {
      window.open(address);
    }, elsewhere);
    await expect.poll(() => heard(desktop, 'window-open')).toEqual([{ what: 'window-open', url: elsewhere }]);
    expect(await page.evaluate(() => api.twice(2))).toBe(4);
    expect(page.url()).toBe(before);
    await expect.poll(() => page.context().pages().length).toBe(1);
    expect(asked).toEqual([]);
  });

  it('counts as visible until its window is hidden or minimised', async () => {
    const desktop = await start();
    const state = () =>
      inMain(desktop, async (window) => [
        window.isVisible(),
        String(await window.webContents.executeJavaScript('document.visibilityState')),
      ]);
    expect(await state()).toEqual([false, 'visible']);
    for (const [change, expected] of [
      ['show', [true, 'visible']],
      ['hide', [false, 'hidden']],
      ['show', [true, 'visible']],
      ['minimize', [false, 'hidden']],
      ['restore', [true, 'visible']],
    ] as const) {
      await desktop.evaluate(({ BrowserWindow }, name) => {
        BrowserWindow.getAllWindows()[0]?.[name]();
      }, change);
      await expect.poll(async () => [change, await state()]).toEqual([change, expected]);
    }
  });

  it('whose process is killed is reported, and can be loaded again', async () => {
    const desktop = await start();
    const pid = () => inMain(desktop, (window) => window.webContents.getOSProcessId());
    await expect.poll(pid).toBeGreaterThan(0);
    process.kill(await pid(), 'SIGKILL');
    await expect
      .poll(() => heard(desktop, 'render-process-gone'))
      .toEqual([{ what: 'render-process-gone', reason: 'killed', exitCode: 9 }]);
    await inMain(desktop, async (window) => {
      await window.loadURL('fixture://app/#again');
    });
    expect(await inMain(desktop, (window) => window.webContents.executeJavaScript('api.twice(4)'))).toBe(8);
    expect(await inMain(desktop, (window) => window.webContents.getURL())).toBe('fixture://app/#again');
  });
});

describe('the program', () => {
  it('is started once for each user; a second start is reported to the first', async () => {
    const desktop = await start();
    expect(await desktop.startAgain(['--one', 'two'])).toBe(7);
    await expect
      .poll(() => heard(desktop, 'second-instance'))
      .toEqual([{ what: 'second-instance', argv: ['--one', 'two'], data: { from: 'another' } }]);
  });

  it('stays while a window refuses to close, and ends in the documented order', async () => {
    const desktop = await start();
    await desktop.evaluate(({ app, BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.once('close', (event) => {
        event.preventDefault();
      });
      app.quit();
    }, undefined);
    expect(await inMain(desktop, (window) => window.isDestroyed())).toBe(false);
    await desktop.evaluate(({ app }) => {
      setImmediate(() => {
        app.quit();
      });
    }, undefined);
    expect(await desktop.ended).toBe(0);
    const said = desktop
      .log()
      .split('\n')
      .filter((line) => /^(before-quit|will-quit|quit|window-all)/.test(line));
    expect(said).toEqual(['before-quit', 'before-quit', 'will-quit', 'quit 0']);
  });
});

/** The double’s own limits: Electron has none of them. */
describe.skipIf(IS_REAL)('the double (not for Electron)', () => {
  it('throws for what it has not', async () => {
    const desktop = await start();
    const attempt = (name: string, value: unknown, part: 'window' | 'web') =>
      desktop.evaluate(
        ({ BrowserWindow }, [key, setting, where]) => {
          try {
            const option = { [key]: setting };
            return `made ${new BrowserWindow(where === 'window' ? option : { webPreferences: option }).id}`;
          } catch (error) {
            return String(error);
          }
        },
        [name, value, part] as const,
      );
    const refused = (what: string) => `Error: electron-double: ${what} is not supported`;
    expect(await attempt('frame', false, 'window')).toBe(refused('the window option "frame"'));
    expect(await attempt('sandbox', false, 'web')).toBe(refused('the web preference "sandbox" of false'));
    expect(await attempt('nodeIntegration', true, 'web')).toBe(
      refused('the web preference "nodeIntegration" of true'),
    );
    const listening = await desktop.evaluate(({ app }) => {
      try {
        app.on('open-file' as 'activate', () => undefined);
        return 'listens';
      } catch (error) {
        return String(error);
      }
    }, undefined);
    expect(listening).toBe(refused('app event "open-file"'));
  });

  it('ends its browser with it', async () => {
    const desktop = await start({ env: {} });
    const metrics = () =>
      desktop.evaluate(({ app }) => app.getAppMetrics().map(({ pid, type }) => ({ pid, type })), undefined);
    await expect
      .poll(async () => (await metrics()).map(({ type }) => type))
      .toEqual(expect.arrayContaining(['Browser', 'Tab', 'GPU', 'Zygote', 'Utility']));
    const processes = await metrics();
    await desktop.quit();
    await expect.poll(() => processes.filter(({ pid }) => isAlive(pid))).toEqual([]);
  });
});
