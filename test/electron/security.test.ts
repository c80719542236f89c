import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recorded, type Desktop } from './support/desktop.ts';
import { inPage, openPage } from './support/lifeboat-window.ts';
import { CAN_CHANGE } from './support/stage.ts';
import { useDesktop } from './support/use-desktop.ts';

const start = useDesktop();

/** What the page says of a script; it is evaluated past its CSP. */
const inPageOf = async (desktop: Desktop, script: string): Promise<unknown> => {
  await openPage(desktop);
  return inPage(desktop, script);
};

/** A script that opens a line and asks over it. Returns the messages that it got; none after `silenceMs`. */
const pry = (silenceMs: number) => `new Promise((resolve) => {
  const answers = [];
  const tell = (text) => { answers.push(text); resolve(answers); };
  const line = window.lifeboat.open(tell, () => answers.push('closed'));
  line.send(JSON.stringify({ id: 1, request: 'watch.machine', input: {} }));
  setTimeout(() => resolve(answers), ${silenceMs});
})`;
const PATIENCE_MS = 20_000;
const SILENCE_MS = 1000;

describe('who may speak to main', () => {
  it('is Lifeboat’s own page', async () => {
    const desktop = await start();
    const answers = (await inPageOf(desktop, pry(PATIENCE_MS))) as readonly string[];
    expect(JSON.parse(answers[0] ?? '{}')).toMatchObject({ id: 1, result: { ok: true } });
  });

  it('is no other page, though the window is the same', async () => {
    const desktop = await start();
    await openPage(desktop);
    await desktop.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.loadURL('lifeboat://other/'),
      undefined,
    );
    expect(await inPage(desktop, pry(SILENCE_MS))).toEqual([]);
    await expect
      .poll(() => desktop.log())
      .toContain('refused a message of a page: it comes from lifeboat://other/');
  });

  it('is no other window, though it has the same preload and the same page', async () => {
    const desktop = await start();
    await openPage(desktop);
    const answers = await desktop.evaluate(
      async ({ BrowserWindow }, [preload, script]) => {
        const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
        await window.loadURL('lifeboat://app/');
        return (await window.webContents.executeJavaScript(script)) as readonly string[];
      },
      [join(start.stage().program, 'out/preload/preload.cjs'), pry(SILENCE_MS)] as const,
    );
    // Lifeboat's page in it opens a line as well, which ends this one.
    expect(answers.filter((text) => text !== 'closed')).toEqual([]);
    await expect
      .poll(() => desktop.log())
      .toContain('refused a message of a page: it does not come from a window of Lifeboat');
  });
});

describe('the page', () => {
  it('has one function of the outside, and nothing of Node', async () => {
    const desktop = await start();
    const script = `({
      bridge: Object.keys(window.lifeboat),
      frozen: Object.isFrozen(window.lifeboat),
      node: ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter((name) => name in window),
    })`;
    expect(await inPageOf(desktop, script)).toEqual({ bridge: ['open'], frozen: true, node: [] });
  });

  it('comes with a policy that lets in nothing but its own files', async () => {
    const desktop = await start();
    const script = `fetch('/').then(({ headers }) => headers.get('content-security-policy'))`;
    const policy = String(await inPageOf(desktop, script)).split(/; ?/);
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
    );
    expect(policy.join()).not.toMatch(/unsafe|\*|https?:/);
    const page = await desktop.page();
    const blocked = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
            resolve(effectiveDirective);
          });
          const script = document.createElement('script');
          script.textContent = 'window.wasRun = true';
          document.head.append(script);
        }),
    );
    expect(blocked).toBe('script-src-elem');
    expect(await page.evaluate(() => 'wasRun' in globalThis)).toBe(false);
  });

  it('gets no file that is not the page’s, by any path', async () => {
    const desktop = await start();
    for (const path of [
      '/../main/desktop.js',
      '/%2e%2e/main/desktop.js',
      '/..%2fmain%2fdesktop.js',
      '//etc/passwd',
      '/etc/passwd',
    ])
      expect(
        await inPageOf(
          desktop,
          `fetch(${JSON.stringify(path)}).then(({ status }) => status).catch(() => 404)`,
        ),
        path,
      ).toBe(404);
  });

  it('is granted nothing: no place, camera, microphone, notification or clipboard', async () => {
    const desktop = await start();
    const names = ['geolocation', 'camera', 'microphone', 'notifications', 'clipboard-read', 'midi'];
    const script = `Promise.all(${JSON.stringify(names)}.map(async (name) => (await navigator.permissions.query({ name })).state))`;
    expect(await inPageOf(desktop, script)).toEqual(names.map(() => 'denied'));
  });

  it('stays where it is: no other address, no window, no frame; documents of the kernel open in the browser', async () => {
    const asked: string[] = [];
    const server = createServer(({ url = '' }, response) => {
      asked.push(url);
      response.end('foreign');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const foreign = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const documents = 'https://docs.kernel.org/accounting/psi.html';
    const desktop = await start();
    const page = await openPage(desktop);
    const address = page.url();

    await page.evaluate((url) => void (location.href = `${url}/navigated`), foreign);
    await expect.poll(() => desktop.log()).toContain(`refused to go to ${foreign}/navigated`);
    await page.evaluate((url) => void window.open(`${url}/opened`), foreign);
    await expect.poll(() => desktop.log()).toContain(`refused to open ${foreign}/opened`);
    await page.evaluate((url) => {
      const frame = document.createElement('iframe');
      frame.src = `${url}/framed`;
      document.body.append(frame);
    }, foreign);
    await page.evaluate((url) => void window.open(url), documents);
    await expect.poll(async () => (await recorded(desktop)).outside).toEqual([documents]);
    await page.evaluate((url) => void (location.href = url), documents);
    await expect.poll(async () => (await recorded(desktop)).outside).toEqual([documents, documents]);

    expect(page.url()).toBe(address);
    await expect.poll(() => page.context().pages().length).toBe(1);
    expect(asked).toEqual([]);
    // It is served on.
    await openPage(desktop);
    await expect.poll(() => page.getByText('Disconnected.').count()).toBe(0);
  });
});

describe.skipIf(!CAN_CHANGE)('root (this needs root)', () => {
  it('gets a sentence and no window', async () => {
    await expect(start({ asRoot: true })).rejects.toThrow('Start the window as yourself, not as root');
  });
});
