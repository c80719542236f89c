import { type FileTree } from '../file-tree.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where applications, icons and programs lie, the first place of a name counting. */
export interface DataPlaces {
  /** Folders with `applications` and `icons` in them. */
  readonly dataFolders: readonly string[];
  readonly programFolders: readonly string[];
  /** Homes whose files may be read. */
  readonly homes: readonly string[];
}

/** Users with a home of their own (login.defs, UID_MIN). */
const FIRST_USER = 1000;
const MOST_HOMES = 16;

/**
 * The places of the XDG Base Directory Specification, and those that packages and systems have beside them: a service's environment may lack them.
 * Run by root, homes of others are left out: their links and pipes are not to be followed with root's rights.
 */
export function dataPlaces(tree: FileTree, env: Environment, home: string, ownUid: number): DataPlaces {
  const isOwn = tree.root === '';
  const isForeign = isOwn && ownUid === 0 && (tree.stat(home)?.uid ?? 0) !== 0;
  const homes = isForeign ? [] : isOwn ? [home] : homesOf(tree);
  const listed = (name: string): readonly string[] =>
    isOwn ? (env[name] ?? '').split(':').filter((path) => path.startsWith('/')) : [];
  const ownData = listed('XDG_DATA_HOME').slice(0, 1);
  const userName = home.slice(home.lastIndexOf('/') + 1);
  const shared = listed('XDG_DATA_DIRS');
  const dataFolders = [
    ...(isForeign ? [] : ownData),
    ...(ownData.length > 0 && !isForeign ? [] : homes.map((each) => `${each}/.local/share`)),
    ...homes.map((each) => `${each}/.local/share/flatpak/exports/share`),
    ...(shared.length > 0 ? shared : ['/usr/local/share', '/usr/share']),
    '/var/lib/flatpak/exports/share',
    '/var/lib/snapd/desktop',
    '/run/current-system/sw/share',
    `/etc/profiles/per-user/${userName}/share`,
  ];
  const programFolders = [
    ...listed('PATH'),
    ...homes.map((each) => `${each}/.local/bin`),
    '/usr/local/bin',
    '/usr/bin',
    '/bin',
    '/usr/games',
    '/usr/sbin',
    '/snap/bin',
    '/run/current-system/sw/bin',
  ];
  return { dataFolders: [...new Set(dataFolders)], programFolders: [...new Set(programFolders)], homes };
}

/** The homes in the user database of a tree. */
function homesOf(tree: FileTree): readonly string[] {
  const lines = (tree.read('/etc/passwd', 64 * 1024) ?? '').split('\n');
  return lines
    .flatMap((line) => {
      const [, , uid, , , home = ''] = line.split(':');
      return Number(uid) >= FIRST_USER && Number(uid) < 60_000 && home.startsWith('/') ? [home] : [];
    })
    .slice(0, MOST_HOMES);
}
