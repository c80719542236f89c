import { type LimitApplied } from '#shared/contract/change.ts';
import { containerOf, unitPathOf } from '#shared/kernel/cgroup/names.ts';
import {
  CGROUP_SETTING_FILES,
  goesBelowUsage,
  refusalIn,
  type CgroupChange,
  type CgroupEffect,
  type CgroupFile,
  type CgroupPreview,
  type CgroupValue,
  type LimitPreview,
  type LimitWay,
} from '#shared/model/cgroup-change.ts';
import { type Unplanned } from '#shared/model/planned-change.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { type ChangeWorld } from '../../world.ts';
import { swapAllowanceAt } from './limits.ts';
import { LEAST_ENGINE_BYTES, UNIT_PROPERTIES } from './owner.ts';
import { applyCgroup, previewCgroup, readCgroup } from './requests.ts';

/** No engine takes a limit off a container that runs: one that no machine reaches stands for none. A whole number of pages. */
const UNREACHABLE_BYTES = 2 ** 52;
/** systemd writes the file within milliseconds, engines have written it when they answer. */
const WRITTEN_MS = 2_000;
const LOOK_AGAIN_MS = 20;

/** What is asked for: a value, and by which way of a unit. `lasting`: also for its later starts. */
export interface LimitRequest extends CgroupChange {
  readonly lasting: boolean;
}

/** What a limit would bring, and which way it goes so that it lasts. Writes nothing. */
export function planLimit(world: ChangeWorld, request: LimitRequest): Result<LimitPreview> {
  const { lasting, ...change } = request;
  const way = wayOf(world, change, lasting);
  // An engine can set no limit so low, and writing around it would not last.
  if (way.kind === 'engine' && way.memoryBytes < LEAST_ENGINE_BYTES)
    return fail('engine-refused', { engine: way.engine, why: 'too-small', message: undefined });
  const preview = previewBy(world, change, way);
  if (!preview.ok) return preview;
  const write = {
    mechanism: way.kind === 'cgroup' ? ('cgroup-file' as const) : ('limit' as const),
    subject: `${change.path} ${preview.value.file}`,
    seen: preview.value.before.toString(),
    value: change.value.toString(),
  };
  return ok(world.planned.limits.add({ ...preview.value, way }, [write]));
}

/** Sets what a preview showed, where the value before is still the one that was seen; what was written is read back. */
export async function applyPlannedLimit(
  world: ChangeWorld,
  { id, mayKill }: { readonly id: string; readonly mayKill: boolean },
): Promise<Result<LimitApplied>> {
  const plan = world.planned.limits.find(id);
  if (!plan.ok) return plan;
  const { change, before, way, file } = plan.value;
  if (way.kind === 'cgroup') {
    const pending = await applyCgroup(world, { ...change, expected: before, mayKill });
    return pending.ok ? ok({ kind: 'pending', pending: pending.value }) : pending;
  }
  const allowed = world.rights.mayChange();
  if (!allowed.ok) return allowed;
  const now = previewBy(world, change, way);
  if (!now.ok) return now;
  const subject = `${change.path} ${file}`;
  if (refusalIn(now.value) !== undefined) return fail('out-of-range', { what: 'kernel', subject });
  if (now.value.before !== before)
    return fail('changed-meanwhile', { what: 'value', subject, now: now.value.before, expected: before });
  if (goesBelowUsage(now.value) && !mayKill) return fail('would-kill', { what: 'preview' });
  const action = way.kind === 'unit' && !way.lasting ? 'set-limit-until-boot' : 'set-limit';
  const [entry] =
    world.recorder.begin([{ action, subject, before: before.toString(), asked: change.value.toString() }]) ??
    [];
  const written = await writeLimit(world, change, way);
  if (!written.ok) {
    world.recorder.settle(entry, 'failed', { why: written.error });
    return written;
  }
  const after = written.value;
  world.recorder.settle(entry, 'done', { before: before.toString(), after: after.toString() });
  return ok({ kind: 'written', before, after, ...(entry === undefined ? {} : { group: entry.group }) });
}

/** Puts a value back by the way that it was set. */
export function undoLimit(
  world: ChangeWorld,
  { path, file, lasting }: { readonly path: string; readonly file: CgroupFile; readonly lasting: boolean },
  value: CgroupValue,
): Promise<Result<CgroupValue>> {
  const state = readCgroup(world, { path });
  if (!state.ok) return Promise.resolve(state);
  const files = Object.entries(CGROUP_SETTING_FILES[state.value.version]);
  const setting = files.find(([, each]) => each === file)?.[0] as CgroupChange['setting'] | undefined;
  const gone = () => Promise.resolve(fail('not-ours', { what: 'cgroup', path, file }));
  if (setting === undefined) return gone();
  const change = { path, setting, value };
  const way = wayOf(world, change, lasting);
  return way.kind === 'cgroup' ? gone() : writeLimit(world, change, way);
}

/** What an owner sets lasts: nothing has to be said of what it would undo. An engine sets memory and swap together, so neither limit is in the way. */
function previewBy(
  world: Pick<ChangeWorld, 'snapshot'>,
  change: CgroupChange,
  way: LimitWay,
): Result<Unplanned<CgroupPreview>> {
  const preview = previewCgroup(world, change);
  if (!preview.ok || way.kind === 'cgroup') return preview;
  return ok({ ...preview.value, effects: effectsByOwner(preview.value.effects, change.path) });
}

/** The effects of a limit that the owner of a cgroup sets, without what holds only for one that is written around it. */
export function effectsByOwner(effects: readonly CgroupEffect[], path: string): readonly CgroupEffect[] {
  const isContainer = containerOf(path) !== undefined;
  return effects.filter(
    ({ fact: { kind } }) =>
      kind !== 'container-rewrites' && kind !== 'unit-rewrites' && (kind !== 'above-memsw' || !isContainer),
  );
}

function wayOf(world: ChangeWorld, { path, setting, value }: CgroupChange, lasting: boolean): LimitWay {
  const container = containerOf(path);
  if (container !== undefined) {
    const engine = setting === 'max' ? world.limits.engineOf(path) : undefined;
    if (engine === undefined) return { kind: 'cgroup' };
    const memoryBytes = value === 'max' ? UNREACHABLE_BYTES : value;
    const swapBytes = Math.min(swapAllowanceAt(world, path), UNREACHABLE_BYTES);
    return { kind: 'engine', engine, container, memoryBytes, memorySwapBytes: memoryBytes + swapBytes };
  }
  const unit = unitPathOf(path).at(-1);
  const property = UNIT_PROPERTIES[setting];
  const isItself = unit?.name === path.slice(path.lastIndexOf('/') + 1);
  if (unit === undefined || !isItself || property === undefined) return { kind: 'cgroup' };
  return { kind: 'unit', unit, property, lasting };
}

/** Writes, and answers with what the cgroup's file has then. */
async function writeLimit(
  world: ChangeWorld,
  { path, setting, value }: CgroupChange,
  way: Exclude<LimitWay, { kind: 'cgroup' }>,
): Promise<Result<CgroupValue>> {
  const done =
    way.kind === 'engine'
      ? await world.limits.update(path, way)
      : await world.limits.setProperty({ ...way, value: value === 'max' ? 'infinity' : value.toString() });
  if (!done.ok) return done;
  const isThere = (now: CgroupValue) =>
    now === value || (value === 'max' && Number(now) >= UNREACHABLE_BYTES);
  const patientUntil = performance.now() + WRITTEN_MS;
  for (;;) {
    const state = readCgroup(world, { path });
    if (!state.ok) return state;
    const now = state.value.values.find((each) => each.setting === setting)?.value;
    // The kernel rounds down to whole pages.
    const isRounded =
      typeof now === 'number' && typeof value === 'number' && value - now >= 0 && value - now < 65_536;
    if (now !== undefined && (isThere(now) || isRounded)) return ok(now);
    if (performance.now() > patientUntil) {
      const file = CGROUP_SETTING_FILES[state.value.version][setting] ?? setting;
      const subject = `${path} ${file}`;
      return fail('read-back-differs', { what: 'value', subject, asked: value, after: now ?? 'unknown' });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
