import { safeText } from '#shared/format/safe-text.ts';
import { uidOf, type Unit } from '#shared/model/unit.ts';

/** A unit with its manager: `cron.service`, `dbus.service of user 1000`. */
export function unitNoun({ manager, name }: Unit): string {
  const uid = uidOf(manager);
  return uid === undefined ? safeText(name) : `${safeText(name)} of user ${uid}`;
}

/** Why a unit cannot be asked: its manager is that of another user. */
export function otherUsersUnit(uid: number): string {
  return `the unit belongs to user ${uid}`;
}
