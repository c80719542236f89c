import { createHash } from 'node:crypto';
import { type FileTree } from '../file-tree.ts';
import { type DataPlaces } from './data-places.ts';
import { iconType, MOST_ICON_BYTES } from './icon-file.ts';

/** An icon, ready to be shown. */
export interface IconFile {
  readonly body: Buffer;
  readonly contentType: 'image/png' | 'image/svg+xml';
}

/** 32 CSS pixels wide: 48 or 64 serve screens of twice the density as well. */
const SIZES = ['48x48', '64x64', '128x128', 'scalable', '256x256', '512x512', '32x32'];
const THEMES = ['hicolor', 'Adwaita', 'breeze'];
const ENDINGS = ['png', 'svg'];
/** Paths that are looked at for one icon. */
const MOST_LOOKS = 60;
const MOST_ICONS = 2_000;
/** Contents that are kept in memory. */
const MOST_KEPT_BYTES = 4 * 1024 * 1024;

/** Where icons may really lie, links followed. */
const ROOTS =
  /^\/(?:snap|var\/lib\/snapd|var\/lib\/flatpak|nix\/store|opt|usr\/lib|usr\/share|usr\/local\/share)\//;
const HOME_ROOTS = /^\/(?:\.icons|\.local\/share\/(?:icons|flatpak|waydroid\/data\/icons|applications))\//;

/**
 * The icons of applications, by addresses that only this list gives out: no path of a request ever reaches the file system. Found once for each
 * application, and read when they are first shown.
 */
export class Icons {
  readonly #tree: FileTree;
  readonly #places: DataPlaces;
  /** By application and icon; undefined where there is none. */
  readonly #addresses = new Map<string, string | undefined>();
  readonly #paths = new Map<string, string>();
  /** The last shown ones last. */
  readonly #kept = new Map<string, IconFile>();
  #keptBytes = 0;

  constructor(tree: FileTree, places: DataPlaces) {
    this.#tree = tree;
    this.#places = places;
  }

  /** The address of an application's icon below `/icons/`: 16 hexadecimal digits. Undefined where it has none that can be shown. */
  addressOf(appId: string, icon: string): string | undefined {
    const key = `${appId}\0${icon}`;
    if (this.#addresses.has(key)) return this.#addresses.get(key);
    if (this.#addresses.size >= MOST_ICONS) {
      this.#addresses.clear();
      this.#paths.clear();
    }
    const found = this.#find(icon);
    const address =
      found === undefined
        ? undefined
        : createHash('sha256').update(`${appId}\0${found.path}\0${found.mtimeMs}`).digest('hex').slice(0, 16);
    this.#addresses.set(key, address);
    if (address !== undefined && found !== undefined) this.#paths.set(address, found.path);
    return address;
  }

  /** The icon at an address that was given out; undefined for every other. */
  at(address: string): IconFile | undefined {
    const path = this.#paths.get(address);
    if (path === undefined) return undefined;
    const kept = this.#kept.get(address);
    if (kept !== undefined) {
      this.#kept.delete(address);
      this.#kept.set(address, kept);
      return kept;
    }
    const file = this.#read(path);
    if (file !== undefined) this.#keep(address, file);
    return file;
  }

  #keep(address: string, file: IconFile): void {
    this.#kept.set(address, file);
    this.#keptBytes += file.body.length;
    for (const [oldest, { body }] of this.#kept) {
      if (this.#keptBytes <= MOST_KEPT_BYTES) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= body.length;
    }
  }

  #read(path: string): IconFile | undefined {
    const body = this.#tree.readWhole(path, MOST_ICON_BYTES);
    const contentType = body === undefined ? undefined : iconType(body);
    return body === undefined || contentType === undefined ? undefined : { body, contentType };
  }

  /** The first file of an icon that is an icon, where it really lies. */
  #find(icon: string): { readonly path: string; readonly mtimeMs: number } | undefined {
    for (const path of this.#candidates(icon)) {
      const stat = this.#tree.stat(path);
      if (stat === undefined || stat.isFolder) continue;
      const real = this.#tree.realPath(path);
      if (real === undefined || !this.#isAllowed(real) || this.#read(real) === undefined) continue;
      return { path: real, mtimeMs: stat.mtimeMs };
    }
    return undefined;
  }

  #candidates(icon: string): readonly string[] {
    if (icon.includes('\0')) return [];
    if (icon.startsWith('/')) return [icon];
    const name = icon.replace(/\.(?:png|svg|xpm)$/, '');
    if (name === '' || name.includes('/') || name === '..') return [];
    const folders = [
      ...this.#places.homes.map((home) => `${home}/.icons`),
      ...this.#places.dataFolders.map((folder) => `${folder}/icons`),
    ].filter((folder) => this.#tree.stat(folder)?.isFolder === true);
    const inThemes = folders.flatMap((folder) =>
      THEMES.filter((theme) => this.#tree.stat(`${folder}/${theme}`)?.isFolder === true).flatMap((theme) =>
        SIZES.flatMap((size) =>
          ENDINGS.map((ending) => pathIn(`${folder}/${theme}`, theme, size, name, ending)),
        ),
      ),
    );
    const loose = ENDINGS.map((ending) => `/usr/share/pixmaps/${name}.${ending}`);
    return [...inThemes.slice(0, MOST_LOOKS), ...loose];
  }

  #isAllowed(path: string): boolean {
    if (ROOTS.test(path)) return true;
    return this.#places.homes.some(
      (home) => path.startsWith(`${home}/`) && HOME_ROOTS.test(path.slice(home.length)),
    );
  }
}

/** Breeze sorts by kind and then by size. */
function pathIn(folder: string, theme: string, size: string, name: string, ending: string): string {
  const inTheme = theme === 'breeze' ? `apps/${size.replace(/x.*/, '')}` : `${size}/apps`;
  return `${folder}/${inTheme}/${name}.${ending}`;
}
