import { isStartingUnit } from '../model/unit.ts';

/** The section in which OOMScoreAdjust= stands (systemd.exec(5)). */
export function sectionOf(unit: string): string {
  if (!isStartingUnit(unit)) throw new RangeError(`starts no processes: ${unit}`);
  return unit.replace(/^.*\.(.)/, (_, first: string) => first.toUpperCase());
}

/** Lifeboat's own drop-in: for a unit of the system, or for one of a user's own. */
export function dropInText(unit: string, adj: string, isSystem: boolean): string {
  const also = isSystem ? ', which also removes it' : '';
  return `# Written by Lifeboat${also}.\n[${sectionOf(unit)}]\nOOMScoreAdjust=${adj}\n`;
}

/** The value in a drop-in; undefined where Lifeboat has not written it so. */
export function adjInDropIn(unit: string, text: string, isSystem: boolean): string | undefined {
  const adj = /^OOMScoreAdjust=(-?\d{1,4})$/m.exec(text)?.[1];
  return adj !== undefined && text === dropInText(unit, adj, isSystem) ? adj : undefined;
}
