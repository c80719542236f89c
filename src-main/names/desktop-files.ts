import { localeNames, parseDesktopEntry } from '#shared/names/desktop-entries/entry.ts';
import { execTarget, hasNoIdentity } from '#shared/names/desktop-entries/exec.ts';
import { DesktopIndex, type DesktopFile } from '#shared/names/desktop-entries/index.ts';
import { compact } from '#shared/optional.ts';
import { type DataPlaces } from './data-places.ts';
import { type FileTree } from '../file-tree.ts';

const MOST_FILE_BYTES = 64 * 1024;
const MOST_FILES = 2_000;
/** Folders below `applications`. */
const MOST_DEPTH = 2;
/** Least time between two looks for new files, in milliseconds. */
const LOOK_AGAIN_MS = 30_000;

/** The applications of this machine. Read when they are first asked for, and again when a folder has changed. */
export class DesktopFiles {
  readonly #tree: FileTree;
  readonly #places: DataPlaces;
  readonly #locales: readonly string[];
  readonly #nowMs: () => number;
  #index: DesktopIndex | undefined;
  #mtimes: ReadonlyMap<string, number> = new Map();
  #lookedAtMs = -Infinity;
  #isLooking = false;

  constructor(
    tree: FileTree,
    places: DataPlaces,
    locale: string,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#tree = tree;
    this.#places = places;
    this.#locales = localeNames(locale);
    this.#nowMs = nowMs;
  }

  /** All applications, as far as they are known. */
  get index(): DesktopIndex {
    return (this.#index ??= this.#read());
  }

  /** Nothing was found for a process: an application may have been installed. Looks for that after the present work, and not too often. */
  missed(): void {
    if (this.#isLooking || this.#nowMs() - this.#lookedAtMs < LOOK_AGAIN_MS) return;
    this.#isLooking = true;
    setImmediate(() => {
      this.#isLooking = false;
      this.lookAgain();
    });
  }

  /** Reads all again where a folder has changed. */
  lookAgain(): void {
    this.#lookedAtMs = this.#nowMs();
    const hasChanged = [...this.#mtimes].some(
      ([path, mtimeMs]) => (this.#tree.stat(path)?.mtimeMs ?? 0) !== mtimeMs,
    );
    if (hasChanged) this.#index = this.#read();
  }

  #read(): DesktopIndex {
    this.#lookedAtMs = this.#nowMs();
    const files: DesktopFile[] = [];
    const mtimes = new Map<string, number>();
    for (const folder of this.#places.dataFolders) {
      this.#readFolder(`${folder}/applications`, '', 0, files, mtimes);
    }
    this.#mtimes = mtimes;
    return new DesktopIndex(files);
  }

  #readFolder(
    path: string,
    prefix: string,
    depth: number,
    files: DesktopFile[],
    mtimes: Map<string, number>,
  ): void {
    const stat = this.#tree.stat(path);
    mtimes.set(path, stat?.mtimeMs ?? 0);
    if (stat?.isFolder !== true) return;
    for (const name of this.#tree.names(path)) {
      if (files.length >= MOST_FILES) return;
      if (name.endsWith('.desktop')) {
        const id = prefix + name.slice(0, -'.desktop'.length);
        const file = id === '' ? undefined : this.#readFile(`${path}/${name}`, id);
        if (file !== undefined) files.push(file);
      } else if (
        depth < MOST_DEPTH &&
        !name.includes('.') &&
        this.#tree.stat(`${path}/${name}`)?.isFolder === true
      ) {
        this.#readFolder(`${path}/${name}`, `${prefix}${name}-`, depth + 1, files, mtimes);
      }
    }
  }

  #readFile(path: string, id: string): DesktopFile | undefined {
    const text = this.#tree.read(path, MOST_FILE_BYTES);
    const entry = text === undefined ? undefined : parseDesktopEntry(text, this.#locales);
    if (entry === undefined) return undefined;
    const target = entry.exec === undefined ? {} : execTarget(entry.exec);
    return {
      ...entry,
      id,
      ...compact({ program: this.#resolve(target.program), otherProgram: this.#resolve(entry.tryExec) }),
    };
  }

  /** Where a program really lies: by its path, or in the folders of programs. */
  #resolve(program: string | undefined): string | undefined {
    if (program === undefined || program === '' || hasNoIdentity(program)) return undefined;
    if (program.startsWith('/')) return this.#tree.realPath(program);
    if (program.includes('/')) return undefined;
    for (const folder of this.#places.programFolders) {
      const found = this.#tree.realPath(`${folder}/${program}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
