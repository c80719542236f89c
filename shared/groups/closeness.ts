import { type Group } from '../model/owners/group.ts';

/** Those with a forecast come first, then those with a limit, then ended ones, and at last those that run out with the machine. */
function classOf({ forecast, headroom, usageBytes }: Group): number {
  if (forecast !== undefined) return 0;
  if (headroom !== undefined) return 1;
  return usageBytes === undefined ? 2 : 3;
}

/** What is left of its limit until a kill, 0 to 1; undefined without a limit. */
function leftShare({ headroom, limitBytes }: Pick<Group, 'headroom' | 'limitBytes'>): number | undefined {
  if (headroom === undefined) return undefined;
  if (limitBytes === undefined || limitBytes <= 0) return headroom.headroomBytes > 0 ? 1 : 0;
  return Math.min(1, headroom.headroomBytes / limitBytes);
}

/**
 * Orders groups by how close they are to a kill: those with a forecast by its middle, then those with a limit by the share of it that is left,
 * then ended ones by their kills, then the largest.
 */
export function byCloseness(a: Group, b: Group): number {
  const [classA, classB] = [classOf(a), classOf(b)];
  if (classA !== classB) return classA - classB;
  return (
    (a.forecast?.middleSeconds ?? 0) - (b.forecast?.middleSeconds ?? 0) ||
    (leftShare(a) ?? 0) - (leftShare(b) ?? 0) ||
    (classA === 2 ? (b.kills ?? 0) - (a.kills ?? 0) : (b.usageBytes ?? 0) - (a.usageBytes ?? 0))
  );
}
