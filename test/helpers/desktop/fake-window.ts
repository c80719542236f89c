import { EventEmitter } from 'node:events';
import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';

/** A window of Electron as far as the main window uses one: it knows whether it is shown, and tells so as Electron does. */
export class FakeWindow extends EventEmitter {
  readonly options: BrowserWindowConstructorOptions;
  readonly loaded: string[] = [];
  readonly calls: string[] = [];
  readonly webContents = Object.assign(new EventEmitter(), {
    getURL: () => `${this.loaded.at(-1) ?? ''}${this.hash}`,
    forcefullyCrashRenderer: () => {
      this.webContents.emit('render-process-gone', {}, { reason: 'killed', exitCode: 9 });
    },
  });
  /** What the page has put behind the address. */
  hash = '';
  bounds = { x: 10, y: 20, width: 900, height: 600 };
  #visible = false;
  #minimized = false;
  #destroyed = false;

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
  }

  /** The window as the code under test takes it. */
  asWindow(): BrowserWindow {
    return this as unknown as BrowserWindow;
  }

  loadURL(address: string): Promise<void> {
    this.hash = '';
    this.loaded.push(address);
    return Promise.resolve();
  }
  show(): void {
    this.calls.push('show');
    this.#visible = true;
    this.emit('show');
  }
  hide(): void {
    this.calls.push('hide');
    this.#visible = false;
    this.emit('hide');
  }
  minimize(): void {
    this.#minimized = true;
    this.emit('minimize');
  }
  restore(): void {
    this.calls.push('restore');
    this.#minimized = false;
    this.emit('restore');
  }
  maximize(): void {
    this.calls.push('maximize');
  }
  focus(): void {
    this.calls.push('focus');
  }
  /** The user closes it. */
  close(): void {
    const prevented: boolean[] = [];
    this.emit('close', { preventDefault: () => prevented.push(true) });
    if (prevented.length === 0) this.destroy();
  }
  destroy(): void {
    this.#visible = false;
    this.#destroyed = true;
    this.emit('closed');
  }
  isVisible(): boolean {
    return this.#visible;
  }
  isMinimized(): boolean {
    return this.#minimized;
  }
  isMaximized(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  getNormalBounds() {
    return this.bounds;
  }
}
