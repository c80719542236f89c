import { type DesktopIndex } from './desktop-entries/index.ts';
import { unitApplication, type UnitApplication } from './unit-app.ts';

const known = new WeakMap<DesktopIndex, Map<string, UnitApplication | undefined>>();
/** Forgotten altogether when there are more: names of units never end. */
const MOST_PATHS = 10_000;

/** The application that a cgroup path names, with the desktop files of an index: worked out once for a path. */
export function unitIn(path: string, desktop: DesktopIndex): UnitApplication | undefined {
  let paths = known.get(desktop);
  if (paths === undefined || paths.size >= MOST_PATHS) {
    paths = new Map<string, UnitApplication | undefined>();
    known.set(desktop, paths);
  }
  if (paths.has(path)) return paths.get(path);
  const found = unitApplication(path, (id) => desktop.byId(id) !== undefined);
  paths.set(path, found);
  return found;
}
