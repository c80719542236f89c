import { unsupported } from '../emitter.ts';

/** The options that a window takes: with any value, or only with the values that the double has anyway. */
const WINDOW: Readonly<Record<string, readonly unknown[] | 'any'>> = {
  width: 'any',
  height: 'any',
  x: 'any',
  y: 'any',
  minWidth: 'any',
  minHeight: 'any',
  center: 'any',
  show: 'any',
  title: 'any',
  icon: 'any',
  backgroundColor: 'any',
  autoHideMenuBar: 'any',
  paintWhenInitiallyHidden: [true],
  webPreferences: 'any',
};
const WEB: Readonly<Record<string, readonly unknown[] | 'any'>> = {
  preload: 'any',
  additionalArguments: 'any',
  sandbox: [true],
  contextIsolation: [true],
  nodeIntegration: [false],
  nodeIntegrationInWorker: [false],
  nodeIntegrationInSubFrames: [false],
  webSecurity: [true],
  allowRunningInsecureContent: [false],
  experimentalFeatures: [false],
  webviewTag: [false],
  navigateOnDragDrop: [false],
  spellcheck: [false],
  backgroundThrottling: [true],
  devTools: 'any',
};

/** Throws for everything that the double cannot do, so that no test passes which Electron would fail. */
export function checkWindowOptions(options: Electron.BrowserWindowConstructorOptions): void {
  check('the window option', WINDOW, options);
  check('the web preference', WEB, options.webPreferences ?? {});
}

function check(what: string, known: typeof WINDOW, given: object): void {
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    const values = known[name];
    if (values === undefined) throw unsupported(`${what} "${name}"`);
    if (value !== undefined && values !== 'any' && !values.includes(value))
      throw unsupported(`${what} "${name}" of ${JSON.stringify(value)}`);
  }
}
