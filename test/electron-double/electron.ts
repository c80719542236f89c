import { DoubleApp, LAST_WINDOW_CLOSED, START } from './app.ts';
import { CONTENTS, DoubleWindow, openWindows, setWindowHost, TARGET } from './window/browser-window.ts';
import { startChromium, type Chromium } from './chromium/chromium.ts';
import { preventable } from './emitter.ts';
import { offer } from './faithful.ts';
import { DoubleIpcMain } from './ipc-main.ts';
import { DoubleMenu, DoubleMenuItem, onRole } from './desktop/menu.ts';
import { nativeImage as images } from './desktop/native-image.ts';
import { DoubleNotification } from './desktop/notification.ts';
import { DoubleProtocol } from './protocol.ts';
import { APPLY, DoubleSession } from './session.ts';
import { dialog as ownDialog, shell as ownShell } from './outside.ts';
import { DoubleScreen, DoubleTheme } from './surroundings.ts';
import { DoubleTray } from './desktop/tray.ts';
import { CRASH, THEME } from './window/web-contents.ts';

/** The module `electron` of the main process. What the double has not is not exported, and cannot be imported. */
type Main = typeof Electron.CrossProcessExports;

let chromium: Chromium | undefined;
let firstTarget: string | undefined;

const ownApp = new DoubleApp(process.env['ELECTRON_DOUBLE_APP'] ?? process.cwd(), async () =>
  chromium?.close(),
);
const ownProtocol = new DoubleProtocol(() => ownApp.isReady());
const ownSession = new DoubleSession(ownProtocol as unknown as Electron.Protocol, () => chromium);
const ownIpcMain = new DoubleIpcMain();
const ownTheme = new DoubleTheme((theme) => {
  for (const window of openWindows()) window[CONTENTS][THEME](theme);
});

export const app = offer<Main['app']>()(ownApp);
export const protocol = offer<Main['protocol']>()(ownProtocol);
export const ipcMain = offer<Main['ipcMain']>()(ownIpcMain);
export const nativeTheme = offer<Main['nativeTheme']>()(ownTheme);
export const session = { defaultSession: offer<Electron.Session>()(ownSession) };
export const BrowserWindow = offer<typeof Electron.BrowserWindow>()(DoubleWindow);
export const Menu = offer<typeof Electron.Menu>()(DoubleMenu);
export const MenuItem = offer<typeof Electron.MenuItem>()(DoubleMenuItem);
export const Tray = offer<typeof Electron.Tray>()(DoubleTray);
export const Notification = offer<typeof Electron.Notification>()(DoubleNotification);
export const nativeImage = offer<Main['nativeImage']>()(images);
export const dialog = offer<Main['dialog']>()(ownDialog);
export const shell = offer<Main['shell']>()(ownShell);
export const screen = offer<Main['screen']>()(new DoubleScreen());

/** All of it, as `import electron from 'electron'` has it. */
const electron = {
  app,
  protocol,
  ipcMain,
  nativeTheme,
  session,
  BrowserWindow,
  Menu,
  MenuItem,
  Tray,
  Notification,
  nativeImage,
  dialog,
  shell,
  screen,
};
export default electron;

onRole('quit', () => {
  ownApp.quit();
});
setWindowHost({
  chromium: running,
  ipcMain: ownIpcMain,
  protocol: ownProtocol,
  session: session.defaultSession,
  theme: () => ownTheme.themeSource,
  isReady: () => ownApp.isReady(),
  async takeTarget() {
    const first = firstTarget;
    firstTarget = undefined;
    if (first !== undefined) return first;
    const made = await running().connection.root.send('Target.createTarget', {
      url: 'about:blank',
      newWindow: true,
    });
    return made.targetId;
  },
  onCreated(window) {
    ownApp.emit('web-contents-created', preventable({}), window.webContents);
    ownApp.emit('browser-window-created', preventable({}), window);
  },
  onClosed() {
    if (openWindows().length === 0) ownApp[LAST_WINDOW_CLOSED]();
  },
});

function running(): Chromium {
  if (chromium === undefined) throw new Error('electron-double: the browser is not up');
  return chromium;
}

/** For the entry, once the main module is evaluated to its end, as in Electron: `ready` comes when Chromium is up. Returns its debugging port. */
export async function startDouble(): Promise<number> {
  await ownApp[START](async (switches) => {
    chromium = await startChromium(switches);
    await follow(chromium);
    await ownSession[APPLY]();
  });
  // Electron quits by these, unless the program does something of its own.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) ownApp.quit();
    });
  return running().port;
}

/** Keeps the windows and Chromium's targets together. */
async function follow({ connection }: Chromium): Promise<void> {
  const { root } = connection;
  root.on('Target.targetCreated', ({ targetInfo: { type, targetId, openerId } }) => {
    // Electron never makes a window that its program denies. Here it is there for a moment, without a network.
    if (type !== 'page' || openerId === undefined || windowOf(openerId) === undefined) return;
    void root.send('Target.closeTarget', { targetId }).catch(() => undefined);
  });
  root.on('Target.targetDestroyed', ({ targetId }) => {
    windowOf(targetId)?.destroy();
  });
  root.on('Target.targetCrashed', ({ targetId, status, errorCode }) => {
    const window = windowOf(targetId);
    if (window === undefined) return;
    const details = { reason: reasonOf(status), exitCode: errorCode };
    window[CONTENTS][CRASH](details);
    ownApp.emit('render-process-gone', preventable({}), window.webContents, details);
  });
  // Downloads of Electron are a matter of the program; here there are none.
  await root.send('Browser.setDownloadBehavior', { behavior: 'deny' });
  await root.send('Target.setDiscoverTargets', { discover: true });
  const { targetInfos } = await root.send('Target.getTargets');
  firstTarget = targetInfos.find(({ type }) => type === 'page')?.targetId;
  const { product } = await root.send('Browser.getVersion');
  Object.assign(process.versions, { chrome: product.split('/')[1] });
}

function windowOf(targetId: string): DoubleWindow | undefined {
  return openWindows().find((window) => window[TARGET] === targetId);
}

/** base::TerminationStatus, as DevTools and as Electron write it. */
function reasonOf(status: string): Electron.RenderProcessGoneDetails['reason'] {
  if (status === 'killed' || status === 'crashed' || status === 'oom') return status;
  return 'abnormal-exit';
}
