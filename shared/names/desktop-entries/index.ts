import { basename, clean } from '../clean.ts';
import { type DesktopEntry } from './entry.ts';
import { execTarget, hasNoIdentity } from './exec.ts';

/** An application as its desktop file describes it. */
export interface DesktopFile extends DesktopEntry {
  /** Name of the file without `.desktop`, folders joined by dashes. */
  readonly id: string;
  /** Where the program of Exec= really lies, links followed; absent where it is not there. */
  readonly program?: string;
  /** The same of TryExec=. */
  readonly otherProgram?: string;
}

/** All applications of a machine, for questions by id, program and package. The first file of an id counts. */
export class DesktopIndex {
  readonly #byId = new Map<string, DesktopFile>();
  readonly #byProgram = new Map<string, DesktopFile[]>();
  readonly #byBasename = new Map<string, DesktopFile[]>();
  readonly #byKey = new Map<string, DesktopFile[]>();

  constructor(files: Iterable<DesktopFile>) {
    for (const file of files) {
      if (this.#byId.has(file.id)) continue;
      this.#byId.set(file.id, file);
      this.#addKeys(file);
    }
  }

  get size(): number {
    return this.#byId.size;
  }

  byId(id: string): DesktopFile | undefined {
    return this.#byId.get(id);
  }

  /** The one visible application whose program that file is; several of a suite give the suite's start centre. */
  byProgram(path: string): DesktopFile | undefined {
    return theOne(this.#byProgram.get(path) ?? []);
  }

  /** The one visible application whose program has that name. */
  byBasename(name: string): DesktopFile | undefined {
    return theOne(this.#byBasename.get(name) ?? []);
  }

  /** The one visible application whose id or program has that name; of several the one whose windows have it. */
  byIdOrBasename(name: string): DesktopFile | undefined {
    const file = this.#byId.get(name);
    const others = (this.#byBasename.get(name) ?? []).filter((each) => each !== file);
    const all = file === undefined || file.noDisplay ? others : [file, ...others];
    return theOne(all) ?? theOne(all.filter(({ wmClass }) => wmClass === name));
  }

  /** The one application that is started by way of another program: `steam:1245620`. */
  byKey(key: string): DesktopFile | undefined {
    return theOne(this.#byKey.get(key) ?? []);
  }

  /** An application of a snap: that with this app's name, else the only one. */
  bySnap(instance: string, app: string): DesktopFile | undefined {
    return (
      theOne(this.#byKey.get(`snap-app:${instance}/${app}`) ?? []) ??
      theOne(this.#byKey.get(`snap-instance:${instance}`) ?? [])
    );
  }

  /** The visible application in place of one that is not shown and runs the same program. */
  visible(file: DesktopFile): DesktopFile {
    if (!file.noDisplay || file.program === undefined) return file;
    return this.byProgram(file.program) ?? file;
  }

  #addKeys(file: DesktopFile): void {
    const target = file.exec === undefined ? {} : execTarget(file.exec);
    const key = (name: string | undefined) => {
      if (name !== undefined) add(this.#byKey, name, file);
    };
    key(target.key);
    if (file.flatpak !== undefined) key(`flatpak:${file.flatpak}`);
    if (file.snapInstance !== undefined) {
      key(`snap-instance:${file.snapInstance}`);
      key(`snap-app:${file.snapInstance}/${file.snapApp ?? file.snapInstance}`);
    }
    if (file.execLocation !== undefined) key(`appimage:${basename(file.execLocation)}`);
    if (file.noDisplay || target.program === undefined) return;
    if (file.program !== undefined && hasNoIdentity(file.program)) return;
    for (const program of [file.program, file.otherProgram])
      if (program !== undefined && !hasNoIdentity(program)) add(this.#byProgram, program, file);
    const names = new Set([basename(target.program), basename(file.program ?? target.program)]);
    for (const name of names) add(this.#byBasename, name, file);
  }
}

function add(map: Map<string, DesktopFile[]>, key: string, file: DesktopFile): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [file]);
  else if (!known.includes(file)) known.push(file);
}

/** One file, or the start centre of a suite whose modules share one program; undefined for none and for a tie. */
function theOne(files: readonly DesktopFile[]): DesktopFile | undefined {
  const shown = files.filter(({ noDisplay }) => !noDisplay);
  const all = shown.length === 0 ? files : shown;
  if (all.length < 2) return all[0];
  const centre = all.find(({ id }) => id.endsWith('startcenter'));
  const prefix = centre?.id.slice(0, -'startcenter'.length) ?? '';
  return prefix !== '' && all.every(({ id }) => id.startsWith(prefix)) ? centre : undefined;
}

/** A name for an id without a file: the last part where it has two dots or more (`org.kde.kate` -> kate). */
export function nameOfId(id: string): string {
  const parts = id.split('.');
  return clean((parts.length > 2 ? parts.at(-1) : undefined) ?? id, id);
}
