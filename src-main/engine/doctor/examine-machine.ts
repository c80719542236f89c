import { ok, type Result } from '#shared/result.ts';
import { type DoctorReport } from '#shared/contract/doctor.ts';
import { compact } from '#shared/optional.ts';
import { type World } from '../world.ts';
import { examine } from './doctor.ts';

/** What this machine allows, by the last snapshot. */
export function examineMachine(
  world: Pick<World, 'snapshot' | 'files' | 'kept' | 'pageSandbox' | 'monitor'>,
): Result<DoctorReport> {
  const snapshot = world.snapshot();
  if (!snapshot.ok) return snapshot;
  const { files, pageSandbox, monitor } = world;
  const { killers } = monitor;
  return ok(examine(snapshot.value, compact({ files, kept: world.kept(), pageSandbox, killers })));
}
