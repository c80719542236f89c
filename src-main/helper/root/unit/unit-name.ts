/** Unit types that start processes and therefore have OOMScoreAdjust= (systemd.exec(5)), with the section that it belongs to. */
const SECTIONS = { service: 'Service', socket: 'Socket', mount: 'Mount', swap: 'Swap' } as const;

/** UNIT_NAME_MAX of systemd is 255; the folder is called like the unit and `.d`, and must fit in a file name as well. */
const LONGEST = 253;

/** VALID_CHARS of systemd's basic/unit-name.c, and one `@` at most. No slash, and no point in front: it never leads out of a folder. */
const NAME = /^[A-Za-z0-9:_\\-][A-Za-z0-9:_.\\-]*(?:@[A-Za-z0-9:_.\\-]*)?\.(service|socket|mount|swap)$/;

/** The name of a unit that starts processes. */
export function isUnitName(name: string): boolean {
  return name.length <= LONGEST && NAME.test(name);
}

/** The section of a unit's file in which OOMScoreAdjust= stands. */
export function sectionOf(unit: string): string {
  const type = NAME.exec(unit)?.[1];
  for (const [suffix, section] of Object.entries(SECTIONS)) if (suffix === type) return section;
  throw new RangeError(`not the name of a unit that starts processes: ${unit}`);
}

/** The template of an instance (`a@.service` of `a@b.service`); undefined for other units. */
export function templateOf(unit: string): string | undefined {
  const template = unit.replace(/@.*(\.[a-z]+)$/, '@$1');
  return template === unit ? undefined : template;
}
