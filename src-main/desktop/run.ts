import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeImage,
  nativeTheme,
  protocol,
  screen,
  session,
  shell,
} from 'electron';
import { join } from 'node:path';
import { type Failure } from '#shared/result.ts';
import { serve } from '#shared/contract/server.ts';
import { failureLine, wordsFor } from '#shared/words/index.ts';
import { logLine } from '../log-line.ts';
import { compose } from '../composition.ts';
import iconAddress from '../../packaging/icons/png/128x128.png?inline';
import { stateFolder } from '../store/folders.ts';
import { createWindowLines } from '../transport/electron.ts';
import { readWebFiles } from '../transport/web-files.ts';
import { webIcons } from '../transport/web-icons.ts';
import { isOwnAddress, SCHEME } from './window/address.ts';
import { whenClosed } from './window/closing.ts';
import { makePresence } from './electron-presence.ts';
import { MENU } from './window/menu.ts';
import { answerPage } from './window/page.ts';
import { quitAfter } from './quit.ts';
import { confine, denyPermissions, webPreferences } from './window/security.ts';
import { fitPlace, placeFile } from './window/window-place.ts';
import { MainWindow } from './window/window.ts';
import { logLines } from '#shared/words/en/log.ts';

/** Starts without a window, as at login. */
const HIDDEN = '--hidden';

/**
 * Wires the desktop program once Electron is ready; the modules beside this one decide. `pageSandbox`: whether its page runs in a sandbox.
 */
export function runDesktop(pageSandbox: boolean): void {
  const page = readWebFiles(join(import.meta.dirname, '../renderer'));
  if (!page.ok) {
    giveUp(page.error);
    return;
  }
  const { autostart, presence } = makePresence();
  const composed = compose({
    policy: 'when-asked',
    asks: 'desktop',
    log: logLine,
    desktop: presence.desktop,
    onSnapshot: (snapshot) => {
      presence.onSnapshot(snapshot);
    },
    onAlert: (alert, interrupts) => {
      presence.onAlert(alert, interrupts);
    },
    pageSandbox,
  });
  if (!composed.ok) {
    giveUp(composed.error);
    return;
  }
  const lifeboat = composed.value;
  lifeboat.followRules();

  Menu.setApplicationMenu(Menu.buildFromTemplate(MENU));
  denyPermissions(session.defaultSession);
  const appIcon = webIcons(lifeboat.icons);
  protocol.handle(SCHEME, (request) => answerPage(page.value, request, appIcon));
  app.on('web-contents-created', (_event, contents) => {
    confine(contents, shell, logLine);
  });

  const lines = createWindowLines({
    ipcMain,
    isOwnAddress,
    onLine: (channel) => {
      serve(channel, lifeboat.handlers, logLine);
    },
    log: logLine,
    nowMs: Date.now,
  });
  // For desktops that do not find the entry of a program by its window.
  const icon = nativeImage.createFromDataURL(iconAddress);
  const places = placeFile(stateFolder(), logLine);
  const window = new MainWindow({
    makeWindow: (options) => new BrowserWindow({ ...options, icon, backgroundColor: backgroundColor() }),
    webPreferences: webPreferences(join(import.meta.dirname, '../preload/preload.cjs')),
    place: () => {
      const saved = places.read();
      return { ...fitPlace(saved, screen.getAllDisplays()), maximized: saved?.maximized === true };
    },
    onPlace: (place) => {
      places.write(place);
    },
    onMade: ({ webContents }) => {
      lines.accept(webContents);
    },
    onSeen: ({ webContents }, seen) => {
      lines.setSeen(webContents, seen);
    },
    whenClosed: () => whenClosed(lifeboat.settings.settings, presence.hasTray),
    quit: () => {
      app.quit();
    },
    askToRetry: async (reason) => {
      const words = wordsFor(app.getLocale()).desktopWindow;
      const { response } = await dialog.showMessageBox({
        type: 'warning',
        title: 'Lifeboat',
        message: words.pageEnds,
        detail: words.pageEndsDetail(reason),
        buttons: [words.tryAgain, words.quit],
        defaultId: 0,
        cancelId: 1,
      });
      return response === 0;
    },
    log: logLine,
    nowMs: Date.now,
  });

  app.on('second-instance', (_event, argv) => {
    if (!argv.includes(HIDDEN)) window.show();
  });
  app.on('window-all-closed', () => {
    if (!window.isLetGo) app.quit();
  });
  app.on('before-quit', () => {
    window.prepareQuit();
  });
  quitAfter(app, async () => {
    presence.close();
    lines.close();
    await lifeboat.close();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      app.quit();
    });
  }

  presence.begin(lifeboat, window);
  const refreshed = autostart.refresh();
  if (!refreshed.ok) logLine(failureLine(refreshed.error));
  if (process.argv.includes(HIDDEN)) logLine(logLines.inBackground);
  else window.show();
  void lifeboat.learnIdentity();
}

/** What is there before the page has painted: `--bg` of its tokens. */
function backgroundColor(): string {
  return nativeTheme.shouldUseDarkColors ? '#0e1418' : '#f4f6f8';
}

function giveUp(failure: Failure): void {
  const text = failureLine(failure);
  logLine(text);
  dialog.showErrorBox(wordsFor(app.getLocale()).desktopWindow.cannotStart, text);
  app.exit(1);
}
