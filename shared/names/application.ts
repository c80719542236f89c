import { unitsOf } from '../kernel/cgroup/names.ts';
import { type NameEvidence } from '../model/owners/names.ts';
import { type Unit } from '../model/unit.ts';
import { basename, clean, folderOf } from './clean.ts';
import { type DesktopFile } from './desktop-entries/index.ts';
import { isBarrier, isTerminal, terminalName } from './barriers.ts';
import { type NamedContainer, type NamedTask, type NamesWorld } from './facts.ts';
import { packageOf } from './packages.ts';
import { exePath, provenPath, wordsOf, type Program } from './program.ts';
import { qemuName } from './roles/servers.ts';
import { type UnitApplication } from './unit-app.ts';
import { unitIn } from './unit-in.ts';
import { unescapeUnitText } from '../kernel/cgroup/unit-text.ts';

/** An application, and what proves that a process belongs to it. */
export interface FoundApplication {
  readonly id: string;
  readonly name: string;
  readonly kind: 'container' | 'package' | 'desktop' | 'unit' | 'vm';
  readonly evidence: NameEvidence;
  readonly icon?: string;
}

/** What is known of a process before its application is looked for. */
export interface Subject {
  readonly task: NamedTask;
  readonly program: Program;
  readonly ancestors: readonly NamedTask[];
  readonly container: NamedContainer | undefined;
  /** Programs that run for an application and are none themselves: WebKit's processes, language servers. */
  readonly isOwnProgram: boolean;
}

/** Where a process belongs: its application, and the terminal that it runs in. */
export interface Place {
  readonly app?: FoundApplication;
  readonly within?: string;
}

/** Folders in which programs of all kinds lie: being in the same one says nothing. */
const COMMON_FOLDERS =
  /^(?:|\/|\/bin|\/sbin|\/usr\/(?:local\/)?(?:bin|sbin|lib|libexec|games)|\/usr\/lib\/[\w-]+-linux-gnu|\/app\/bin|\/run\/current-system\/sw\/bin|\/home\/[^/]+(?:\/\.local\/bin)?|\/root|\/tmp)$/;
const CHROMIUMS = /^(?:chromium|chromium-browser|chrome)$/;

/** The application of a process, by the first rule that gives exactly one answer; docs/names.md has the table. */
export function placeOf(subject: Subject, world: NamesWorld): Place {
  const { task, program, container, ancestors } = subject;
  if (container !== undefined) return { app: inContainer(container, task, world) };
  const packaged = packageOf(task, ancestors, world);
  if (packaged !== undefined) return { app: packaged };
  const inUnit = byUnit(task, program, world);
  const within = inUnit.within ?? withinTerminal(task, ancestors, world);
  const app = inUnit.app ?? byProgram(task, world) ?? byParent(subject, world) ?? bySystem(task);
  return { ...(app === undefined ? {} : { app }), ...(within === undefined ? {} : { within }) };
}

function inContainer({ name, id }: NamedContainer, task: NamedTask, world: NamesWorld): FoundApplication {
  const android = /^[a-z]\w*(?:\.\w+)+$/.exec((task.argv[0] ?? '').replace(/:\w+$/, ''))?.[0];
  if (/^waydroid$/.test(name) && android !== undefined) {
    const file = world.desktop.byId(`waydroid.${android}`);
    if (file !== undefined) return fromFile(file, 'package', 'package');
  }
  const shown = clean(name, id ?? 'container');
  return { id: `container:${shown}`, name: shown, kind: 'container', evidence: 'unit' };
}

/** An application as its desktop file describes it. */
function fromFile(
  file: DesktopFile,
  evidence: NameEvidence,
  kind: FoundApplication['kind'] = 'desktop',
): FoundApplication {
  const { id, name, icon } = file;
  return { id, name, kind, evidence, ...(icon === undefined ? {} : { icon }) };
}

/** By the unit that a desktop has started the application in. */
function byUnit(task: NamedTask, program: Program, world: NamesWorld): Place {
  const { desktop } = world;
  const unit = unitIn(task.cgroup, desktop);
  if (unit === undefined) return {};
  const file = fileOfUnit(unit, world);
  if (isTerminal(unit, file) || unit.kind === 'launcher') {
    const own = file !== undefined && isProgramOf(task, file, world);
    if (own) return { app: fromFile(file, 'unit') };
    return unit.kind === 'launcher' ? {} : { within: terminalName(unit, world) };
  }
  if (file === undefined) return {};
  // Chromium's own name for its scope is used by all that is built on it.
  if (
    unit.kind === 'browser-scope' &&
    !CHROMIUMS.test(program.path === undefined ? '' : basename(program.path))
  )
    return {};
  if (task.hasTty && !isProgramOf(task, file, world)) return { within: file.name };
  return { app: fromFile(desktop.visible(file), 'unit') };
}

function fileOfUnit({ id, kind }: UnitApplication, { desktop }: NamesWorld): DesktopFile | undefined {
  return desktop.byId(id) ?? (kind === 'terminal' ? desktop.byIdOrBasename(id) : undefined);
}

/** Whether a process runs the program of an application's own Exec=. */
function isProgramOf(task: NamedTask, file: DesktopFile, world: NamesWorld): boolean {
  const path = exePath(task);
  if (path === undefined) return false;
  if (file.program === path) return true;
  const found = byProgram(task, world);
  return found?.id === world.desktop.visible(file).id;
}

/** Programs whose file has another name than the application's command. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  chrome: ['google-chrome', 'google-chrome-stable', 'google-chrome-beta', 'google-chrome-unstable'],
  'firefox-bin': ['firefox'],
  'soffice.bin': ['soffice', 'libreoffice'],
  oosplash: ['soffice', 'libreoffice'],
  'gnome-terminal-server': ['gnome-terminal'],
  'thunderbird-bin': ['thunderbird'],
};

/** By its own program, of exactly one visible application. */
function byProgram(task: NamedTask, world: NamesWorld): FoundApplication | undefined {
  const path = exePath(task);
  if (path === undefined) return undefined;
  const { desktop } = world;
  const exact = desktop.byProgram(path);
  if (exact !== undefined) return fromFile(exact, 'program');
  const electron = byElectronFolder(task, path, world);
  if (electron !== undefined) return fromFile(electron, 'program');
  // Below a home anyone may call a file firefox.
  if (!/^\/(?:usr|opt|snap|nix\/store)\//.test(path)) return undefined;
  const name = basename(path).replace(/^\.(.+)-wrapped$/, '$1');
  const names = [
    name,
    ...(ALIASES[name] ?? (/^\/usr\/lib[\w]*\/chromium/.test(path) ? ['chromium', 'chromium-browser'] : [])),
  ];
  const files = new Set(names.flatMap((each) => desktop.byBasename(each) ?? []));
  const [file] = files;
  return files.size === 1 && file !== undefined ? fromFile(file, 'program') : undefined;
}

/** Electron as a program of its own, with the application's folder as an argument or in its options. */
function byElectronFolder(task: NamedTask, path: string, world: NamesWorld): DesktopFile | undefined {
  if (!/^electron[0-9]*$/.test(basename(path))) return undefined;
  for (const word of wordsOf(task)) {
    const archive = word.replace(/^--app-path=/, '');
    const folder = /^(\/.+)\/app(?:\.asar)?$/.exec(archive)?.[1];
    if (folder !== undefined) {
      const name = basename(folder) === 'resources' ? basename(folderOf(folder)) : basename(folder);
      const file = world.desktop.byIdOrBasename(name);
      if (file !== undefined) return file;
    }
    const data = /^--user-data-dir=(\/.+)$/.exec(word)?.[1];
    const file = data === undefined ? undefined : world.desktop.byIdOrBasename(basename(data));
    if (file !== undefined) return file;
  }
  return undefined;
}

/** By the nearest ancestor that runs the same program, or a program beside it. */
function byParent(
  { task, ancestors, isOwnProgram }: Subject,
  world: NamesWorld,
): FoundApplication | undefined {
  const path = provenPath(task, ancestors);
  const folder = path === undefined ? undefined : folderOf(path);
  for (const ancestor of ancestors) {
    if (ancestor.uid !== task.uid || isBarrier(ancestor, world)) return undefined;
    const other = exePath(ancestor);
    if (other === undefined) continue;
    const isBeside =
      other === path || (folder !== undefined && folder === folderOf(other) && !COMMON_FOLDERS.test(folder));
    if (!isBeside && !isOwnProgram) continue;
    const app =
      byUnit(ancestor, { name: basename(other), path: other, isSure: true }, world).app ??
      byProgram(ancestor, world);
    if (app !== undefined) return { ...app, evidence: 'parent' };
  }
  return undefined;
}

/** By a unit of the system, or a user's own service: a virtual machine, or the unit itself. */
function bySystem(task: NamedTask): FoundApplication | undefined {
  const units = unitsOf(task.cgroup);
  const unit = units.at(-1);
  if (unit === undefined) return undefined;
  const vm = virtualMachine(task, unit);
  if (vm !== undefined) return vm;
  if (!unit.name.endsWith('.service') || /^user@\d+\.service$/.test(unit.name)) return undefined;
  if (unit.manager !== 'system' && /^(?:app-|dbus-:)/.test(unit.name)) return undefined;
  const stem = unescapeUnitText(unit.name.slice(0, -'.service'.length)) ?? unit.name;
  return { id: `unit:${unit.name}`, name: clean(stem, unit.name), kind: 'unit', evidence: 'unit' };
}

/** libvirt's scope: `machine-qemu\x2d3\x2dwin11.scope`. */
function virtualMachine(task: NamedTask, { name }: Unit): FoundApplication | undefined {
  const escaped = /^machine-(.+)\.scope$/.exec(name)?.[1];
  if (escaped === undefined) return undefined;
  const inUnit = /^qemu-\d+-(.+)$/s.exec(unescapeUnitText(escaped) ?? '')?.[1];
  if (inUnit === undefined) return undefined;
  const shown = clean(qemuName(task.argv) ?? inUnit, inUnit);
  return { id: `vm:${shown}`, name: shown, kind: 'vm', evidence: 'unit' };
}

/** The nearest ancestor that gives a process its terminal. */
function withinTerminal(
  task: NamedTask,
  ancestors: readonly NamedTask[],
  world: NamesWorld,
): string | undefined {
  if (!task.hasTty) return undefined;
  for (const ancestor of ancestors) {
    // What has a terminal itself may be a shell in it; the terminal's own process has none.
    if (ancestor.hasTty) continue;
    const app = byProgram(ancestor, world);
    const file = app === undefined ? undefined : world.desktop.byId(app.id);
    if (
      file?.categories.includes('TerminalEmulator') === true ||
      (app !== undefined && HAS_TERMINALS.test(app.id))
    )
      return app?.name;
    const path = exePath(ancestor);
    if (path !== undefined && /^(?:tmux|screen|SCREEN)$/.test(basename(path)))
      return basename(path).toLowerCase();
  }
  return undefined;
}

/** Editors with terminals in them. */
const HAS_TERMINALS =
  /^(?:code|codium|vscodium|cursor|windsurf|code-oss|code-insiders|com\.visualstudio\.code|com\.vscodium\.codium|jetbrains-[\w-]+|com\.jetbrains\.[\w.-]+|org\.kde\.kate|dev\.zed\.Zed)$/;
