import { app, Menu, nativeImage, nativeTheme, Notification, Tray } from 'electron';
import { type MemoryLevel } from '#shared/model/alert.ts';
import { wordsFor } from '#shared/words/index.ts';
import { Autostart, startCommand } from './autostart.ts';
import { Presence } from './presence.ts';
import { hasTrayHost } from './tray/tray-host.ts';
import { TRAY_ICONS } from './tray/tray-icon.ts';

/** The icon in the panel and the notifications, of Electron's own. */
export function makePresence() {
  const autostart = new Autostart(
    startCommand({
      appImage: process.env['APPIMAGE'],
      isPackaged: app.isPackaged,
      execPath: process.execPath,
      appPath: app.getAppPath(),
    }),
  );
  const presence = new Presence({
    makeTray: (image) => new Tray(image),
    imageFor,
    makeMenu: Menu.buildFromTemplate.bind(Menu),
    isSupported: () => Notification.isSupported(),
    make: (options) => new Notification(options),
    autostart,
    hasTrayHost: () => hasTrayHost(process.env),
    setTheme: (theme) => {
      nativeTheme.themeSource = theme;
    },
    quit: () => {
      app.quit();
    },
    words: wordsFor(app.getLocale()),
    nowMs: Date.now,
  });
  return { autostart, presence };
}

/** Panels show it at 16 to 24 pixels, twice as many on dense screens. */
function imageFor(level: MemoryLevel) {
  const { at1x, at2x } = TRAY_ICONS[level];
  const image = nativeImage.createFromDataURL(at1x);
  image.addRepresentation({ scaleFactor: 2, dataURL: at2x });
  return image;
}
