import { type HelperRequest, type Written } from '#shared/contract/helper.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { type SysctlChange, type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { SYSCTL_RANGES } from '#shared/model/sysctl/ranges.ts';
import { errnoOf } from '../files.ts';
import { type Applied, type Plan, type UndoSysctls } from '../revert/undo.ts';
import { type Tree } from '../tree.ts';
import { asChanges, neededWrites, readSysctls, type Values, writeSysctls } from './sysctl-values.ts';

type SetSysctls = Extract<HelperRequest, { verb: 'set-sysctls' }>;

/** The settings that a request touches: those named, and those that the kernel clears with them. */
function subjectsOf(changes: readonly SysctlChange[]): readonly SysctlName[] {
  const names = changes.flatMap(({ name }) => [name, SYSCTL_RANGES[name].clears ?? name]);
  return [...new Set(names)];
}

/** What setting some sysctls comes to. */
export function planSysctls(tree: Tree, { changes }: SetSysctls): Result<Plan> {
  const before = readSysctls(tree, subjectsOf(changes));
  if (!before.ok) return before;
  for (const { name, expected } of changes) {
    const now = before.value.get(name);
    if (expected !== undefined && now !== String(expected))
      return fail('changed-meanwhile', { what: 'value', subject: name, now, expected });
  }
  return ok({
    subjects: [...before.value.keys()],
    undo: undoOf(before.value, expectedValues(before.value, neededWrites(changes, before.value))),
    apply: () => apply(tree, changes, before.value),
  });
}

/** Sets all or none. What could not be finished is taken back before the answer. */
function apply(tree: Tree, changes: readonly SysctlChange[], before: Values): Result<Applied> {
  const now = readSysctls(tree, [...before.keys()]);
  if (!now.ok) return now;
  const moved = [...before].find(([name, value]) => now.value.get(name) !== value);
  if (moved !== undefined) return fail('changed-meanwhile', { what: 'race', subject: moved[0] });
  const wrote = writeSysctls(tree, neededWrites(changes, before));
  const after = readSysctls(tree, [...before.keys()]);
  if (!after.ok) return after;
  const differing = changes.find(({ name, value }) => after.value.get(name) !== String(value));
  if (wrote.ok && differing === undefined) {
    return ok({ written: writtenOf(before, changes, after.value), undo: undoOf(before, after.value) });
  }
  const back = writeSysctls(tree, neededWrites(asChanges(before), after.value));
  const { name: subject = '', value: asked = '' } = differing ?? {};
  if (!back.ok) return fail('not-set-back', { subject, errno: errnoOf(back.error) });
  if (!wrote.ok) return wrote;
  const read = differing === undefined ? undefined : after.value.get(differing.name);
  return fail('read-back-differs', { what: 'value', subject, asked, after: read ?? '', setBack: true });
}

/** The values once all is written. */
function expectedValues(before: Values, writes: readonly SysctlChange[]): Values {
  const values = new Map(before);
  for (const { name, value } of writes) {
    const cleared = SYSCTL_RANGES[name].clears;
    if (cleared !== undefined) values.set(cleared, '0');
    values.set(name, String(value));
  }
  return values;
}

function undoOf(before: Values, ours: Values): UndoSysctls {
  const values = [...before].map(([name, value]) => ({
    name,
    before: value,
    ours: ours.get(name) ?? value,
  }));
  return { kind: 'sysctls', values };
}

/** What was asked for, and what the kernel cleared with it. */
function writtenOf(before: Values, changes: readonly SysctlChange[], after: Values): readonly Written[] {
  return [...after].flatMap(([name, value]) => {
    const change = changes.find((candidate) => candidate.name === name);
    const was = before.get(name) ?? '';
    if (change === undefined && was === value) return [];
    return [{ subject: name, before: was, asked: String(change?.value ?? 0), after: value }];
  });
}
