import { type Unplanned } from '#shared/model/planned-change.ts';
import { accessSync, constants } from 'node:fs';
import { fail, ok, type Result } from '#shared/result.ts';
import { cgroupEffects, type CgroupMachine } from '#shared/kernel/cgroup/effects.ts';
import { labelOf } from '#shared/kernel/cgroup/names.ts';
import { ineligibleReason } from '#shared/kernel/badness/eligibility.ts';
import { isWithin, pathsDownTo } from '#shared/kernel/kill-order/oom-group.ts';
import {
  CGROUP_SETTING_FILES,
  CGROUP_SETTINGS,
  type CgroupFile,
  type CgroupFact,
  type CgroupPreview,
  type CgroupSetting,
  type CgroupState,
  type CgroupValue,
  type CgroupChange,
} from '#shared/model/cgroup-change.ts';
import { observeCgroup, withLimit, type CgroupSurroundings } from '../../../collect/cgroups.ts';
import { type ObservedCgroup, type Snapshot } from '../../../collect/snapshot.ts';
import { type MemoryMount } from '../../../proc/cgroup/mounts.ts';
import { readCgroupSetting } from '../../../proc/cgroup/setting.ts';
import { headroomFor, headroomState } from './headroom.ts';
import { cgroupFolder } from '../../../proc/cgroup/tree.ts';
import { decimal } from '../../../proc/fields.ts';
import { readParsed } from '../../../proc/kernel-files.ts';
import { readMemoryCgroup } from '../../../proc/cgroup/memory-cgroup.ts';
import { type ChangeWorld } from '../../world.ts';
import { lastingEffects } from './owner.ts';
import { named } from '../../../collect/processes/named.ts';
import { orderOfScope } from '../../watch/order-view.ts';

/** A cgroup with what can be set of it. Fails where there is none, and for the root, of which nothing can be set. */
export function cgroupState(snapshot: Snapshot, path: string): Result<CgroupState> {
  const { memoryMount: mount } = snapshot.host;
  if (mount === undefined) return fail('not-supported', { what: 'cgroups' });
  if (path === '/') return fail('refused-target', { what: 'root-cgroup' });
  const cgroup = observeCgroup(path, surroundingsOf(snapshot));
  if (cgroup === undefined) return unknownCgroup(path, mount);
  const files = CGROUP_SETTING_FILES[mount.version];
  const inside = snapshot.processes.filter(({ cgroup: own }) => isWithin(own, path));
  return ok({
    path,
    label: labelOf(path),
    version: mount.version,
    mountPoint: mount.mountPoint,
    usageBytes: cgroup.usageBytes,
    ...headroomState(snapshot, cgroup),
    processCount: inside.length,
    ...(inside.length > 0 && inside.every((process) => ineligibleReason(process) !== undefined)
      ? { nothingToKill: true as const }
      : {}),
    values: CGROUP_SETTINGS.flatMap((setting) => {
      const file = files[setting];
      const value = file === undefined ? undefined : settingIn(snapshot, path, file);
      return value === undefined ? [] : [{ setting, value }];
    }),
  });
}

function unknownCgroup(path: string, { mountPoint }: MemoryMount): Result<never> {
  return fail('scope-unknown', { path, mountPoint });
}

/** The file of a setting and its value now. Fails where this version of cgroups, or this kernel, has none. */
function cgroupSetting(
  snapshot: Snapshot,
  path: string,
  setting: CgroupSetting,
): Result<{ readonly state: CgroupState; readonly file: CgroupFile; readonly value: CgroupValue }> {
  const state = cgroupState(snapshot, path);
  if (!state.ok) return state;
  const { version, values } = state.value;
  const file = CGROUP_SETTING_FILES[version][setting];
  const value = values.find((each) => each.setting === setting)?.value;
  if (file !== undefined && value !== undefined) return ok({ state: state.value, file, value });
  return fail('not-supported', {
    what: 'cgroup-setting',
    path,
    setting: file ?? setting,
    version,
    settings: values.map((each) => each.setting),
  });
}

/** What a change for a cgroup would bring now. Writes nothing. */
export function cgroupPreview(snapshot: Snapshot, change: CgroupChange): Result<Unplanned<CgroupPreview>> {
  const { path, setting, value } = change;
  const found = cgroupSetting(snapshot, path, setting);
  if (!found.ok) return found;
  const { state, file, value: before } = found.value;
  if (setting === 'oom-group' && value !== 0 && value !== 1)
    return fail('out-of-range', { what: 'number', subject: file, lowest: 0, highest: 1 });
  const surroundings = surroundingsOf(snapshot);
  const cgroup = observeCgroup(path, surroundings);
  // It was there a moment ago.
  if (cgroup === undefined) return fail('process-gone', { what: 'cgroup', path });
  const requested = setting === 'max' ? withLimit(cgroup, value, surroundings) : cgroup;
  const parent = pathsDownTo(path).slice(0, -1).at(-1);
  const passedOn =
    parent !== undefined && (setting === 'min' || setting === 'low')
      ? settingIn(snapshot, parent, file)
      : undefined;
  const { memory } = snapshot;
  const effects = cgroupEffects(change, {
    version: state.version,
    before,
    usageBytes: setting === 'memsw' ? memswUsage(snapshot, path, state) : state.usageBytes,
    ...headroomFor(snapshot, requested),
    machineBytes: memory.meminfo.memTotalBytes,
    processCount: state.processCount,
    ...(setting === 'max' || setting === 'memsw' ? endIn(snapshot, requested, state.processCount) : NO_END),
    ...(parent === undefined || passedOn === undefined
      ? {}
      : { protectionAbove: { path: parent, bytes: passedOn === 'max' ? Infinity : passedOn } }),
  });
  return ok({
    change,
    file,
    before,
    effects: [
      ...refusals(snapshot, change, state),
      ...effects,
      ...ownEffects(snapshot, change),
      ...lastingEffects(change, swapAllowance(snapshot, state)),
    ],
  });
}

/** What makes the kernel refuse the value, asked before it is written. */
function refusals({ host }: Snapshot, change: CgroupChange, state: CgroupState): CgroupPreview['effects'] {
  const facts: CgroupFact[] = [];
  const { memoryMount: mount } = host;
  if (mount !== undefined && isReadOnlyFolder(mount.mountPoint)) {
    facts.push({ kind: 'read-only', mountPoint: mount.mountPoint });
  }
  const [limit, memsw] = (['max', 'memsw'] as const).map((setting) => bytesOf(state, setting));
  const asked = change.value === 'max' ? Infinity : change.value;
  if (change.setting === 'max' && memsw !== undefined && asked > memsw) {
    facts.push({ kind: 'above-memsw', memswBytes: memsw });
  }
  if (change.setting === 'memsw' && limit !== undefined && asked < limit) {
    facts.push({ kind: 'below-memory', limitBytes: limit === Infinity ? 'max' : limit });
  }
  return facts.map((fact) => ({ weight: 'danger', fact }));
}

/** EROFS is said before rights are asked: access(2), for every user. */
function isReadOnlyFolder(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EROFS';
  }
}

/** A value in bytes, Infinity where there is no limit; undefined where the cgroup has no such setting. */
function bytesOf({ values }: CgroupState, setting: CgroupSetting): number | undefined {
  const value = values.find((each) => each.setting === setting)?.value;
  return value === 'max' ? Infinity : value;
}

/** Memory and swap that the cgroup uses (v1). */
function memswUsage({ host }: Snapshot, path: string, { usageBytes }: CgroupState): number {
  const { memoryMount: mount } = host;
  const folder = mount === undefined ? undefined : cgroupFolder(mount, path);
  const read =
    folder?.ok === true ? readParsed(`${folder.value}/memory.memsw.usage_in_bytes`, wholeBytes) : undefined;
  return read?.ok === true ? read.value : usageBytes;
}

function wholeBytes(text: string): number | undefined {
  const value = decimal(text.trim());
  return Number.isNaN(value) ? undefined : value;
}

/** memory.swap.max, Infinity where there is none. */
function swapLimit({ memoryMount: mount, pageSizeBytes }: Snapshot['host'], path: string): number {
  const read = mount === undefined ? undefined : readMemoryCgroup(mount, path, pageSizeBytes);
  return (read?.ok === true ? read.value.swapLimitBytes : undefined) ?? Infinity;
}

/** How much swap the cgroup may use, so that another limit of memory leaves that as it is; Infinity without a limit. */
/** The same by its path, as it is now; Infinity where nothing limits it. */
export function swapAllowanceAt(world: Pick<ChangeWorld, 'snapshot'>, path: string): number {
  const snapshot = world.snapshot();
  const state = snapshot.ok ? cgroupState(snapshot.value, path) : snapshot;
  return snapshot.ok && state.ok ? swapAllowance(snapshot.value, state.value) : Infinity;
}

function swapAllowance({ host }: Snapshot, state: CgroupState): number {
  const [limit, memsw] = [bytesOf(state, 'max') ?? Infinity, bytesOf(state, 'memsw') ?? Infinity];
  const own =
    state.version === 1 ? (memsw === Infinity ? Infinity : memsw - limit) : swapLimit(host, state.path);
  return Math.max(0, own);
}

/** A warning where Lifeboat itself is in the cgroup. */
function ownEffects({ processes }: Snapshot, { path, setting }: CgroupChange): CgroupPreview['effects'] {
  const isInside = processes.some(({ pid, cgroup }) => pid === process.pid && isWithin(cgroup, path));
  return isInside && (setting === 'max' || setting === 'high')
    ? [{ weight: 'warning', fact: { kind: 'holds-lifeboat' } }]
    : [];
}

const NO_END = { victims: [] };

/** What happens where the limit is used up: which processes are killed first, by the badness that it makes, or why none is. */
function endIn(
  snapshot: Snapshot,
  cgroup: ObservedCgroup,
  processCount: number,
): Pick<CgroupMachine, 'victims' | 'withoutKill'> {
  const { path } = cgroup;
  const cgroups = new Map([...snapshot.cgroups, [path, cgroup]]);
  const found = orderOfScope({ ...snapshot, cgroups }, { kind: 'cgroup', path }, 3);
  const { outcome, places } = found.ok ? found.value.order : { outcome: 'no-victim', places: [] };
  if (outcome === 'panics' || outcome === 'waits') return { victims: [], withoutKill: outcome };
  if (processCount === 0) return { victims: [], withoutKill: 'empty' };
  return { victims: places.map(({ task }) => named(task, snapshot.namesOf)) };
}

function settingIn(snapshot: Snapshot, path: string, file: CgroupFile): CgroupValue | undefined {
  const { memoryMount: mount, pageSizeBytes } = snapshot.host;
  const read = mount === undefined ? undefined : readCgroupSetting(mount, path, file, pageSizeBytes);
  return read?.ok === true ? read.value : undefined;
}

function surroundingsOf({ host, memory, settings }: Snapshot): CgroupSurroundings {
  return {
    host,
    totalSwapPages: Math.trunc(memory.meminfo.swapTotalBytes / host.pageSizeBytes),
    swappiness: settings.swappiness,
  };
}
