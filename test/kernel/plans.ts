import { missingFor } from './generate.ts';
import { type Machine } from './machines/machine.ts';
import { type LabOptions } from './options.ts';
import { type Results } from './results.ts';
import { type ScenarioKind } from './scenario.ts';

/** What most machines of their own right cannot have: every guest plays these in every quick run. */
const guestKinds: ReadonlySet<ScenarioKind> = new Set([
  'protected',
  'swap',
  'group kills',
  'allocating task',
]);

/** A scenario that can be played again. */
export interface Plan {
  readonly seed: number;
  readonly kind: ScenarioKind;
}

/** Which scenarios, one after the other, until there were enough kills. */
export function* plans(options: LabOptions, machine: Machine, results: Results): Generator<Plan> {
  const kinds = options.kinds.filter((kind) => {
    const why = missingFor(kind, machine);
    if (why === undefined || !options.besideGuests) results.noteKind(kind, why);
    return why === undefined;
  });
  if (options.replay) {
    for (const kind of kinds) yield { seed: options.seed, kind };
    return;
  }
  if (options.quick) {
    yield* fixedPlans(kinds, machine);
    for (let i = 0; i < 3; i++)
      yield { seed: options.seed + i, kind: kinds[(options.seed + 7 * i) % kinds.length] ?? 'adjusted' };
    return;
  }
  for (let i = 0; results.killsOn(machine.name) < shareOf(options, machine); i++) {
    yield { seed: options.seed + i, kind: kinds[i % kinds.length] ?? 'adjusted' };
  }
}

/** This machine is several times faster than an emulated one: it does half of the work. */
function shareOf({ kills, judges }: LabOptions, machine: Machine): number {
  const guests = judges.filter((judge) => judge !== 'host').length;
  if (guests === judges.length) return Math.ceil(kills / guests);
  if (guests === 0) return kills;
  return Math.ceil(machine.isGuest ? kills / 2 / guests : kills / 2);
}

/** Always the same seeds. What this machine can do as well, the two guests share out. */
function* fixedPlans(kinds: readonly ScenarioKind[], machine: Machine): Generator<Plan> {
  const turn = machine.release.startsWith('6.1.') ? 0 : 1;
  for (const [i, kind] of kinds.entries()) {
    if (!machine.isGuest || guestKinds.has(kind) || i % 2 === turn) yield { seed: 1000 + i, kind };
  }
}
