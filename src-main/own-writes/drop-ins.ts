import { readdirSync } from 'node:fs';
import { isStartingUnit, managerOfUser, type Unit } from '#shared/model/unit.ts';
import { withDescriptor } from '../proc/descriptors.ts';
import { readText } from '../proc/kernel-files.ts';
import { userUnitFolder } from './user-unit.ts';

/** A drop-in with the name of Lifeboat's, whoever wrote it. */
export interface FoundDropIn {
  readonly unit: Unit;
  readonly file: string;
  /** The OOMScoreAdjust= that it sets last; absent where it sets none. */
  readonly oomScoreAdj?: number;
}

/** More than are kept by hand; a folder with more of them is not read on. */
const MOST_FOUND = 500;

/** The drop-ins with the name of Lifeboat's for units of the system, and for those of this user. Folders that cannot be read hold none. */
export function findDropIns(root: string, ownUid: number): readonly FoundDropIn[] {
  const system = '/etc/systemd/system';
  const found = [
    ...filesIn(`${root}${system}`, system).map((file) => ({ manager: 'system', ...file }) as const),
    ...filesIn(userUnitFolder(), userUnitFolder()).map((file) => ({
      manager: managerOfUser(ownUid),
      ...file,
    })),
  ];
  return found.slice(0, MOST_FOUND).flatMap(({ manager, name, path, file }): readonly FoundDropIn[] => {
    const read = readText(path);
    if (!read.ok) return [];
    // The last one counts (systemd.syntax(7)).
    const adj = [...read.value.matchAll(/^[ \t]*OOMScoreAdjust[ \t]*=[ \t]*([+-]?\d{1,4})[ \t]*$/gm)].at(
      -1,
    )?.[1];
    return [{ unit: { manager, name }, file, ...(adj === undefined ? {} : { oomScoreAdj: Number(adj) }) }];
  });
}

/** `path` is where it is read, `file` what it is called. */
function filesIn(
  folder: string,
  called: string,
): readonly { readonly name: string; readonly path: string; readonly file: string }[] {
  try {
    return withDescriptor(() => readdirSync(folder))
      .flatMap((entry) => (entry.endsWith('.d') ? [entry.slice(0, -2)] : []))
      .filter((name) => isStartingUnit(name))
      .toSorted()
      .map((name) => ({
        name,
        path: `${folder}/${name}.d/90-lifeboat.conf`,
        file: `${called}/${name}.d/90-lifeboat.conf`,
      }));
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return [];
    throw error;
  }
}
