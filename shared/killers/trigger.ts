import { compact } from '../optional.ts';
import {
  type ActsAt,
  type Holding,
  type Killer,
  type KillerCondition,
  type KillerTrigger,
} from '../model/killer.ts';

/** Whether a trigger fires: all conditions hold; what cannot hold decides before what is unknown, and that before what may hold. */
export function triggerState({ conditions }: KillerTrigger): Holding {
  for (const decides of ['never', 'unknown', 'may'] as const) {
    if (conditions.some(({ holding }) => holding === decides)) return decides;
  }
  return 'holds';
}

/** `holds` or `may`. */
export function holdsIf(holds: boolean): Holding {
  return holds ? 'holds' : 'may';
}

/**
 * The memory left at which the first of the triggers fires: what happens next if memory shrinks and nothing else changes, else what happens if
 * the missing conditions come to hold. Undefined where no trigger that can fire has a line of memory, or its other conditions are unknown.
 */
export function actsAt(triggers: readonly KillerTrigger[]): ActsAt | undefined {
  const fires = triggers.find((trigger) => triggerState(trigger) === 'holds');
  if (fires !== undefined) return { kind: 'now', ...lineOf(fires), missing: [] };
  const lines = triggers.flatMap((trigger): ActsAt[] => {
    const line = lineOf(trigger);
    const missing = trigger.conditions.filter(
      ({ figure, holding }) => figure !== 'available' && holding !== 'holds',
    );
    const canFire = missing.every(({ holding }) => holding === 'may');
    if ((line.availableBytes ?? 0) <= 0 || !canFire) return [];
    return [{ kind: missing.length === 0 ? 'when' : 'also', ...line, missing }];
  });
  const highest = (kind: ActsAt['kind']) =>
    lines
      .filter((line) => line.kind === kind)
      .sort((a, b) => (b.availableBytes ?? 0) - (a.availableBytes ?? 0))[0];
  return highest('when') ?? highest('also');
}

/** The killer with the memory left at which it acts. */
export function withActsAt(killer: Omit<Killer, 'actsAt'>): Killer {
  const at = killer.rehearses === true ? undefined : actsAt(killer.triggers);
  return at === undefined ? killer : { ...killer, actsAt: at };
}

function lineOf({ conditions }: KillerTrigger): Pick<ActsAt, 'availableBytes' | 'leastAvailableBytes'> {
  const line = conditions.find(
    (condition): condition is KillerCondition & { figure: 'available' } => condition.figure === 'available',
  );
  return compact({ availableBytes: line?.lineBytes, leastAvailableBytes: line?.leastLineBytes });
}
