import { chmodSync, lstatSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../../store/folders.ts';

/** A page that sends a browser on to an address which holds a secret: arguments and environments can be read by every user, this file cannot. */
export interface HandOver {
  readonly file: string;
  /** Takes the file away; does nothing when it is gone already. */
  remove(): void;
}

/** How long a browser may take to start and read the file. */
export const HAND_OVER_LIFE_MS = 2 * 60_000;
const FOLDER = 'lifeboat-open';
const NAME = /^open-[\w-]+\.html$/;

/** What decides where a browser can read a file. */
export interface HandOverFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly stateFolder: string;
  /** The desktop entry of the default browser, as `xdg-settings` says it. */
  readonly browser?: string;
}

/**
 * Folders that may hold the file, best first. A browser that came as a snap (its entry is `firefox_firefox.desktop`) reads neither the runtime
 * folder nor hidden ones, but its own below ~/snap.
 */
export function handOverFolders({ env, home, stateFolder, browser }: HandOverFacts): readonly string[] {
  const snap = /^([a-z0-9-]+)_[a-z0-9-]+\.desktop$/.exec(browser?.trim() ?? '')?.[1];
  const runtime = env['XDG_RUNTIME_DIR'];
  return [
    ...(snap === undefined ? [] : [join(home, 'snap', snap, 'common')]),
    ...(runtime?.startsWith('/') === true ? [runtime] : []),
    stateFolder,
  ];
}

/** Writes the file into a folder of its own below the first folder that is this user's; undefined where none is. */
export function writeHandOver(
  folders: readonly string[],
  address: string,
  randomName: string,
): HandOver | undefined {
  for (const parent of folders) {
    const folder = join(parent, FOLDER);
    try {
      if (!isOwnFolder(parent)) continue;
      makeFolder(folder);
      if (!isOwnFolder(folder)) continue;
      chmodSync(folder, 0o700);
      removeOld(folder);
      const file = join(folder, `open-${randomName}.html`);
      // Neither a file nor a link that is there already is written to.
      writeFileSync(file, pageFor(address), { mode: 0o600, flag: 'wx' });
      return {
        file,
        remove: () => {
          rmSync(file, { force: true });
        },
      };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }
  return undefined;
}

/** A folder that is there, is no link, and that only this user changes. */
function isOwnFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.geteuid?.() && (found.mode & 0o022) === 0;
}

/** What servers left behind that were killed. Their addresses work no longer. */
function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (NAME.test(name) && Date.now() - lstatSync(path).mtimeMs > HAND_OVER_LIFE_MS)
      rmSync(path, { force: true });
  }
}

function pageFor(address: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${address}">
<title>Lifeboat</title>
<a href="${address}">Lifeboat</a>
`;
}
