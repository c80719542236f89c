import { basename, clean } from './clean.ts';
import { type FoundApplication } from './application.ts';
import { nameOfId } from './desktop-entries/index.ts';
import { type DesktopFile } from './desktop-entries/index.ts';
import { type NamedTask, type NamesWorld } from './facts.ts';
import { exePath } from './program.ts';
import { unitIn } from './unit-in.ts';

/** The application of a package whose processes all belong to it: flatpak, snap, a game of Steam's, an AppImage. */
export function packageOf(
  task: NamedTask,
  ancestors: readonly NamedTask[],
  world: NamesWorld,
): FoundApplication | undefined {
  const unit = unitIn(task.cgroup, world.desktop);
  if (unit?.kind === 'flatpak') return flatpak(unit.id, world);
  const sandboxed = sandboxOf(task, ancestors, world);
  if (sandboxed !== undefined) return flatpak(sandboxed, world);
  if (unit?.kind === 'snap') return snap(unit.id, world);
  const game = unit?.kind === 'steam' ? unit.id : gameOf([task, ...ancestors]);
  if (game !== undefined) return steamGame(game, world);
  return appImage(task, world);
}

function flatpak(id: string, { desktop }: NamesWorld): FoundApplication {
  return packaged(desktop.byId(id) ?? desktop.byKey(`flatpak:${id}`), id, nameOfId(id));
}

/** A flatpak application that was started without a unit of its own. */
function sandboxOf(task: NamedTask, ancestors: readonly NamedTask[], world: NamesWorld): string | undefined {
  const chain = [task, ...ancestors];
  return chain.some(({ comm }) => comm === 'bwrap') ? world.flatpak(chain.map(({ pid }) => pid)) : undefined;
}

/** `firefox_dev/firefox`: the instance of the snap, and the application in it. */
function snap(id: string, { desktop }: NamesWorld): FoundApplication {
  const [instance = '', app = ''] = id.split('/');
  return packaged(desktop.bySnap(instance, app), `snap:${instance}`, clean(instance));
}

function packaged(file: DesktopFile | undefined, id: string, name: string): FoundApplication {
  const icon = file?.icon;
  return {
    id: file?.id ?? clean(id),
    name: file?.name ?? name,
    kind: 'package',
    evidence: 'package',
    ...(icon === undefined ? {} : { icon }),
  };
}

/** The number of the game that the nearest `reaper` of Steam's was started for. */
function gameOf(chain: readonly NamedTask[]): string | undefined {
  const reaper = chain.find((task) => {
    const path = exePath(task);
    return path !== undefined && basename(path) === 'reaper' && task.argv.includes('SteamLaunch');
  });
  return reaper?.argv
    .map((word) => /^AppId=(\d{1,20})$/.exec(word)?.[1])
    .find((found) => found !== undefined);
}

function steamGame(number: string, { desktop, steamGame: nameOf }: NamesWorld): FoundApplication {
  const file = desktop.byKey(`steam:${number}`);
  const name = clean(nameOf(number) ?? file?.name ?? '', `game ${number}`);
  const icon = file?.icon;
  return {
    id: `steam:${number}`,
    name,
    kind: 'package',
    evidence: 'package',
    ...(icon === undefined ? {} : { icon }),
  };
}

/** AppImage's runtime: `.mount_` with six characters of its name and six random ones; the other form when it unpacks itself. */
const MOUNT = /^(\/.*\/(?:\.mount_(.{1,6})[A-Za-z0-9]{6}|appimage_extracted_[0-9a-f]{32}))\//;

function appImage(task: NamedTask, { desktop, appImage: fileOf }: NamesWorld): FoundApplication | undefined {
  const found = MOUNT.exec(exePath(task) ?? '');
  if (found === null) return undefined;
  const path = fileOf(found[1] ?? '');
  const file = path === undefined ? undefined : desktop.byKey(`appimage:${path}`);
  const stem = path === undefined ? (found[2] ?? 'AppImage') : appImageName(path);
  const shown = clean(stem, 'AppImage');
  return packaged(file, `appimage:${shown}`, shown);
}

/** `Obsidian-1.5.12-x86_64.AppImage` -> Obsidian. */
function appImageName(path: string): string {
  const stem = basename(path).replace(/\.AppImage$/i, '');
  const arch = stem.replace(/[-_.](?:x86[-_]64|amd64|aarch64|arm64|armhf|i[36]86|linux)(?=[-_.]|$)/gi, '');
  const name = arch.replace(/[-_ .]v?\d+(?:[.\d]+)?(?:[-_+.][\w.]*)?$/i, '');
  return name === '' ? stem : name;
}
