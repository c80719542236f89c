import { StrictEmitter } from './emitter.ts';

/** A desktop of one display. */
const AREA = { x: 0, y: 0, width: 1920, height: 1080 };
const DISPLAY = {
  id: 1,
  label: 'double',
  scaleFactor: 1,
  bounds: AREA,
  workArea: AREA,
  workAreaSize: AREA,
  size: AREA,
};

export class DoubleScreen
  extends StrictEmitter
  implements Pick<Electron.Screen, 'getPrimaryDisplay' | 'getAllDisplays' | 'getDisplayMatching'>
{
  constructor() {
    super('screen', ['display-added', 'display-removed', 'display-metrics-changed']);
  }

  getPrimaryDisplay(): Electron.Display {
    return DISPLAY as unknown as Electron.Display;
  }

  getAllDisplays(): Electron.Display[] {
    return [this.getPrimaryDisplay()];
  }

  getDisplayMatching(): Electron.Display {
    return this.getPrimaryDisplay();
  }
}

type Theme = Electron.NativeTheme['themeSource'];

/** Electron's `nativeTheme`. `onChange` puts it into the pages. */
export class DoubleTheme
  extends StrictEmitter
  implements Pick<Electron.NativeTheme, 'themeSource' | 'shouldUseDarkColors'>
{
  readonly #onChange: (theme: Theme) => void;
  #source: Theme = 'system';

  constructor(onChange: (theme: Theme) => void) {
    super('nativeTheme', ['updated']);
    this.#onChange = onChange;
  }

  get themeSource(): Theme {
    return this.#source;
  }

  set themeSource(source: Theme) {
    if (source === this.#source) return;
    this.#source = source;
    this.#onChange(source);
    this.emit('updated');
  }

  /** The desktop here is light. */
  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark';
  }
}
