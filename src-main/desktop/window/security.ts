import type { App, Session, Shell, WebContents, WebPreferences } from 'electron';
import { type Log } from '#shared/contract/server.ts';
import { safeText, shorten } from '#shared/format/safe-text.ts';
import { mayOpenOutside } from './address.ts';
import { logLines } from '#shared/words/en/log.ts';

/**
 * Puts every page into Chromium's sandbox; false where Lifeboat was started without one, as an AppImage is on systems that allow none. There it
 * is left off: `enableSandbox` would take --no-sandbox away from processes to come (`RemoveNoSandboxSwitch` in electron_api_app.cc), and they
 * would not start.
 */
export function enterSandbox(app: Pick<App, 'commandLine' | 'enableSandbox'>): boolean {
  if (app.commandLine.hasSwitch('no-sandbox')) return false;
  app.enableSandbox();
  return true;
}

/** What a page may do: next to nothing. Most of these are Electron's defaults, and are said so that no later default loosens them. */
export function webPreferences(preload: string): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  };
}

/** Denies every permission there is, which Electron would grant, and every download. */
export function denyPermissions(
  session: Pick<
    Session,
    'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler' | 'on'
  >,
): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => {
    decide(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => {
    event.preventDefault();
  });
}

/** Keeps contents on the page that they were given: no navigation, no frames, no popups. Links to a few known hosts open in the browser. */
export function confine(contents: WebContents, shell: Pick<Shell, 'openExternal'>, log: Log): void {
  const refuse = (what: string, address: string) => {
    log(`refused ${what} ${shorten(safeText(address), 200)}`);
  };
  const openOutside = (address: string) => {
    shell.openExternal(address).catch((error: unknown) => {
      log(`${address} cannot be opened: ${String(error)}`);
    });
  };
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) openOutside(url);
    else refuse('to open', url);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event) => {
    event.preventDefault();
    if (mayOpenOutside(event.url)) openOutside(event.url);
    else refuse('to go to', event.url);
  });
  // `will-navigate` handles the page itself.
  contents.on('will-frame-navigate', (event) => {
    if (event.isMainFrame) return;
    event.preventDefault();
    refuse('a frame with', event.url);
  });
  contents.on('will-redirect', (event) => {
    event.preventDefault();
    refuse(logLines.navigation, event.url);
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    refuse('a webview', '');
  });
}
