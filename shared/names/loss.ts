import { unitOf } from '../kernel/cgroup/names.ts';
import { type Unit } from '../model/unit.ts';
import { type FoundApplication } from './application.ts';
import { nameOfId } from './desktop-entries/index.ts';
import { type NamedContainer, type NamedTask, type NamedUnitFacts, type NamesWorld } from './facts.ts';
import { type Loss, type LossKind } from './loss-kind.ts';
import { type Role } from './roles/role.ts';
import { unitIn } from './unit-in.ts';

/** What decides what is lost with a process. */
export interface Victim {
  readonly task: NamedTask;
  readonly role: Role;
  readonly program: string;
  readonly app: FoundApplication | undefined;
  readonly container: NamedContainer | undefined;
  /** It is the main process of its application. */
  readonly isMain: boolean;
  /** None of its ancestors belongs to the same application or unit. */
  readonly isTop: boolean;
}

/** Whether another process is the main one of the same application; asked only for what shares a unit. */
export type IsMainOf = (task: NamedTask, appId: string) => boolean;

/** What is lost with a process, by the first row that fits; docs/names.md has the table. */
export function lossOf(victim: Victim, world: NamesWorld, isMainOf: IsMainOf): Loss {
  const { task, role, app, container } = victim;
  const group = world.diesWhole(task);
  if (group !== undefined) return { kind: 'group', name: group };
  if (role.loss !== undefined && OF_THE_SESSION.has(role.loss))
    return { kind: role.loss, name: victim.program };
  const unit = unitOf(task.cgroup);
  const facts = unit === undefined ? undefined : world.unit(unit);
  if (unit !== undefined && facts !== undefined && container === undefined) {
    const rest = restOfUnit(victim, unit, facts, world, isMainOf);
    if (rest !== undefined) return rest;
    if (app?.kind === 'unit' && isServiceMain(victim, facts.mainPid)) {
      const isPresumed = facts.mainPid === undefined ? { isPresumed: true as const } : {};
      return { kind: 'service', name: app.name, ...again(facts.restart, RESTARTS_AFTER_OOM), ...isPresumed };
    }
  }
  if (container !== undefined) return inContainer(victim, container);
  const kind = role.loss ?? (victim.isMain && app !== undefined ? 'application' : 'program');
  return { kind, name: nameIn(kind, victim) };
}

const OF_THE_SESSION: ReadonlySet<LossKind> = new Set<LossKind>(['desktop', 'desktop-frame', 'x11-programs']);
/** Restart= values with which a service comes back after the result `oom-kill` (systemd.service(5), table of exit causes). */
const RESTARTS_AFTER_OOM = /^(?:always|on-failure|on-abnormal)$/;
const CONTAINER_RESTARTS = /^(?:always|unless-stopped|on-failure)$/;
/** Roles of a browser's children. */
const PAGES: ReadonlySet<LossKind> = new Set<LossKind>([
  'page',
  'extension',
  'graphics',
  'network',
  'starter',
  'helper',
]);
/** Workers whose main process goes on without them: as true in a container as outside. */
const WORKERS: ReadonlySet<LossKind> = new Set<LossKind>(['database-worker', 'web-worker']);
/** Losses that name what they are about, not the application. */
const ABOUT: ReadonlySet<LossKind> = new Set<LossKind>([
  'vm',
  'script-worker',
  'multiplexer',
  'database-worker',
  'web-worker',
]);

/** A service ends with its main process. Where systemd does not say which that is, it is the first one in the unit. */
function isServiceMain({ task, role, isTop }: Victim, mainPid: number | undefined): boolean {
  return mainPid === undefined ? isTop && role.kind !== 'worker' : mainPid === task.pid;
}

/** What systemd ends beside the process: the rest of its unit. */
function restOfUnit(
  victim: Victim,
  unit: Unit,
  { oomPolicy, killMode, mainPid, presumed }: NamedUnitFacts,
  world: NamesWorld,
  isMainOf: IsMainOf,
): Loss | undefined {
  const { task, role, app, isMain } = victim;
  if (oomPolicy === 'continue' || !/^(?:control-group|mixed)$/.test(killMode)) return undefined;
  if (isMain || role.kind === 'game' || task.pid === mainPid) return undefined;
  if (app?.kind === 'unit' && isServiceMain(victim, mainPid)) return undefined;
  const members = world.members(unit);
  if (!members.some(({ pid }) => pid !== task.pid)) return undefined;
  const isPresumed = presumed ? { isPresumed: true as const } : {};
  if (/^session-[^.]+\.scope$/.test(unit.name)) return { kind: 'login', name: unit.name, ...isPresumed };
  const inUnit = unitIn(task.cgroup, world.desktop);
  if (inUnit?.kind === 'terminal') return { kind: 'terminal-tab', name: unit.name, ...isPresumed };
  const name = app?.name ?? (inUnit === undefined ? undefined : world.desktop.byId(inUnit.id)?.name);
  if (name === undefined || inUnit?.kind === 'launcher')
    return { kind: 'group', name: inUnit === undefined ? unit.name : nameOfId(inUnit.id), ...isPresumed };
  const holdsMain =
    app === undefined ||
    !PAGES.has(role.loss ?? 'program') ||
    members.some((member) => isMainOf(member, app.id));
  return { kind: holdsMain ? 'unit-all' : 'unit-pages', name, ...isPresumed };
}

function inContainer({ task, role }: Victim, { name, restart }: NamedContainer): Loss {
  if (task.isContainerMain === true)
    return { kind: 'container', name, ...again(restart, CONTAINER_RESTARTS) };
  if (role.loss !== undefined && WORKERS.has(role.loss))
    return { kind: role.loss, name: role.name ?? name, inContainer: name };
  return { kind: 'container-part', name };
}

function again(value: string | undefined, shape: RegExp): { readonly startsAgain?: boolean } {
  return value === undefined ? {} : { startsAgain: shape.test(value) };
}

function nameIn(kind: LossKind, { role, app, program }: Victim): string {
  if (ABOUT.has(kind)) return role.about ?? role.name ?? app?.name ?? program;
  if (app !== undefined && app.kind !== 'unit') return app.name;
  return role.about ?? role.name ?? app?.name ?? program;
}
