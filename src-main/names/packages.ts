import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { readMountinfo } from '../proc/mountinfo.ts';
import { type KernelFiles } from '../proc/kernel-files.ts';
import { type DataPlaces } from './data-places.ts';
import { type FileTree } from '../file-tree.ts';

const MOST_BYTES = 256 * 1024;
/** Answers that are remembered of one kind. */
const MOST_KEPT = 2_000;
const MOST_INSTANCES = 500;

/** What packages keep about what they have started: in files of the user's own, read once for each question. */
export class Packages {
  readonly #tree: FileTree;
  readonly #places: DataPlaces;
  readonly #files: KernelFiles;
  readonly #uid: number;
  readonly #games = new Map<string, string | undefined>();
  readonly #images = new Map<string, string | undefined>();
  readonly #electron = new Map<string, boolean>();
  #libraries: readonly string[] | undefined;
  #instances: { readonly mtimeMs: number; readonly byPid: ReadonlyMap<number, string> } | undefined;

  constructor(tree: FileTree, places: DataPlaces, files: KernelFiles, uid: number) {
    this.#tree = tree;
    this.#places = places;
    this.#files = files;
    this.#uid = uid;
  }

  /** The name of a game in the manifests of Steam's libraries. */
  steamGame(number: string): string | undefined {
    return kept(this.#games, number, () => {
      for (const library of this.#steamLibraries()) {
        const text = this.#tree.read(`${library}/steamapps/appmanifest_${number}.acf`, MOST_BYTES);
        const name = text === undefined ? undefined : valueOf(text, 'name');
        if (name !== undefined) return name;
      }
      return undefined;
    });
  }

  #steamLibraries(): readonly string[] {
    this.#libraries ??= this.#places.homes.flatMap((home) =>
      STEAM_FOLDERS.flatMap((folder) => {
        const own = `${home}/${folder}`;
        const text = this.#tree.read(`${own}/steamapps/libraryfolders.vdf`, MOST_BYTES);
        if (text === undefined) return [];
        const others = [...text.matchAll(/"path"\s*"((?:[^"\\]|\\.)*)"/g)].map(([, path = '']) =>
          unquoted(path),
        );
        return [...new Set([own, ...others.filter((path) => path.startsWith('/'))])].slice(0, 32);
      }),
    );
    return this.#libraries;
  }

  /** The name of an AppImage's file, by what our own mounts say of the folder that it runs from. */
  appImage(mount: string): string | undefined {
    return kept(this.#images, mount, () => {
      const mounts = readMountinfo(this.#files);
      const type = mounts.ok
        ? mounts.value.find(({ mountPoint }) => mountPoint === mount)?.fsType
        : undefined;
      // FUSE's subtype is the name of the file: fuse.Obsidian-1.5.AppImage.
      return type !== undefined && /^fuse\..+\.AppImage$/i.test(type)
        ? type.slice('fuse.'.length)
        : undefined;
    });
  }

  /** The flatpak application of a sandbox: its instances are folders of the user's, with the pid of the sandbox's first process. */
  flatpak(pids: readonly number[]): string | undefined {
    const folder = `/run/user/${this.#uid}/.flatpak`;
    const mtimeMs = this.#tree.stat(folder)?.mtimeMs;
    if (mtimeMs === undefined) return undefined;
    if (this.#instances?.mtimeMs !== mtimeMs)
      this.#instances = { mtimeMs, byPid: this.#readInstances(folder) };
    const { byPid } = this.#instances;
    return pids.map((pid) => byPid.get(pid)).find((id) => id !== undefined);
  }

  #readInstances(folder: string): ReadonlyMap<number, string> {
    const byPid = new Map<number, string>();
    for (const instance of this.#tree.names(folder).slice(0, MOST_INSTANCES)) {
      if (!/^\d+$/.test(instance)) continue;
      const info = this.#tree.read(`${folder}/${instance}/info`, MOST_BYTES) ?? '';
      const id = /^\[Application\][^[]*?^name=([\w.-]+)$/ms.exec(info)?.[1];
      const wrapped = this.#tree.read(`${folder}/${instance}/bwrapinfo.json`, MOST_BYTES) ?? '';
      const pid = Number(/"child-pid"\s*:\s*(\d{1,10})/.exec(wrapped)?.[1]);
      if (id !== undefined && Number.isSafeInteger(pid)) byPid.set(pid, id);
    }
    return byPid;
  }

  /** Whether the files beside a program are Chromium's or Electron's. */
  isElectron(exe: string): boolean {
    return (
      kept(this.#electron, exe, () => {
        const folder = this.#tree.root + dirname(exe);
        if (SHARED_FOLDERS.test(dirname(exe))) return false;
        return existsSync(`${folder}/chrome_100_percent.pak`) || existsSync(`${folder}/resources/app.asar`);
      }) === true
    );
  }
}

const STEAM_FOLDERS = [
  '.local/share/Steam',
  '.steam/steam',
  '.var/app/com.valvesoftware.Steam/.local/share/Steam',
  'snap/steam/common/.local/share/Steam',
];
/** Programs of all kinds lie there, and no application's own files. */
const SHARED_FOLDERS = /^\/(?:usr\/(?:local\/)?)?s?bin$/;

function kept<K, V>(map: Map<K, V>, key: K, read: () => V): V | undefined {
  if (map.has(key)) return map.get(key);
  if (map.size >= MOST_KEPT) map.clear();
  const value = read();
  map.set(key, value);
  return value;
}

/** The first value of a key in Valve's text format: `"name"		"ELDEN RING"`. */
function valueOf(text: string, key: string): string | undefined {
  const value = new RegExp(`"${key}"\\s*"((?:[^"\\\\]|\\\\.)*)"`).exec(text)?.[1];
  return value === undefined || value === '' ? undefined : unquoted(value);
}

function unquoted(value: string): string {
  return value.replace(/\\(.)/g, '$1');
}
