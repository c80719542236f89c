import { existsSync } from 'node:fs';
import { SYSTEM_UNIT_FOLDERS, templateOf, uidOf, type Unit } from '#shared/model/unit.ts';
import { homeFolder } from '../../../store/folders.ts';

/** Where user managers look besides the user's own folders (systemd.unit(5), "User Unit Search Path"). */
const USER_UNIT_FOLDERS = [
  ...['/etc/systemd/user', '/run/systemd/user', '/usr/local/share/systemd/user', '/usr/share/systemd/user'],
  ...['/usr/local/lib/systemd/user', '/usr/lib/systemd/user'],
];

/**
 * Whether a service manager has a file for a unit, or for the template of an instance; undefined where that is not to be known: the folders of
 * another user are that user's own. Slices and scopes need none.
 */
export function hasUnitFile({ manager, name }: Unit, root: string, ownUid: number): boolean | undefined {
  const uid = uidOf(manager);
  const folders =
    uid === undefined
      ? SYSTEM_UNIT_FOLDERS
      : [...USER_UNIT_FOLDERS, ...(uid === ownUid ? ownFolders(uid) : [])];
  const names = [name, templateOf(name) ?? name];
  const isThere = folders.some((folder) => names.some((each) => existsSync(`${root}${folder}/${each}`)));
  return isThere || uid === undefined || uid === ownUid ? isThere : undefined;
}

function ownFolders(uid: number): readonly string[] {
  const { XDG_CONFIG_HOME: config, XDG_DATA_HOME: data, XDG_RUNTIME_DIR: runtime } = process.env;
  const run = runtime ?? `/run/user/${uid}`;
  return [
    `${config?.startsWith('/') === true ? config : `${homeFolder()}/.config`}/systemd/user`,
    `${data?.startsWith('/') === true ? data : `${homeFolder()}/.local/share`}/systemd/user`,
    ...['user', 'transient', 'generator', 'generator.early', 'generator.late'].map(
      (each) => `${run}/systemd/${each}`,
    ),
  ];
}
