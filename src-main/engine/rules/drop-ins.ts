import { fail, ok, type Result } from '#shared/result.ts';
import { type Written } from '#shared/contract/helper.ts';
import { type JournalAction } from '#shared/model/change.ts';
import { type PlannedWrite } from '#shared/model/planned-change.ts';
import { type DropInRemoval, type DropInRemoved } from '#shared/model/rule.ts';
import { sameUnit, type Unit } from '#shared/model/unit.ts';
import { compact } from '#shared/optional.ts';
import { firstWritten } from '../change/adj/apply.ts';
import { type ChangeWorld } from '../world.ts';
import { matchOf } from './seen-rules.ts';

type DropInWorld = Pick<ChangeWorld, 'snapshot' | 'ownWrites' | 'planned' | 'rights' | 'recorder'>;

/** What removing a drop-in of Lifeboat's would do, also one that the journal does not know. Writes nothing; fails where there is none. */
export function previewRemoveDropIn(
  { snapshot, ownWrites, planned }: DropInWorld,
  { unit }: { readonly unit: Unit },
): Result<DropInRemoval> {
  const now = snapshot();
  if (!now.ok) return now;
  const kept = ownWrites.keptFor(unit);
  if (!kept.ok) return kept;
  const { file, value } = kept.value;
  if (value === '') return fail('not-found', { what: 'file', path: file });
  const { processes, namesOf } = now.value;
  const matches = processes
    .filter((process) => sameUnit(process.unit, unit))
    .map((process) => matchOf(process, namesOf));
  const write: PlannedWrite = { mechanism: 'unit', subject: unit.name, seen: value, value: '' };
  return ok(planned.dropIns.add({ unit, file, oomScoreAdj: Number(value), matches }, [write]));
}

/** Removes the drop-in that a preview showed, where it still keeps the value that was seen; the journal has it. */
export async function removeDropIn(
  world: DropInWorld,
  { id }: { readonly id: string },
): Promise<Result<DropInRemoved>> {
  const { rights, recorder, planned } = world;
  const allowed = rights.mayChange();
  if (!allowed.ok) return allowed;
  const plan = planned.dropIns.find(id);
  if (!plan.ok) return plan;
  const { unit, file, oomScoreAdj } = plan.value;
  const before = oomScoreAdj.toString();
  const kept = world.ownWrites.keptFor(unit);
  if (!kept.ok) return kept;
  if (kept.value.value !== before) return fail('changed-meanwhile', { what: 'kept', name: unit.name });
  const isSystem = unit.manager === 'system';
  const helper = isSystem ? await rights.helper() : undefined;
  if (helper?.ok === false) return helper;
  const action: JournalAction = isSystem ? 'forget-unit-adj' : 'keep-user-unit-adj';
  const [entry] = recorder.begin([{ action, subject: unit.name, before, asked: '' }]) ?? [];
  const written: Result<Written> =
    helper === undefined
      ? await world.ownWrites.userUnit(unit.name, undefined, before)
      : await firstWritten(
          helper.value.request({ verb: 'forget-unit-adj', unit: unit.name, expected: before }),
        );
  recorder.settleWritten(entry, written);
  return written.ok ? ok(compact({ file, group: entry?.group })) : written;
}
