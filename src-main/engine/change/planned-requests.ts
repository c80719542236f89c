import { ok, type Result } from '#shared/result.ts';
import { type Applied } from '#shared/contract/change.ts';
import { type AdjPreview, type AdjRequest } from '#shared/model/change.ts';
import { type CgroupChange, type CgroupPreview, type LimitPreview } from '#shared/model/cgroup-change.ts';
import { type Unplanned } from '#shared/model/planned-change.ts';
import { type OwnStanding } from '#shared/model/own-process.ts';
import { type DropInRemoval, type KeepPreview, type RulePreview } from '#shared/model/rule.ts';
import {
  type PendingChange,
  type SysctlChange,
  type SysctlKeepPreview,
  type SysctlPreview,
} from '#shared/model/sysctl/sysctl.ts';
import { type UndoPreview } from '#shared/model/undo.ts';
import { type ChangeWorld } from '../world.ts';
import { applyAdj } from './adj/apply.ts';
import { previewAdj } from './adj/preview.ts';
import { stillHolds } from './adj/still-holds.ts';
import { applyCgroup, previewCgroup } from './cgroup/requests.ts';
import { PlannedChanges } from './planned-changes.ts';
import { adjWrite, cgroupWrite, sysctlWrites } from './planned-writes.ts';
import { previewSysctls } from './sysctl/requests.ts';

/** The previews that were shown, of every kind. */
export interface Planned {
  readonly adj: PlannedChanges<Unplanned<AdjPreview>>;
  readonly sysctls: PlannedChanges<Unplanned<SysctlPreview>>;
  readonly cgroups: PlannedChanges<Unplanned<CgroupPreview>>;
  readonly limits: PlannedChanges<Unplanned<LimitPreview>>;
  readonly rules: PlannedChanges<Unplanned<RulePreview>>;
  readonly dropIns: PlannedChanges<Unplanned<DropInRemoval>>;
  readonly keeps: PlannedChanges<Unplanned<KeepPreview>>;
  readonly undos: PlannedChanges<Unplanned<UndoPreview>>;
  readonly kept: PlannedChanges<Unplanned<SysctlKeepPreview>>;
  readonly own: PlannedChanges<Unplanned<OwnStanding>>;
}

/** None yet. */
export function newPlanned(): Planned {
  return {
    adj: new PlannedChanges(),
    sysctls: new PlannedChanges(),
    cgroups: new PlannedChanges(),
    limits: new PlannedChanges(),
    rules: new PlannedChanges(),
    dropIns: new PlannedChanges(),
    keeps: new PlannedChanges(),
    undos: new PlannedChanges(),
    kept: new PlannedChanges(),
    own: new PlannedChanges(),
  };
}

/** Which preview is applied. */
interface Chosen {
  readonly id: string;
}

/** What an intent would do; exactly that can be applied. */
export function planAdj(world: ChangeWorld, request: AdjRequest): Result<AdjPreview> {
  const preview = previewAdj(world, request);
  return preview.ok ? ok(world.planned.adj.add(preview.value, preview.value.changes.map(adjWrite))) : preview;
}

/** Writes what a preview of adjustments showed, where it still does what it says. */
export async function applyPlannedAdj(world: ChangeWorld, { id }: Chosen): Promise<Result<Applied>> {
  const plan = world.planned.adj.find(id);
  if (!plan.ok) return plan;
  const snapshot = world.readEverything();
  if (!snapshot.ok) return snapshot;
  const holds = stillHolds(snapshot.value, plan.value);
  return holds.ok ? applyAdj(world, plan.value) : holds;
}

/** What setting these would bring, all of them together; exactly that can be applied. */
export function planSysctls(
  world: Pick<ChangeWorld, 'tuning' | 'snapshot' | 'sysctls' | 'planned'>,
  { changes }: { readonly changes: readonly SysctlChange[] },
): Result<SysctlPreview> {
  const preview = previewSysctls(world, { changes });
  if (!preview.ok) return preview;
  return ok(world.planned.sysctls.add(preview.value, sysctlWrites(changes, world.sysctls())));
}

/** Sets what a preview showed, all or none, where every value is still the one that was seen. */
export async function applyPlannedSysctls(
  { pending, planned, sysctls }: Pick<ChangeWorld, 'pending' | 'planned' | 'sysctls'>,
  { id }: Chosen,
): Promise<Result<PendingChange>> {
  const plan = planned.sysctls.find(id);
  if (!plan.ok) return plan;
  const { changes, writes, atBoot } = plan.value;
  const seen = new Map(writes.map((write) => [write.subject, write.seen]));
  // The helper compares with what was seen, not with what is there by now.
  const states = sysctls().map((state) => {
    const value = seen.get(state.spec.name);
    return value === undefined ? state : { ...state, now: Number(value) };
  });
  return pending.apply(changes, states, atBoot);
}

/** What a value for a cgroup would bring; exactly that can be applied. */
export function planCgroup(
  world: Pick<ChangeWorld, 'snapshot' | 'planned'>,
  change: CgroupChange,
): Result<CgroupPreview> {
  const preview = previewCgroup(world, change);
  return preview.ok ? ok(world.planned.cgroups.add(preview.value, [cgroupWrite(preview.value)])) : preview;
}

/** Sets what a preview showed, where the value before is still the one that was seen; it reverts unless confirmed. */
export async function applyPlannedCgroup(
  world: Pick<ChangeWorld, 'snapshot' | 'pending' | 'planned'>,
  { id, mayKill }: Chosen & { readonly mayKill: boolean },
): Promise<Result<PendingChange>> {
  const plan = world.planned.cgroups.find(id);
  if (!plan.ok) return plan;
  const { change, before: expected } = plan.value;
  return applyCgroup(world, { ...change, expected, mayKill });
}
