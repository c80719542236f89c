import { fileURLToPath } from 'node:url';

/** Where Electron's package puts the binary that it fetches. */
export const ELECTRON_BINARY = fileURLToPath(
  new URL('../../../node_modules/electron/dist/electron', import.meta.url),
);
