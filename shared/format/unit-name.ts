import { sameUnit, type Unit, type UnitManager } from '../model/unit.ts';

/** Which units a text means: those of that name, of one manager, of any user's manager (`user`), or of no manager that it names. */
export interface UnitPattern {
  readonly manager?: UnitManager | 'user';
  readonly name: string;
}

/** A unit in one word: `cron.service` of the system, `user:1000:dbus.service` of user 1000. `parseUnit` reads it back. */
export function unitText({ manager, name }: Unit): string {
  // A unit of the system may be called like that itself: colons are allowed in names.
  const isPlain = manager === 'system' && !/^(?:user|system):/.test(name);
  return isPlain ? name : `${manager}:${name}`;
}

/** Reads `cron.service`, `system:cron.service`, `user:dbus.service` (any user's) and `user:1000:dbus.service`. */
export function parseUnit(text: string): UnitPattern {
  const match = /^(system|user(?::(\d{1,10}))?):(.+)$/s.exec(text);
  if (match === null) return { name: text };
  const [, prefix, uid, name = ''] = match;
  if (prefix === 'system') return { manager: 'system', name };
  return { manager: uid === undefined ? 'user' : `user:${Number(uid)}`, name };
}

/** The text that `parseUnit` reads as this. */
export function patternText({ manager = 'system', name }: UnitPattern): string {
  return manager === 'user' ? `user:${name}` : unitText({ manager, name });
}

/** Whether a unit is one of those that a text means; without a manager the system's. */
export function meansUnit({ manager = 'system', name }: UnitPattern, unit: Unit | undefined): boolean {
  if (unit === undefined) return false;
  if (manager === 'user') return unit.name === name && unit.manager !== 'system';
  return sameUnit({ manager, name }, unit);
}
