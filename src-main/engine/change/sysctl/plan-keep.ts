import { fail, ok, type Result } from '#shared/result.ts';
import { KEPT_FILE } from '#shared/kernel/sysctl/disk.ts';
import { type PlannedWrite } from '#shared/model/planned-change.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl/specs.ts';
import { type Kept, type SysctlKeepPreview, type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { compact } from '#shared/optional.ts';
import { type ChangeWorld } from '../../world.ts';
import { keptBy } from '../undo/undo-sysctls.ts';
import { plannedKeep } from './keep.ts';
import { bootDangers, tuningMachine } from './tuning.ts';

/** A value for the next boot; without one Lifeboat's own line is taken away. */
interface KeepSysctl {
  readonly name: SysctlName;
  readonly value?: number;
}

/** What keeping a value for the next boot would do. Writes nothing; fails where the value would not be kept. */
export function previewKeepSysctl(
  world: Pick<ChangeWorld, 'pending' | 'planned' | 'snapshot' | 'tuning'>,
  { name, value }: KeepSysctl,
): Result<SysctlKeepPreview> {
  const allowed = value === undefined ? ok(null) : world.pending.mayKeep({ name, value });
  if (!allowed.ok) return allowed;
  const snapshot = world.snapshot();
  if (!snapshot.ok) return snapshot;
  const tuning = world.tuning();
  const changes = value === undefined ? [] : [{ name, value }];
  const effects = changes.length === 0 ? [] : bootDangers(tuning, tuningMachine(snapshot.value), changes);
  const seen = keptBy(tuning.states, name);
  const planned = plannedKeep(tuning, changes);
  if (!planned.ok) return planned;
  const kept = planned.value[0] ?? { file: KEPT_FILE, line: seen === '' ? 'none' : 'removed' };
  const write: PlannedWrite = {
    mechanism: 'sysctl-file',
    subject: name,
    seen,
    value: value?.toString() ?? '',
  };
  // Keeping a ratio takes the line of kbytes away, and the other way round.
  const { clears } = SYSCTL_SPECS[name];
  const displaced = clears === undefined || value === undefined ? '' : keptBy(tuning.states, clears);
  const along: PlannedWrite[] =
    displaced === '' || clears === undefined
      ? []
      : [{ mechanism: 'sysctl-file', subject: clears, seen: displaced, value: '' }];
  const preview = compact({ name, value, file: KEPT_FILE, effects, kept });
  const writes = [write, ...along].filter((each) => each.seen !== each.value);
  return ok(world.planned.kept.add(preview, kept.line === 'none' ? [] : writes));
}

/** Writes what a preview showed, where what is kept is still what was seen. */
export async function applyKeepSysctl(
  { pending, planned, rights, sysctls }: Pick<ChangeWorld, 'pending' | 'planned' | 'rights' | 'sysctls'>,
  { id }: { readonly id: string },
): Promise<Result<Kept>> {
  const allowed = rights.mayChange();
  if (!allowed.ok) return allowed;
  const plan = planned.kept.find(id);
  if (!plan.ok) return plan;
  const { name, value, writes, kept } = plan.value;
  const states = sysctls();
  const other = writes.find(({ subject, seen }) => keptBy(states, subject) !== seen);
  if (other !== undefined) return fail('changed-meanwhile', { what: 'kept', name: other.subject });
  // Nothing is written, and nothing is recorded, where the preview said so.
  if (kept.line === 'none' && (value === undefined || !pending.isKeptAlready({ name, value })))
    return value === undefined ? ok(kept) : fail('changed-meanwhile', { what: 'kept', name });
  return pending.keep(name, value);
}
