import { fileURLToPath } from 'node:url';

/** Where Electron's package puts its binary when it is told to fetch it. */
export const ELECTRON_BINARY = fileURLToPath(
  new URL('../../../node_modules/electron/dist/electron', import.meta.url),
);
