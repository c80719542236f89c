import { type Written } from '#shared/contract/helper.ts';
import { type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { SYSCTL_RANGES } from '#shared/model/sysctl/ranges.ts';
import { fail } from '#shared/result.ts';
import { type Reverted, type UndoSysctls } from '../revert/undo.ts';
import { type Tree } from '../tree.ts';
import { asChanges, neededWrites, readSysctls, type Values, writeSysctls } from './sysctl-values.ts';

/** Puts the values of before back where they are still the ones that were written. Others stay, and show in `after`. */
export function revertSysctls(tree: Tree, { values }: UndoSysctls): Reverted {
  const names = values.map(({ name }) => name);
  const before = new Map(values.map((value) => [value.name, value.before]));
  const ours = new Map(values.map((value) => [value.name, value.ours]));
  const now = readSysctls(tree, names);
  if (!now.ok) return { written: [], refused: now.error };
  const isOurs = (name: SysctlName) => now.value.get(name) === ours.get(name);
  // Ratio and kbytes are one choice: when another program has made another one since, neither is ours.
  const still = new Map(
    [...before].filter(([name]) => isOurs(name) && isOurs(SYSCTL_RANGES[name].clears ?? name)),
  );
  const wrote = writeSysctls(tree, neededWrites(asChanges(still), now.value));
  const after = readSysctls(tree, names);
  if (!after.ok) return { written: [], refused: after.error };
  const written = writtenOf(now.value, before, after.value);
  if (!wrote.ok) return { written, refused: wrote.error };
  const stuck = [...still].find(([name, value]) => after.value.get(name) !== value)?.[0];
  return stuck === undefined
    ? { written }
    : { written, refused: fail('not-reverted', { subject: stuck }).error };
}

/** The present values of what was set; empty where they cannot be read. */
export function valuesOfSysctls(tree: Tree, { values }: UndoSysctls): readonly Written[] {
  const now = readSysctls(
    tree,
    values.map(({ name }) => name),
  );
  if (!now.ok) return [];
  return values.map(({ name, before, ours }) => ({
    subject: name,
    before,
    asked: ours,
    after: now.value.get(name) ?? '',
  }));
}

function writtenOf(now: Values, asked: Values, after: Values): readonly Written[] {
  return [...after].map(([subject, value]) => ({
    subject,
    before: now.get(subject) ?? '',
    asked: asked.get(subject) ?? '',
    after: value,
  }));
}
