/**
 * What stands in for the `electron` binary: `node run.ts [-r FILE] FOLDER ARGUMENTS` runs the program in FOLDER over a real Chromium. See
 * README.md beside it for what it is and what it is not.
 *
 * In the environment: ELECTRON_DOUBLE_CONTROL, a socket on which a test runs functions in main; ELECTRON_DOUBLE_CHROMIUM, another browser;
 * ELECTRON_DOUBLE_HEADED=1, a window on the display; ELECTRON_DOUBLE_PACKAGED=1, as a packaged program; ELECTRON_DOUBLE_NO_NOTIFICATIONS=1, a
 * desktop without them; ELECTRON_DOUBLE_DEBUG=1, what Chromium says.
 */
import { readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { openControl } from './control.ts';

/** The version whose documents and types the double follows. */
const ELECTRON_VERSION = '45.3.4';
const MODULE = new URL('electron.ts', import.meta.url).href;

const { folder, required, rest } = readArguments(process.argv.slice(2));
const isPackaged = process.env['ELECTRON_DOUBLE_PACKAGED'] === '1';
process.env['ELECTRON_DOUBLE_APP'] = folder;
process.argv = [process.execPath, ...(isPackaged ? [] : [folder]), ...rest];
const versions = { ...process.versions, electron: ELECTRON_VERSION, chrome: '' };
Object.defineProperty(process, 'versions', { value: versions, enumerable: true });
Object.assign(process, {
  type: 'browser',
  resourcesPath: join(folder, 'resources'),
  defaultApp: !isPackaged,
});
registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'electron' && specifier !== 'electron/main') return next(specifier, context);
    return { url: MODULE, format: 'module', shortCircuit: true };
  },
});

const electron = await import('./electron.ts');
const control = process.env['ELECTRON_DOUBLE_CONTROL'];
for (const file of required) createRequire(import.meta.url)(resolve(file));
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly main?: string };
await import(pathToFileURL(join(folder, manifest.main ?? 'index.js')).href);
const port = await electron.startDouble();
// Only now can it be used.
if (control !== undefined) openControl(control, electron.default, port);

/** As Electron reads its own: what comes before the folder is for it, what comes behind is for the program. */
function readArguments(args: readonly string[]) {
  const { positionals, values, tokens } = parseArgs({
    args: [...args],
    options: { require: { type: 'string', short: 'r', multiple: true } },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const place = tokens.find(({ kind }) => kind === 'positional');
  if (place === undefined) throw new Error('run.ts: which folder?');
  const [given = ''] = positionals;
  return {
    folder: resolve(given),
    required: (values.require ?? []) as string[],
    rest: args.slice(place.index + 1),
  };
}
