import { presumedFacts, type KillMode, type UnitFacts } from '#shared/killers/systemd.ts';
import { type OomPolicy } from '#shared/model/kill-order.ts';
import { SYSTEM_UNIT_FOLDERS, templateOf, uidOf, type UnitManager } from '#shared/model/unit.ts';
import { type FileTree } from '../../file-tree.ts';
import { type AskUnits } from './ask-systemd.ts';

const MOST_BYTES = 64 * 1024;
const MOST_DROP_INS = 32;

/** Where a user's manager looks for units (systemd.unit(5), "User Unit Search Path"), the first counting. */
function userFolders(uid: number): readonly string[] {
  return [
    `/run/user/${uid}/systemd/user.control`,
    `/run/user/${uid}/systemd/transient`,
    '/etc/systemd/user',
    `/run/user/${uid}/systemd/user`,
    '/run/systemd/user',
    '/usr/local/lib/systemd/user',
    '/usr/lib/systemd/user',
    '/lib/systemd/user',
  ];
}

/** Answers from the files of units where systemd does not: their drop-ins included, without what only a running manager knows. */
export function askUnitFiles(tree: FileTree): AskUnits {
  return (manager, names) => {
    const found = new Map<string, UnitFacts>();
    for (const name of names) {
      const facts = factsOf(tree, manager, name);
      if (facts !== undefined) found.set(name, facts);
    }
    return Promise.resolve(found);
  };
}

function factsOf(tree: FileTree, manager: UnitManager, name: string): UnitFacts | undefined {
  if (name.includes('/')) return undefined;
  const uid = uidOf(manager);
  const folders = uid === undefined ? SYSTEM_UNIT_FOLDERS : userFolders(uid);
  const texts = [unitText(tree, folders, name), ...dropIns(tree, folders, name)].filter(
    (text) => text !== undefined,
  );
  if (texts.length === 0) return undefined;
  const values = new Map(
    texts.flatMap((text) =>
      [...text.matchAll(/^(OOMPolicy|KillMode|Restart)=(.*)$/gm)].map(
        ([, key = '', value = '']) => [key, value.trim()] as const,
      ),
    ),
  );
  const presumed = presumedFacts({ manager, name });
  const policy = values.get('OOMPolicy') ?? '';
  const mode = values.get('KillMode') ?? '';
  const restart = values.get('Restart') ?? (name.endsWith('.service') ? 'no' : undefined);
  return {
    ...presumed,
    ...(isPolicy(policy) ? { oomPolicy: policy, presumed: false } : {}),
    ...(isMode(mode) ? { killMode: mode } : {}),
    ...(restart === undefined ? {} : { restart }),
  };
}

/** The file of a unit, or of the template that it is an instance of. */
function unitText(tree: FileTree, folders: readonly string[], name: string): string | undefined {
  const names = [name, templateOf(name)].filter((each) => each !== undefined);
  for (const each of names) {
    for (const folder of folders) {
      const text = tree.read(`${folder}/${each}`, MOST_BYTES);
      if (text !== undefined) return text;
    }
  }
  return undefined;
}

/** Drop-ins from the widest to the unit's own: `scope.d`, `app-.scope.d`, `app-gnome-.scope.d`, `app-gnome-x-1.scope.d`. */
function dropIns(tree: FileTree, folders: readonly string[], name: string): readonly string[] {
  const at = name.lastIndexOf('.');
  const stem = name.slice(0, at);
  const suffix = name.slice(at);
  const prefixes = [...stem.matchAll(/-/g)].map(({ index }) => `${stem.slice(0, index + 1)}${suffix}.d`);
  const files = new Map<string, string>();
  for (const each of [`${suffix.slice(1)}.d`, ...prefixes, `${name}.d`]) {
    for (const folder of folders.toReversed()) {
      for (const file of tree.names(`${folder}/${each}`).slice(0, MOST_DROP_INS)) {
        // A file of the same name in a closer folder takes the place of the other.
        if (!file.endsWith('.conf')) continue;
        files.delete(file);
        files.set(file, `${folder}/${each}/${file}`);
      }
    }
  }
  return [...files.values()].flatMap((path) => tree.read(path, MOST_BYTES) ?? []);
}

function isPolicy(text: string): text is OomPolicy {
  return text === 'stop' || text === 'continue' || text === 'kill';
}

function isMode(text: string): text is KillMode {
  return text === 'control-group' || text === 'mixed' || text === 'process' || text === 'none';
}
