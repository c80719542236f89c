// Over 300 lines: one class of Electron.
import type { Protocol as Cdp } from '../../../node_modules/playwright-core/types/protocol.d.ts';
import { fromChromium, SCHEME_REQUESTS, toChromium } from '../addresses.ts';
import { type Session } from '../chromium/cdp.ts';
import { type Chromium } from '../chromium/chromium.ts';
import { makeClone } from '../clone.ts';
import { preventable, StrictEmitter, unsupported } from '../emitter.ts';
import { DoubleFrame } from './frame.ts';
import { DoubleIpcMain, HANDLER } from '../ipc-main.ts';
import { type FromPage } from '../page/isolated.ts';
import { PageLink } from './page-link.ts';
import { answerRequest, type DoubleProtocol } from '../protocol.ts';
import { processOfPage } from './renderer-process.ts';

type OpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0];

/** What a page needs of the rest. */
export interface ContentsHost {
  readonly chromium: () => Chromium;
  readonly ipcMain: DoubleIpcMain;
  readonly protocol: DoubleProtocol;
  readonly session: Electron.Session;
  readonly theme: () => Electron.NativeTheme['themeSource'];
}

const EVENTS = [
  ...['did-start-navigation', 'will-frame-navigate', 'will-navigate', 'will-redirect', 'did-navigate'],
  ...[
    'did-navigate-in-page',
    'did-start-loading',
    'did-stop-loading',
    'did-finish-load',
    'did-fail-load',
    'dom-ready',
  ],
  ...[
    'page-title-updated',
    'render-process-gone',
    'destroyed',
    'preload-error',
    'ipc-message',
    'did-create-window',
  ],
  // The double has neither, so they cannot come: a listener that refuses them is right and harmless.
  ...[
    'will-attach-webview',
    'unresponsive',
    'responsive',
    'context-menu',
    'before-input-event',
    'console-message',
  ],
];
const clone = makeClone();
let lastId = 0;

/** What its window and the browser tell it; the program under test does not see these. */
export const ATTACH = Symbol('attach');
export const DESTROY = Symbol('destroy');
export const CRASH = Symbol('crash');
export const THEME = Symbol('theme');

/** Electron's `webContents`: a page of Chromium with a preload in an isolated world. */
export class DoubleWebContents
  extends StrictEmitter
  implements
    Pick<
      Electron.WebContents,
      | 'id'
      | 'ipc'
      | 'session'
      | 'mainFrame'
      | 'send'
      | 'loadURL'
      | 'getURL'
      | 'isDestroyed'
      | 'executeJavaScript'
      | 'getOSProcessId'
      | 'setWindowOpenHandler'
    >
{
  readonly id = (lastId += 1);
  readonly session: Electron.Session;
  readonly #host: ContentsHost;
  readonly #ipc = new DoubleIpcMain();
  readonly #frame = new DoubleFrame(this.id);
  readonly #preload: { readonly path: string | undefined; readonly argv: readonly string[] };
  #link: PageLink | undefined;
  #targetId = '';
  readonly #attached = Promise.withResolvers<Session>();
  #openHandler: OpenHandler | undefined;
  #loading: { resolve: () => void; reject: (error: Error) => void } | undefined;
  /** Main asked for the next document itself: no handler decides whether it may come. */
  #askedByMain = false;
  #osProcessId = 0;
  #destroyed = false;

  constructor(host: ContentsHost, { preload, additionalArguments = [] }: Electron.WebPreferences) {
    super('webContents', EVENTS);
    this.#host = host;
    this.session = host.session;
    this.#preload = { path: preload, argv: additionalArguments };
  }

  get ipc(): Electron.IpcMain {
    return this.#ipc;
  }

  get mainFrame(): Electron.WebFrameMain {
    return this.#frame as unknown as Electron.WebFrameMain;
  }

  send(channel: string, ...args: unknown[]): void {
    this.#link?.post({ do: 'event', channel, args: clone.encode(args) });
  }

  async loadURL(url: string): Promise<void> {
    const page = await this.#attached.promise;
    this.#askedByMain = true;
    this.#endLoading(url, 'ERR_ABORTED', -3);
    const loaded = new Promise<void>((resolve, reject) => (this.#loading = { resolve, reject }));
    loaded.catch(() => undefined);
    const { errorText } = await page.send('Page.navigate', { url: toChromium(url) });
    if (errorText !== undefined) this.#endLoading(url, errorText.replace('net::', ''), -2);
    return loaded;
  }

  getURL(): string {
    return this.#frame.url;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  async executeJavaScript(code: string): Promise<unknown> {
    const page = await this.#attached.promise;
    const parameters = { expression: code, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await page.send('Runtime.evaluate', parameters);
    if (exceptionDetails === undefined) return result.value;
    throw new Error(exceptionDetails.exception?.description ?? 'Script failed to execute');
  }

  /** 0 until shortly after a document has loaded: Chromium has to be asked. */
  getOSProcessId(): number {
    return this.#osProcessId;
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  /** For its window: takes a page of Chromium. */
  async [ATTACH](targetId: string): Promise<void> {
    const page = await this.#host.chromium().connection.attach(targetId);
    this.#targetId = targetId;
    this.#listen(page);
    this.#link = await PageLink.open(page, targetId, this.#preload, (message) => {
      void this.#receive(message);
    });
    await page.send('Fetch.enable', {
      patterns: [{ urlPattern: '*', resourceType: 'Document' }, { urlPattern: SCHEME_REQUESTS }],
    });
    await this.#applyTheme(page, this.#host.theme());
    this.#attached.resolve(page);
  }

  /** What the program says that the desktop looks like. */
  [THEME](theme: Electron.NativeTheme['themeSource']): void {
    void this.#attached.promise.then((page) => this.#applyTheme(page, theme));
  }

  /** For its window, which is gone. */
  [DESTROY](): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#link = undefined;
    this.#endLoading(this.#frame.url, 'ERR_ABORTED', -3);
    this.emit('destroyed');
  }

  /** Chromium lost the process of the page. */
  [CRASH](details: Electron.RenderProcessGoneDetails): void {
    this.#osProcessId = 0;
    this.#endLoading(this.#frame.url, 'ERR_FAILED', -2);
    this.emit('render-process-gone', preventable({}), details);
  }

  async #applyTheme(page: Session, theme: Electron.NativeTheme['themeSource']): Promise<void> {
    const value = theme === 'system' ? '' : theme;
    await page.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
  }

  #listen(page: Session): void {
    const isTop = (frameId: string) => frameId === this.#targetId;
    let kind = '';
    page.on('Page.frameStartedNavigating', ({ frameId, url, navigationType }) => {
      kind = navigationType;
      const isSameDocument = navigationType.endsWith('ameDocument');
      this.emit('did-start-navigation', this.#navigation(url, isTop(frameId), isSameDocument));
    });
    page.on('Page.frameStartedLoading', ({ frameId }) => {
      if (isTop(frameId)) this.emit('did-start-loading');
    });
    page.on('Page.frameStoppedLoading', ({ frameId }) => {
      if (isTop(frameId)) this.emit('did-stop-loading');
    });
    page.on('Page.frameNavigated', ({ frame }) => {
      if (!isTop(frame.id)) return;
      this.#frame.url = fromChromium(`${frame.url}${frame.urlFragment ?? ''}`);
      this.emit('did-navigate', preventable({}), this.#frame.url, 200, '');
    });
    page.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
      if (isTop(frameId)) this.#frame.url = fromChromium(url);
      this.emit('did-navigate-in-page', preventable({}), fromChromium(url), isTop(frameId));
    });
    page.on('Page.windowOpen', ({ url }) => {
      this.#refuseWindow(url);
    });
    page.on('Page.domContentEventFired', () => {
      this.emit('dom-ready', preventable({}));
    });
    page.on('Page.loadEventFired', () => {
      void this.#loaded(page);
    });
    page.on('Fetch.requestPaused', (paused) => {
      const isAsked = this.#askedByMain || kind.startsWith('reload');
      if (paused.resourceType === 'Document' && isTop(paused.frameId)) this.#askedByMain = false;
      this.#decide(page, paused, isAsked).catch(() => undefined);
    });
  }

  /** What the page has opened is closed as soon as it is there. */
  #refuseWindow(url: string): void {
    const referrer = { url: this.#frame.url, policy: 'default' as const };
    const details = { frameName: '', features: '', disposition: 'new-window' as const, referrer };
    const verdict = this.#openHandler?.({ ...details, url: fromChromium(url) }) ?? { action: 'allow' };
    if (verdict.action === 'allow') throw unsupported('a window that a page opens');
  }

  async #loaded(page: Session): Promise<void> {
    const title = String(await this.executeJavaScript('document.title').catch(() => ''));
    this.emit('page-title-updated', preventable({}), title, true);
    this.emit('did-finish-load');
    this.#loading?.resolve();
    this.#loading = undefined;
    // A page that is gone meanwhile has none.
    this.#osProcessId = await processOfPage(this.#host.chromium().connection.root, page).catch(() => 0);
  }

  #endLoading(url: string, code: string, errno: number): void {
    const loading = this.#loading;
    this.#loading = undefined;
    if (loading === undefined) return;
    this.emit('did-fail-load', preventable({}), errno, code, url, true);
    loading.reject(Object.assign(new Error(`${code} (${errno}) loading '${url}'`), { code, errno, url }));
  }

  /** What becomes of a request of the page: the program is asked about documents, in Electron's order, and answers for its own scheme. */
  async #decide(page: Session, paused: Cdp.Fetch.requestPausedPayload, isAsked: boolean): Promise<void> {
    const { requestId, request, frameId, redirectedRequestId } = paused;
    if (paused.resourceType === 'Document') {
      const isMainFrame = frameId === this.#targetId;
      const events = isMainFrame ? ['will-frame-navigate', 'will-navigate'] : ['will-frame-navigate'];
      const asked = redirectedRequestId !== undefined ? ['will-redirect'] : isAsked ? [] : events;
      for (const name of asked) {
        const event = this.#navigation(request.url, isMainFrame, false);
        this.emit(name, event, event.url);
        if (!event.defaultPrevented) continue;
        await page.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
        return;
      }
    }
    if (fromChromium(request.url) === request.url) await page.send('Fetch.continueRequest', { requestId });
    else await answerRequest(this.#host.protocol, page, paused);
  }

  #navigation(url: string, isMainFrame: boolean, isSameDocument: boolean) {
    const frame = isMainFrame ? this.mainFrame : null;
    return preventable({ url: fromChromium(url), isMainFrame, isSameDocument, frame, initiator: frame });
  }

  async #receive(message: FromPage): Promise<void> {
    if (message.do === 'preload-error') {
      this.emit('preload-error', preventable({}), this.#preload.path ?? '', new Error(message.message));
      return;
    }
    const args = clone.decode(message.args) as unknown[];
    const event = {
      ...preventable({
        type: 'frame' as const,
        processId: this.#osProcessId,
        frameId: this.#frame.frameTreeNodeId,
      }),
      sender: this as unknown as Electron.WebContents,
      senderFrame: this.mainFrame,
    };
    if (message.do === 'send') {
      this.emit('ipc-message', event, message.channel, ...args);
      this.#ipc.emit(message.channel, event, ...args);
      this.#host.ipcMain.emit(message.channel, event, ...args);
      return;
    }
    const { id, channel } = message;
    const handler = this.#ipc[HANDLER](channel) ?? this.#host.ipcMain[HANDLER](channel);
    try {
      if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
      this.#link?.post({ do: 'answer', id, result: clone.encode(await handler(event, ...args)) });
    } catch (error) {
      process.stderr.write(`Error occurred in handler for '${channel}': ${String(error)}\n`);
      this.#link?.post({
        do: 'refusal',
        id,
        message: `Error invoking remote method '${channel}': ${String(error)}`,
      });
    }
  }
}
