import { ok, type Result } from '#shared/result.ts';
import { type Kept, type Tuning } from '#shared/contract/change.ts';
import { SYSCTL_PRESETS } from '#shared/kernel/sysctl/presets.ts';
import { type PendingChange, type SysctlChange, type SysctlEffect } from '#shared/model/sysctl.ts';
import { compact } from '#shared/optional.ts';
import { type ChangeWorld, type World } from '../../world.ts';
import { checkTogether } from './keep.ts';
import { bootDangers, mayBeDangerous, sysctlPreview, tuningMachine } from './tuning.ts';

interface Changes {
  readonly changes: readonly SysctlChange[];
}

/** All settings as they are, on disk as well, and what waits to be confirmed. */
export function tuning(world: Pick<World, 'tuning' | 'snapshot' | 'pending'>): Result<Tuning> {
  const now = world.tuning();
  const snapshot = mayBeDangerous(now) ? world.snapshot() : undefined;
  const dangers = snapshot?.ok === true ? bootDangers(now, tuningMachine(snapshot.value)) : [];
  const { states: settings, reader, decidedBy, unreadable } = now;
  const { current: pending } = world.pending;
  return ok(compact({ settings, presets: SYSCTL_PRESETS, dangers, reader, decidedBy, unreadable, pending }));
}

/** What setting these would bring. Asked for with every step of a slider: of the processes the last snapshot is good enough. */
export function previewSysctls(
  world: Pick<World, 'tuning' | 'snapshot'>,
  { changes }: Changes,
): Result<readonly SysctlEffect[]> {
  const together = checkTogether(changes);
  if (!together.ok) return together;
  const last = world.snapshot();
  if (!last.ok) return last;
  return ok(sysctlPreview(world.tuning(), tuningMachine(last.value), changes));
}

/** Sets them, all or none, until they are confirmed or revert. */
export function applySysctls(
  { pending, sysctls }: Pick<ChangeWorld, 'pending' | 'sysctls'>,
  { changes }: Changes,
): Promise<Result<PendingChange>> {
  const together = checkTogether(changes);
  return together.ok ? pending.apply(changes, sysctls()) : Promise.resolve(together);
}

/** Writes a value for the next boot, or takes Lifeboat's own away (no `value`). */
export function keepSysctl(
  { pending }: Pick<ChangeWorld, 'pending'>,
  { name, value }: { readonly name: SysctlChange['name']; readonly value?: number },
): Promise<Result<Kept>> {
  return pending.keep(name, value);
}
