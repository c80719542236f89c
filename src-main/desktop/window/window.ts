import type { BrowserWindow, BrowserWindowConstructorOptions, RenderProcessGoneDetails } from 'electron';
import { type Log } from '#shared/contract/server.ts';
import { isOwnAddress, PAGE_ADDRESS, type PageView, viewAddress } from './address.ts';
import { CrashLimit } from './crash-limit.ts';
import { type FittingPlace, LEAST_SIZE, type WindowPlace } from './window-place.ts';
import { logLines } from '#shared/words/en/log.ts';

/** A window is moved and resized in many small steps: its place is written when it has come to rest. */
const REST_MS = 500;
/** Time that a page may hang, from when Chromium calls it unresponsive, before it counts as dead, in milliseconds. */
const HANG_MS = 15_000;
/** Time after which a window in the tray is destroyed, in milliseconds: its page holds some 100 MiB, and opens again within a second. */
const LET_GO_MS = 5 * 60_000;

/** What the window needs from outside. */
export interface MainWindowOptions {
  readonly makeWindow: (options: BrowserWindowConstructorOptions) => BrowserWindow;
  readonly webPreferences: BrowserWindowConstructorOptions['webPreferences'];
  /** Where it is to be. */
  readonly place: () => FittingPlace & { readonly maximized: boolean };
  readonly onPlace: (place: WindowPlace) => void;
  /** Hears of every window that is made, before its page is loaded. */
  readonly onMade: (window: BrowserWindow) => void;
  /** Hears whether the window is visible. */
  readonly onSeen: (window: BrowserWindow, seen: boolean) => void;
  readonly whenClosed: () => 'hide' | 'quit';
  readonly quit: () => void;
  /** Its page has ended again and again; asks the user whether to try once more. */
  readonly askToRetry: (reason: RenderProcessGoneDetails['reason']) => Promise<boolean>;
  readonly log: Log;
  readonly nowMs: () => number;
}

/**
 * The one window. It can be shown, hidden and lost any number of times: what it shows lives in the main process, so a page whose process was
 * killed, by the kernel for example, is loaded again into the same window and goes on where it was.
 */
export class MainWindow {
  readonly #options: MainWindowOptions;
  readonly #crashes = new CrashLimit();
  #window: BrowserWindow | undefined;
  #quitting = false;
  /** It has been on the screen. */
  #wasShown = false;
  /** The page is gone, and is loaded when the window becomes visible. */
  #pageGone = false;
  #address = PAGE_ADDRESS;
  #placeTimer: NodeJS.Timeout | undefined;
  #hangTimer: NodeJS.Timeout | undefined;
  #loadTimer: NodeJS.Timeout | undefined;
  #letGoTimer: NodeJS.Timeout | undefined;
  #isLetGo = false;

  constructor(options: MainWindowOptions) {
    this.#options = options;
  }

  /** Whether the window is visible, as far as the desktop says. */
  get isSeen(): boolean {
    const window = this.#window;
    return window !== undefined && window.isVisible() && !window.isMinimized();
  }

  /** The hidden window was destroyed on purpose: it is made again when it is shown. */
  get isLetGo(): boolean {
    return this.#isLetGo;
  }

  /** Brings it to the front; makes it when there is none. With a view, that one is shown. */
  show(view?: PageView): void {
    const window = this.#window;
    clearTimeout(this.#letGoTimer);
    this.#isLetGo = false;
    if (view !== undefined) this.#address = viewAddress(view);
    if (window === undefined) {
      this.#make();
      return;
    }
    // Only what stands behind the hash becomes another: the page stays, and goes to that view.
    if (view !== undefined) this.#load();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** From now on closing it is final. */
  prepareQuit(): void {
    this.#quitting = true;
    this.#rememberPlace();
    for (const timer of [this.#placeTimer, this.#hangTimer, this.#loadTimer, this.#letGoTimer])
      clearTimeout(timer);
  }

  #make(): void {
    const { makeWindow, webPreferences, place, onMade } = this.#options;
    const { maximized, ...bounds } = place();
    const window = makeWindow({
      ...bounds,
      minWidth: LEAST_SIZE.width,
      minHeight: LEAST_SIZE.height,
      title: 'Lifeboat',
      show: false,
      autoHideMenuBar: true,
      ...(webPreferences === undefined ? {} : { webPreferences }),
    });
    this.#window = window;
    this.#wasShown = false;
    this.#follow(window);
    onMade(window);
    window.once('ready-to-show', () => {
      this.#wasShown = true;
      if (maximized) window.maximize();
      window.show();
    });
    this.#load();
  }

  #follow(window: BrowserWindow): void {
    const { onSeen } = this.#options;
    const rest = () => {
      clearTimeout(this.#placeTimer);
      this.#placeTimer = setTimeout(() => {
        this.#rememberPlace();
      }, REST_MS);
    };
    window.on('resize', rest);
    window.on('move', rest);
    window.on('maximize', rest);
    window.on('unmaximize', rest);
    const lookAgain = () => {
      onSeen(window, this.isSeen);
      if (this.#pageGone && this.isSeen) this.#load();
    };
    window.on('show', lookAgain);
    window.on('hide', lookAgain);
    window.on('minimize', lookAgain);
    window.on('restore', lookAgain);
    window.on('close', (event) => {
      if (this.#quitting) return;
      event.preventDefault();
      if (this.#options.whenClosed() === 'hide') this.#hide(window);
      else this.#options.quit();
    });
    window.on('closed', () => {
      if (this.#window !== window) return;
      this.#window = undefined;
      this.#pageGone = false;
      clearTimeout(this.#letGoTimer);
      this.#endHang();
    });
    window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      void this.#replacePage(window, reason, exitCode);
    });
    window.on('unresponsive', () => {
      this.#hangTimer ??= setTimeout(() => {
        this.#options.log(logLines.pageHangs);
        window.webContents.forcefullyCrashRenderer();
      }, HANG_MS);
    });
    window.on('responsive', () => {
      this.#endHang();
    });
  }

  #hide(window: BrowserWindow): void {
    window.hide();
    clearTimeout(this.#letGoTimer);
    this.#letGoTimer = setTimeout(() => {
      this.#rememberPlace();
      this.#rememberAddress(window);
      this.#isLetGo = true;
      window.destroy();
    }, LET_GO_MS);
  }

  #load(): void {
    this.#pageGone = false;
    const window = this.#window;
    if (window === undefined || window.isDestroyed()) return;
    window.loadURL(this.#address).catch((error: unknown) => {
      this.#options.log(logLines.pageFailed(error instanceof Error ? error.message : String(error)));
    });
  }

  async #replacePage(
    window: BrowserWindow,
    reason: RenderProcessGoneDetails['reason'],
    exitCode: number,
  ): Promise<void> {
    this.#endHang();
    if (this.#quitting || window.isDestroyed() || reason === 'clean-exit') return;
    const { log, nowMs, askToRetry, quit } = this.#options;
    log(logLines.pageGone(reason, exitCode));
    this.#rememberAddress(window);
    if (this.#wasShown && !this.isSeen) {
      this.#pageGone = true;
      return;
    }
    const waitMs = this.#crashes.next(nowMs());
    if (waitMs !== undefined) {
      this.#loadTimer = setTimeout(() => {
        this.#load();
      }, waitMs);
      return;
    }
    this.#crashes.forget();
    if (await askToRetry(reason)) this.#load();
    else quit();
  }

  /** The view that is shown stands behind the hash. */
  #rememberAddress(window: BrowserWindow): void {
    const address = window.webContents.getURL();
    if (isOwnAddress(address)) this.#address = address;
  }

  #endHang(): void {
    clearTimeout(this.#hangTimer);
    this.#hangTimer = undefined;
  }

  #rememberPlace(): void {
    const window = this.#window;
    if (window === undefined || window.isDestroyed() || window.isMinimized()) return;
    this.#options.onPlace({ ...window.getNormalBounds(), maximized: window.isMaximized() });
  }
}
