import { type Unplanned } from '#shared/model/planned-change.ts';
import { fail, type Result } from '#shared/result.ts';
import {
  refusalIn,
  type CgroupChange,
  type CgroupPreview,
  type CgroupState,
  type CgroupValue,
} from '#shared/model/cgroup-change.ts';
import { type PendingChange } from '#shared/model/sysctl/sysctl.ts';
import { type ChangeWorld } from '../../world.ts';
import { cgroupPreview, cgroupState } from './limits.ts';

/** A memory cgroup with what can be set of it. The processes are those of the last snapshot. */
export function readCgroup(
  world: Pick<ChangeWorld, 'snapshot'>,
  { path }: { readonly path: string },
): Result<CgroupState> {
  const snapshot = world.snapshot();
  return snapshot.ok ? cgroupState(snapshot.value, path) : snapshot;
}

/**
 * What a value for a cgroup would bring. Asked for with every keystroke: the cgroup's own files are read, and of the processes the last
 * snapshot is good enough.
 */
export function previewCgroup(
  world: Pick<ChangeWorld, 'snapshot'>,
  change: CgroupChange,
): Result<Unplanned<CgroupPreview>> {
  const snapshot = world.snapshot();
  return snapshot.ok ? cgroupPreview(snapshot.value, change) : snapshot;
}

export interface ApplyCgroupRequest extends CgroupChange {
  /** The value that the person saw. */
  readonly expected: CgroupValue;
  /** The person has read that more is in use than that. */
  readonly mayKill: boolean;
}

/** Sets a value of a cgroup where `expected` is still the value; it reverts unless confirmed. */
export async function applyCgroup(
  world: Pick<ChangeWorld, 'snapshot' | 'pending'>,
  { expected, mayKill, ...change }: ApplyCgroupRequest,
): Promise<Result<PendingChange>> {
  const preview = previewCgroup(world, change);
  if (!preview.ok) return preview;
  const { file, before } = preview.value;
  const { path, value } = change;
  const subject = `${path} ${file}`;
  if (refusalIn(preview.value) !== undefined) return fail('out-of-range', { what: 'kernel', subject });
  if (before !== expected)
    return fail('changed-meanwhile', { what: 'value', subject, now: before, expected });
  return world.pending.applyCgroup({ path, file, value, mayKill }, before);
}
