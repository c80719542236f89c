import { StrictEmitter, unsupported } from '../emitter.ts';

/** Electron's `Tray`: nothing is shown; a test can read what it was given. */
export class DoubleTray
  extends StrictEmitter
  implements
    Pick<Electron.Tray, 'setContextMenu' | 'setImage' | 'setToolTip' | 'setTitle' | 'destroy' | 'isDestroyed'>
{
  #destroyed = false;

  constructor(image: Electron.NativeImage | string) {
    super('Tray', ['click', 'right-click', 'double-click', 'middle-click']);
    this.setImage(image);
  }

  setContextMenu(): void {
    this.#mustLive();
  }

  setImage(image: Electron.NativeImage | string): void {
    this.#mustLive();
    if (typeof image === 'string') throw unsupported('a tray image by its path');
    if (image.isEmpty()) throw new Error('electron-double: an empty tray image is nowhere to be seen');
  }

  setToolTip(): void {
    this.#mustLive();
  }

  setTitle(): void {
    this.#mustLive();
  }

  destroy(): void {
    this.#destroyed = true;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  #mustLive(): void {
    if (this.#destroyed) throw new Error('Tray is destroyed');
  }
}
