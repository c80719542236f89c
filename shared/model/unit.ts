/** A service manager: the system's (process 1), or that of the user with this UID (`systemd --user` below user@UID.service). */
export type UnitManager = 'system' | `user:${number}`;

/** A systemd unit. The system and every user may each have one of the same name, so a name alone does not identify one. */
export interface Unit {
  readonly manager: UnitManager;
  /** With its suffix: `cron.service`. */
  readonly name: string;
}

/** Where the system manager looks for units (systemd.unit(5), "System Unit Search Path"). */
export const SYSTEM_UNIT_FOLDERS = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
  '/run/systemd/transient',
  '/run/systemd/generator.early',
  '/run/systemd/generator',
  '/run/systemd/generator.late',
] as const;

/** The template of an instance (`a@.service` of `a@b.service`); undefined for other units. */
export function templateOf(unit: string): string | undefined {
  const template = unit.replace(/@.*(\.[a-z]+)$/, '@$1');
  return template === unit ? undefined : template;
}

/** UNIT_NAME_MAX of systemd is 255; the folder is called like the unit and `.d`, and must fit in a file name as well. */
const LONGEST_UNIT_NAME = 253;

/** VALID_CHARS of systemd's basic/unit-name.c, and one `@` at most. No slash, and no point in front: it never leads out of a folder. */
const STARTING_UNIT =
  /^[A-Za-z0-9:_\\-][A-Za-z0-9:_.\\-]*(?:@[A-Za-z0-9:_.\\-]*)?\.(service|socket|mount|swap)$/;

/** Whether it is the name of a unit that starts processes, and so has OOMScoreAdjust= (systemd.exec(5)). */
export function isStartingUnit(name: string): boolean {
  return name.length <= LONGEST_UNIT_NAME && STARTING_UNIT.test(name);
}

/** The manager of a user's own units. */
export function managerOfUser(uid: number): UnitManager {
  return `user:${uid}`;
}

/** The user whose manager it is; undefined for the system's. */
export function uidOf(manager: UnitManager): number | undefined {
  return manager === 'system' ? undefined : Number(manager.slice('user:'.length));
}

/** Whether both are the same unit of the same manager. */
export function sameUnit(a: Unit | undefined, b: Unit | undefined): boolean {
  return a?.manager === b?.manager && a?.name === b?.name;
}
