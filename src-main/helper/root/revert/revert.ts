import { type Written } from '#shared/contract/helper.ts';
import { revertCgroup, valuesOfCgroup } from '../cgroup/revert-cgroup.ts';
import { revertSysctls, valuesOfSysctls } from '../sysctl/revert-sysctls.ts';
import { type Tree } from '../tree.ts';
import { type Reverted, type Undo } from './undo.ts';

/** Puts the values of before back where ours are still there. Others stay, and show in `after`. */
export function revert(tree: Tree, undo: Undo): Reverted {
  return undo.kind === 'sysctls' ? revertSysctls(tree, undo) : revertCgroup(tree, undo);
}

/** The values as they are now, beside the ones that were set. */
export function presentValues(tree: Tree, undo: Undo): readonly Written[] {
  return undo.kind === 'sysctls' ? valuesOfSysctls(tree, undo) : valuesOfCgroup(tree, undo);
}
