import { type NameEvidence, type NamedApplication, type ProcessOwner } from '../model/owners/names.ts';
import { placeOf, type FoundApplication, type Place } from './application.ts';
import { isTerminal } from './barriers.ts';
import { clean, cut, MOST_GRAPHEMES } from './clean.ts';
import { type NamedContainer, type NamedTask, type NamesWorld } from './facts.ts';
import { lossOf } from './loss.ts';
import { type Loss } from './loss-kind.ts';
import { ownerOf } from './owner.ts';
import { ancestorsOf, exePath, programOfTask, wordsOf, type Program } from './program.ts';
import { steamGameRole } from './roles/games.ts';
import { roleOf } from './roles/tables.ts';
import { type Role, type RoleQuestion } from './roles/role.ts';

/** The names of a process, with what is lost as facts: a language has the sentence. */
export interface NamesFound {
  readonly label: string;
  readonly role: string;
  readonly app?: NamedApplication;
  readonly within?: string;
  readonly evidence: NameEvidence;
  readonly loss?: Loss;
  readonly icon?: string;
  readonly secondary: string;
  readonly owner: ProcessOwner;
}

/** Everything about one process, before what is lost: that looks at others as well. */
interface Resolved extends Place {
  readonly task: NamedTask;
  readonly program: Program;
  readonly container: NamedContainer | undefined;
  readonly role: Role;
  readonly isMain: boolean;
  readonly isTop: boolean;
}

/** Names processes of one moment. Each process is looked at once. */
export class Namer {
  readonly #world: NamesWorld;
  readonly #resolved = new Map<number, Resolved>();

  constructor(world: NamesWorld) {
    this.#world = world;
  }

  /** The names of one process. */
  of(task: NamedTask): NamesFound {
    const secondary = `${clean(task.comm)} ${task.pid}`.trim();
    if (task.isKernelThread === true) return kernelThread(task, secondary);
    const { app, within, program, container, role, isMain, isTop } = this.#resolve(task);
    const loss = lossOf(
      { task, role, program: clean(program.name, task.comm), app, container, isMain, isTop },
      this.#world,
      (other, appId) => this.#isMainOf(other, appId),
    );
    const icon = app?.icon;
    return {
      label: labelOf(app, role, program, isMain, task),
      role: role.kind,
      ...(app === undefined ? {} : { app: { id: app.id, name: app.name } }),
      ...(within === undefined ? {} : { within }),
      evidence: app?.evidence ?? (role.kind === 'program' && role.name === undefined ? 'none' : 'runtime'),
      loss,
      ...(icon === undefined ? {} : { icon }),
      secondary,
      owner: ownerOf({ task, app, container, role, program: program.name }),
    };
  }

  #isMainOf(task: NamedTask, appId: string): boolean {
    const { app, isMain } = this.#resolve(task);
    return isMain && app?.id === appId;
  }

  #resolve(task: NamedTask): Resolved {
    const known = this.#resolved.get(task.pid);
    if (known !== undefined) return known;
    const world = this.#world;
    const container = world.container(task.cgroup);
    const ancestors = ancestorsOf(task, world);
    const program = programOfTask(task, ancestors, container !== undefined);
    const question = this.#question(task, program, ancestors);
    const found = roleOf(question);
    const place = placeOf(
      {
        task,
        program,
        ancestors,
        container,
        isOwnProgram: found?.isOwnProgram === true || program.name === 'java',
      },
      world,
    );
    const { app } = place;
    const top = app !== undefined && isFirst(task, app, ancestors, world);
    const role = roleIn(app, found, question, top);
    const isMain = role.kind === 'main' || (task.isContainerMain === true && container !== undefined);
    const resolved = {
      task,
      program,
      container,
      ...place,
      role: ofTerminal(role, app, world),
      isMain,
      isTop: top,
    };
    this.#resolved.set(task.pid, resolved);
    return resolved;
  }

  #question(task: NamedTask, program: Program, ancestors: readonly NamedTask[]): RoleQuestion {
    const { path } = program;
    return {
      task,
      program: program.name,
      path,
      isSure: program.isSure,
      isInstalled: path === undefined || INSTALLED.test(path),
      words: wordsOf(task),
      title: task.argv[0] ?? '',
      ancestors,
      children: this.#world.children(task.pid),
      hasParentsProgram: path !== undefined && ancestors.some((ancestor) => exePath(ancestor) === path),
      isElectron: path !== undefined && this.#world.isElectron(path),
    };
  }
}

/** Folders that only an administrator, or a sandbox, fills. */
const INSTALLED = /^\/(?:usr|opt|bin|sbin|lib|lib64|snap|nix|gnu|app|run\/current-system)\//;

/** Roles that every program may have: in an application the first process is its main one, whatever it is written in. */
const PLAIN: ReadonlySet<string> = new Set(['program', 'script']);
const PROGRAM: Role = { kind: 'program' };
const MAIN: Role = { kind: 'main' };

function roleIn(
  app: FoundApplication | undefined,
  found: Role | undefined,
  question: RoleQuestion,
  isTopProcess: boolean,
): Role {
  if (app === undefined || app.kind === 'vm') return found ?? PROGRAM;
  if (app.id.startsWith('steam:')) return steamGameRole(question);
  const isPlain = found === undefined || PLAIN.has(found.kind);
  if (app.kind === 'unit') return found ?? (isTopProcess ? MAIN : PROGRAM);
  return isPlain && isTopProcess
    ? { ...MAIN, ...(found?.loss === undefined ? {} : { loss: found.loss }) }
    : (found ?? PROGRAM);
}

/** A terminal's main process, and Steam's, end more than themselves. */
function ofTerminal(role: Role, app: FoundApplication | undefined, { desktop }: NamesWorld): Role {
  if (role.kind !== 'main' || app === undefined) return role;
  if (app.id === 'steam' || app.id === 'com.valvesoftware.Steam') return { ...role, loss: 'steam' };
  return isTerminal({ id: app.id, kind: 'app' }, desktop.byId(app.id)) ? { ...role, loss: 'terminal' } : role;
}

/** Programs that start an application and wait for it. */
const WAITING =
  /^(?:sh|bash|dash|zsh|env|bwrap|snap-confine|snap|flatpak|xdg-dbus-proxy|systemd|su|sudo|runuser|nice|dbus-run-session|wrapper)$/;

/** Whether a process is the first one of its application: none of its ancestors belongs to it but wrappers. */
function isFirst(
  task: NamedTask,
  app: FoundApplication,
  ancestors: readonly NamedTask[],
  world: NamesWorld,
): boolean {
  if (task.isContainerMain === true) return true;
  if (app.kind === 'container') return false;
  const path = exePath(task);
  for (const ancestor of ancestors) {
    const other = exePath(ancestor);
    const name = other === undefined ? ancestor.comm : other.slice(other.lastIndexOf('/') + 1);
    if (WAITING.test(name)) continue;
    // A neighbour in the same unit, or the same program.
    if (ancestor.cgroup === task.cgroup && app.evidence !== 'program' && app.evidence !== 'parent')
      return false;
    if (app.evidence === 'parent') return false;
    return other === undefined || other !== path || world.container(ancestor.cgroup) !== undefined;
  }
  return app.evidence !== 'parent';
}

function labelOf(
  app: FoundApplication | undefined,
  role: Role,
  program: Program,
  isMain: boolean,
  task: NamedTask,
): string {
  const called = clean(program.name, task.comm) || `${task.pid}`;
  if (app === undefined || app.kind === 'unit') {
    const known = role.name ?? app?.name ?? '';
    const base = known === '' ? called : known;
    const text =
      role.text ??
      (app !== undefined && role.name === undefined && !isMain && called !== app.name ? called : undefined);
    return joined(base, text);
  }
  if (role.kind === 'main') return app.name;
  const both = [role.name, role.text].filter((part) => part !== undefined).join(' ');
  return joined(app.name, role.inApp ?? (both === '' ? called : both));
}

/** Characters of an application's name that stay, however long the role is. */
const LEAST_NAME = 12;

/** `Name · role`. Of a long name the end gives way to the role, which tells processes of one application apart. */
function joined(base: string, text: string | undefined): string {
  if (text === undefined || text === '') return cut(base);
  const room = MOST_GRAPHEMES - text.length - ' · '.length;
  return cut(`${cut(base, Math.max(LEAST_NAME, room))} · ${text}`);
}

function kernelThread(task: NamedTask, secondary: string): NamesFound {
  const owner = ownerOf({ task, app: undefined, container: undefined, role: PROGRAM, program: task.comm });
  return { label: `[${clean(task.comm)}]`, role: 'kernel', evidence: 'none', secondary, owner };
}
