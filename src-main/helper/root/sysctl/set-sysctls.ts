import { type HelperRequest, type Written } from '#shared/contract/helper.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { type SysctlChange, type SysctlName } from '#shared/model/sysctl.ts';
import { SYSCTL_RANGES } from '#shared/model/sysctl-ranges.ts';
import { attempt, errnoOf, type Meanings, readControl, wholeNumber, withControlFile } from '../files.ts';
import { type UndoWrite } from '../guard.ts';
import { type Applied, type Plan, type Restored } from '../pending.ts';
import { type Tree } from '../tree.ts';

type SetSysctls = Extract<HelperRequest, { verb: 'set-sysctls' }>;
type Values = ReadonlyMap<SysctlName, string>;

const ON_WRITE: Meanings = {
  EINVAL: (subject, errno) => fail('out-of-range', { what: 'kernel', subject, errno }),
};

function pathOf(tree: Tree, name: SysctlName): string {
  return `${tree.root}/proc/sys/${name.replaceAll('.', '/')}`;
}

/** The settings that a request touches: those named, and those that the kernel clears with them. */
function subjectsOf(changes: readonly SysctlChange[]): readonly SysctlName[] {
  const names = changes.flatMap(({ name }) => [name, SYSCTL_RANGES[name].clears ?? name]);
  return [...new Set(names)];
}

/** What setting some sysctls comes to. */
export function planSysctls(tree: Tree, { changes }: SetSysctls): Result<Plan> {
  const before = readAll(tree, subjectsOf(changes));
  if (!before.ok) return before;
  for (const { name, expected } of changes) {
    const now = before.value.get(name);
    if (expected !== undefined && now !== String(expected))
      return fail('changed-meanwhile', { what: 'value', subject: name, now, expected });
  }
  return ok({
    subjects: [...before.value.keys()],
    undo: undoWrites(tree, before.value, neededWrites(changes, before.value)),
    apply: () => apply(tree, changes, before.value),
  });
}

/** Sets all or none. What could not be finished is taken back before the answer. */
function apply(tree: Tree, changes: readonly SysctlChange[], before: Values): Result<Applied> {
  const now = readAll(tree, [...before.keys()]);
  if (!now.ok) return now;
  const moved = [...before].find(([name, value]) => now.value.get(name) !== value);
  if (moved !== undefined) return fail('changed-meanwhile', { what: 'race', subject: moved[0] });
  const wrote = writeAll(tree, neededWrites(changes, before));
  const after = readAll(tree, [...before.keys()]);
  if (!after.ok) return after;
  const differing = changes.find(({ name, value }) => after.value.get(name) !== String(value));
  if (wrote.ok && differing === undefined) {
    return ok({
      written: writtenOf(before, changes, after.value),
      restore: () => restore(tree, before, after.value),
    });
  }
  const back = writeAll(tree, neededWrites(asChanges(before), after.value));
  const { name: subject = '', value: asked = '' } = differing ?? {};
  if (!back.ok) return fail('not-set-back', { subject, errno: errnoOf(back.error) });
  if (!wrote.ok) return wrote;
  const read = differing === undefined ? undefined : after.value.get(differing.name);
  return fail('read-back-differs', { what: 'value', subject, asked, after: read ?? '', setBack: true });
}

/** What takes writes back: of ratio and kbytes only the one that was not 0, since writing either clears the other. */
function undoWrites(tree: Tree, before: Values, writes: readonly SysctlChange[]): readonly UndoWrite[] {
  const ours = new Map(before);
  for (const { name, value } of writes) {
    const cleared = SYSCTL_RANGES[name].clears;
    if (cleared !== undefined) ours.set(cleared, '0');
    ours.set(name, String(value));
  }
  return neededWrites(asChanges(before), ours).map(({ name, value }) => ({
    path: pathOf(tree, name),
    ours: ours.get(name) ?? '',
    before: String(value),
  }));
}

/** Puts the values of before back where they are still the ones that were written. Others stay, and show in `after`. */
function restore(tree: Tree, before: Values, ours: Values): Restored {
  const now = readAll(tree, [...before.keys()]);
  if (!now.ok) return { complete: false, written: [] };
  const isOurs = (name: SysctlName) => now.value.get(name) === ours.get(name);
  // Ratio and kbytes are one choice: when somebody has made another one since, neither is ours.
  const still = [...before].filter(([name]) => isOurs(name) && isOurs(SYSCTL_RANGES[name].clears ?? name));
  const wrote = writeAll(tree, neededWrites(asChanges(new Map(still)), now.value));
  const after = readAll(tree, [...before.keys()]);
  if (!after.ok) return { complete: false, written: [] };
  return { complete: wrote.ok, written: writtenOf(now.value, asChanges(before), after.value) };
}

/**
 * The writes that a wish comes down to. A value that is there already is not written: writing overcommit_kbytes, even the same 0, would
 * clear overcommit_ratio, and the other way round (mm/util.c). For the same reason only that one of the two is written that is not 0.
 */
function neededWrites(changes: readonly SysctlChange[], now: Values): readonly SysctlChange[] {
  return changes.filter(({ name, value }) => {
    const partner = changes.find((change) => change.name === SYSCTL_RANGES[name].clears);
    const follows = value === 0 && partner !== undefined && partner.value !== 0;
    return !follows && now.get(name) !== String(value);
  });
}

function writeAll(tree: Tree, changes: readonly SysctlChange[]): Result<void> {
  for (const { name, value } of changes) {
    const path = pathOf(tree, name);
    const write = () => withControlFile(path, (file) => file.write(String(value)));
    const wrote = attempt(name, write, ON_WRITE);
    if (!wrote.ok) return wrote;
  }
  return ok(undefined);
}

function readAll(tree: Tree, names: readonly SysctlName[]): Result<Values> {
  const values = new Map<SysctlName, string>();
  for (const name of names) {
    const read = readControl(pathOf(tree, name));
    if (!read.ok) return read;
    if (wholeNumber(read.value) === undefined) return fail('io-failed', { what: 'no-number', path: name });
    values.set(name, read.value);
  }
  return ok(values);
}

function asChanges(values: Values): readonly SysctlChange[] {
  return [...values].map(([name, value]) => ({ name, value: Number(value) }));
}

/** What was asked for, and what the kernel cleared with it. */
function writtenOf(before: Values, changes: readonly SysctlChange[], after: Values): readonly Written[] {
  return [...after].flatMap(([name, value]) => {
    const wish = changes.find((change) => change.name === name);
    const was = before.get(name) ?? '';
    if (wish === undefined && was === value) return [];
    return [{ subject: name, before: was, asked: String(wish?.value ?? 0), after: value }];
  });
}
