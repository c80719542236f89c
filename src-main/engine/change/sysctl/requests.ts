import { ok, type Result } from '#shared/result.ts';
import { type Tuning } from '#shared/contract/change.ts';
import { SYSCTL_PRESETS } from '#shared/kernel/sysctl/presets.ts';
import { type Unplanned } from '#shared/model/planned-change.ts';
import { type SysctlChange, type SysctlPreview } from '#shared/model/sysctl/sysctl.ts';
import { compact } from '#shared/optional.ts';
import { type World } from '../../world.ts';
import { checkTogether, plannedKeep } from './keep.ts';
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
): Result<Unplanned<SysctlPreview>> {
  const together = checkTogether(changes);
  if (!together.ok) return together;
  const last = world.snapshot();
  if (!last.ok) return last;
  const now = world.tuning();
  const machine = tuningMachine(last.value);
  const kept = plannedKeep(now, changes);
  return ok({
    changes,
    effects: sysctlPreview(now, machine, changes),
    atBoot: bootDangers(now, machine, changes),
    ...(kept.ok ? { kept: kept.value } : {}),
  });
}
