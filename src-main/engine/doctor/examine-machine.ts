import { ok, type Result } from '#shared/result.ts';
import { type DoctorReport } from '#shared/contract/doctor.ts';
import { compact } from '#shared/optional.ts';
import { type World } from '../world.ts';
import { examine } from './doctor.ts';

/** As many alerts are looked at for forecasts and the kills that followed. */
export const RECENT_ALERTS = 500;

/** What this machine allows, by the last snapshot. */
export function examineMachine(
  world: Pick<World, 'snapshot' | 'files' | 'kept' | 'pageSandbox' | 'monitor' | 'alerts' | 'containers'>,
): Result<DoctorReport> {
  const snapshot = world.snapshot();
  if (!snapshot.ok) return snapshot;
  const { files, pageSandbox, monitor, containers } = world;
  const { killers } = monitor;
  const page = world.alerts.page(RECENT_ALERTS);
  const alerts = page.ok ? page.value : undefined;
  return ok(
    examine(snapshot.value, compact({ files, kept: world.kept(), pageSandbox, killers, alerts, containers })),
  );
}
