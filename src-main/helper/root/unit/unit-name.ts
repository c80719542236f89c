import { isStartingUnit } from '#shared/model/unit.ts';

/** Unit types that start processes and therefore have OOMScoreAdjust= (systemd.exec(5)), with the section that it belongs to. */
const SECTIONS = { service: 'Service', socket: 'Socket', mount: 'Mount', swap: 'Swap' } as const;

/** The section of a unit's file in which OOMScoreAdjust= stands. */
export function sectionOf(unit: string): string {
  const type = isStartingUnit(unit) ? unit.slice(unit.lastIndexOf('.') + 1) : undefined;
  for (const [suffix, section] of Object.entries(SECTIONS)) if (suffix === type) return section;
  throw new RangeError(`not the name of a unit that starts processes: ${unit}`);
}
