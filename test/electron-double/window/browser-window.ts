import { preventable, StrictEmitter } from '../emitter.ts';
import { ATTACH, type ContentsHost, DESTROY, DoubleWebContents } from './web-contents.ts';
import { checkWindowOptions } from './window-options.ts';

/** What the windows need of the program that they are in. */
export interface WindowHost extends ContentsHost {
  readonly isReady: () => boolean;
  /** An empty page of Chromium in a window of its own. */
  readonly takeTarget: () => Promise<string>;
  readonly onCreated: (window: DoubleWindow) => void;
  readonly onClosed: (window: DoubleWindow) => void;
}

const EVENTS = [
  ...[
    'close',
    'closed',
    'show',
    'hide',
    'minimize',
    'restore',
    'focus',
    'blur',
    'resize',
    'resized',
    'move',
    'moved',
  ],
  ...['ready-to-show', 'page-title-updated'],
  // A window manager does these; the double has none, so they never come.
  ...[
    'maximize',
    'unmaximize',
    'enter-full-screen',
    'leave-full-screen',
    'unresponsive',
    'responsive',
    'session-end',
  ],
];
const windows = new Map<number, DoubleWindow>();
let host: WindowHost | undefined;
let lastId = 0;

/** For the program: windows can be made from now on. */
export function setWindowHost(made: WindowHost): void {
  host = made;
}

/** All windows that are not closed. */
export function openWindows(): readonly DoubleWindow[] {
  return [...windows.values()];
}

/** The double's own, which the program under test does not see: the target in Chromium, and the page. */
export const TARGET = Symbol('target');
export const CONTENTS = Symbol('contents');

/** Electron's `BrowserWindow`: a window of Chromium. Hidden and minimised are one thing there: nothing is drawn, and the page knows. */
export class DoubleWindow
  extends StrictEmitter
  implements
    Pick<
      Electron.BrowserWindow,
      | 'id'
      | 'webContents'
      | 'show'
      | 'showInactive'
      | 'hide'
      | 'minimize'
      | 'restore'
      | 'focus'
      | 'blur'
      | 'close'
      | 'destroy'
      | 'isVisible'
      | 'isMinimized'
      | 'isMaximized'
      | 'isFocused'
      | 'isDestroyed'
      | 'maximize'
      | 'getNormalBounds'
      | 'setBounds'
      | 'loadURL'
    >
{
  readonly id = (lastId += 1);
  readonly #host: WindowHost;
  readonly #opened: Promise<number | undefined>;
  #bounds: Electron.Rectangle;
  #shown: boolean;
  /** `hide` was called. A window that was never shown is invisible too, but its page counts as visible, as Electron documents it. */
  #hidden = false;
  #minimised = false;
  #maximised = false;
  #focused = false;
  #destroyed = false;
  [TARGET] = '';
  readonly [CONTENTS]: DoubleWebContents;

  static getAllWindows(): Electron.BrowserWindow[] {
    return openWindows().map(asElectron);
  }

  static getFocusedWindow(): Electron.BrowserWindow | null {
    const focused = openWindows().find((window) => window.#focused);
    return focused === undefined ? null : asElectron(focused);
  }

  static fromWebContents(contents: Electron.WebContents): Electron.BrowserWindow | null {
    const found = openWindows().find((window) => window.webContents === contents);
    return found === undefined ? null : asElectron(found);
  }

  static fromId(id: number): Electron.BrowserWindow | null {
    const found = windows.get(id);
    return found === undefined ? null : asElectron(found);
  }

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super('BrowserWindow', EVENTS);
    if (host?.isReady() !== true) throw new Error('Cannot create BrowserWindow before app is ready');
    checkWindowOptions(options);
    this.#host = host;
    this.#bounds = {
      x: options.x ?? 0,
      y: options.y ?? 0,
      width: options.width ?? 800,
      height: options.height ?? 600,
    };
    this.#shown = options.show !== false;
    this[CONTENTS] = new DoubleWebContents(host, options.webPreferences ?? {});
    this[CONTENTS].once('did-finish-load', () => this.emit('ready-to-show', preventable({})));
    this[CONTENTS].on('page-title-updated', (event: object, title: string) => {
      this.emit('page-title-updated', event, title, true);
    });
    windows.set(this.id, this);
    this.#opened = this.#open();
    this.#host.onCreated(this);
  }

  get webContents(): Electron.WebContents {
    return this[CONTENTS] as unknown as Electron.WebContents;
  }

  loadURL(url: string): Promise<void> {
    return this[CONTENTS].loadURL(url);
  }

  show(): void {
    this.showInactive();
    this.focus();
  }

  showInactive(): void {
    const wasShown = this.#shown;
    this.#shown = true;
    this.#hidden = false;
    this.#apply();
    if (!wasShown) this.emit('show', preventable({}));
  }

  hide(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.#hidden = true;
    this.blur();
    this.#apply();
    this.emit('hide', preventable({}));
  }

  minimize(): void {
    if (this.#minimised) return;
    this.#minimised = true;
    this.blur();
    this.#apply();
    this.emit('minimize', preventable({}));
  }

  restore(): void {
    if (!this.#minimised) return;
    this.#minimised = false;
    this.#apply();
    this.emit('restore', preventable({}));
  }

  maximize(): void {
    this.#maximised = true;
    this.showInactive();
    this.emit('maximize', preventable({}));
  }

  focus(): void {
    for (const window of openWindows()) if (window !== this) window.blur();
    if (this.#focused) return;
    this.#focused = true;
    this.emit('focus', preventable({}));
  }

  blur(): void {
    if (!this.#focused) return;
    this.#focused = false;
    this.emit('blur', preventable({}));
  }

  close(): void {
    if (this.#destroyed) return;
    const event = preventable({});
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    windows.delete(this.id);
    const targetId = this[TARGET];
    if (targetId !== '')
      void this.#host
        .chromium()
        .connection.root.send('Target.closeTarget', { targetId })
        .catch(() => undefined);
    this[CONTENTS][DESTROY]();
    this.emit('closed', preventable({}));
    this.#host.onClosed(this);
  }

  isVisible(): boolean {
    return this.#shown && !this.#minimised && !this.#destroyed;
  }

  isMinimized(): boolean {
    return this.#minimised;
  }

  isMaximized(): boolean {
    return this.#maximised;
  }

  isFocused(): boolean {
    return this.#focused;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  getNormalBounds(): Electron.Rectangle {
    return { ...this.#bounds };
  }

  setBounds(bounds: Partial<Electron.Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    this.#apply();
    for (const name of ['move', 'moved', 'resize', 'resized']) this.emit(name, preventable({}));
  }

  async #open(): Promise<number | undefined> {
    const { root } = this.#host.chromium().connection;
    const targetId = await this.#host.takeTarget();
    this[TARGET] = targetId;
    const { windowId } = await root.send('Browser.getWindowForTarget', { targetId });
    await this.#place(windowId);
    await this[CONTENTS][ATTACH](targetId);
    return windowId;
  }

  #apply(): void {
    void this.#opened.then((windowId) => this.#place(windowId)).catch(() => undefined);
  }

  /** Chromium takes a state or a size, not both at once. */
  async #place(windowId: number | undefined): Promise<void> {
    if (windowId === undefined || this.#destroyed) return;
    const { root } = this.#host.chromium().connection;
    const { x: left, y: top, width, height } = this.#bounds;
    await root.send('Browser.setWindowBounds', { windowId, bounds: { windowState: 'normal' } });
    await root.send('Browser.setWindowBounds', { windowId, bounds: { left, top, width, height } });
    if (this.#minimised || this.#hidden)
      await root.send('Browser.setWindowBounds', { windowId, bounds: { windowState: 'minimized' } });
  }
}

function asElectron(window: DoubleWindow): Electron.BrowserWindow {
  return window as unknown as Electron.BrowserWindow;
}
