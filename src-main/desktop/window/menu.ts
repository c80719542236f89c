import type { MenuItemConstructorOptions } from 'electron';

/** The menu behind Alt: it is there for its keys. Nothing in it reloads, navigates or opens developer tools. */
export const MENU: MenuItemConstructorOptions[] = [
  { role: 'fileMenu', submenu: [{ role: 'close' }, { role: 'quit' }] },
  {
    role: 'viewMenu',
    submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { role: 'togglefullscreen' }],
  },
];
