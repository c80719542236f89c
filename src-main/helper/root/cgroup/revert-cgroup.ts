import { type Written } from '#shared/contract/helper.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { attempt, type ControlFile, inside, wholeNumber, withControlFile, writeControl } from '../files.ts';
import { type Reverted, type UndoCgroup } from '../revert/undo.ts';
import { type Tree } from '../tree.ts';
import { cgroupIdentity, FILES, ON_WRITE, usageIn, withCgroup } from './cgroup-file.ts';
import { findMemoryHierarchy } from './memory-hierarchy.ts';

/**
 * Puts the value of before back, unless another one was set since. A cgroup that is gone needs nothing, and another one that has its name is
 * left alone. Where the old limit is below what is in use by now it is not written: v1 would refuse it, v2 would kill.
 */
export function revertCgroup(tree: Tree, undo: UndoCgroup): Reverted {
  const done = within(tree, undo, (folder, control) => {
    const now = control.read();
    if (now === undo.before || !undo.ours.includes(now)) return ok({ written: [lineOf(undo, now, now)] });
    const wrote = writeBack(folder, control, undo);
    const after = control.read();
    const written = [lineOf(undo, now, after)];
    if (after === undo.before) return ok({ written });
    const refused = wrote.ok ? fail('not-reverted', { subject: subjectOf(undo) }) : wrote;
    return ok({ written, refused: refused.error });
  });
  if (done.ok) return done.value;
  const { error } = done;
  return isGone(error.code) ? { written: [] } : { written: [], refused: error };
}

/** The present value beside the one that was set; empty where the cgroup is gone or cannot be read. */
export function valuesOfCgroup(tree: Tree, undo: UndoCgroup): readonly Written[] {
  const read = within(tree, undo, (_, control) => ok(control.read()));
  if (!read.ok) return [];
  return [{ ...lineOf(undo, undo.before, read.value), asked: undo.ours[0] ?? '' }];
}

function writeBack(folder: number, control: ControlFile, { path, file, before }: UndoCgroup): Result<void> {
  const { version, usage } = FILES[file];
  const limitBytes = wholeNumber(before);
  if (version === 2 && usage !== undefined && limitBytes !== undefined) {
    const usedBytes = reclaim(folder, usage, limitBytes);
    if (usedBytes === undefined || usedBytes > limitBytes)
      return fail('would-kill', { what: 'usage', usedBytes });
  }
  return attempt(`${path} ${file}`, () => control.write(before), ON_WRITE);
}

/** Bytes in use, after the kernel was asked to free what is above the limit: it kills for a limit, but not for this (since Linux 5.19). */
function reclaim(folder: number, usage: string, limitBytes: number): number | undefined {
  const usedBytes = usageIn(folder, usage);
  if (usedBytes === undefined || usedBytes <= limitBytes) return usedBytes;
  // It also fails when less could be freed: what is in use now tells.
  writeControl(inside(folder, 'memory.reclaim'), String(usedBytes - limitBytes));
  return usageIn(folder, usage);
}

/** Works on the file of the very cgroup that was changed. */
function within<T>(
  tree: Tree,
  { path, file, device, inode }: UndoCgroup,
  work: (folder: number, control: ControlFile) => Result<T>,
): Result<T> {
  const hierarchy = findMemoryHierarchy(tree);
  if (!hierarchy.ok) return hierarchy;
  return withCgroup(hierarchy.value.mountPoint, path, (folder) => {
    const now = cgroupIdentity(folder);
    return now.device === device && now.inode === inode
      ? withControlFile(inside(folder, file), (control) => work(folder, control))
      : fail('process-gone', { what: 'cgroup', path });
  });
}

/** The hierarchy may also be mounted no longer. */
function isGone(code: string): boolean {
  return code === 'not-found' || code === 'process-gone' || code === 'not-supported';
}

function subjectOf({ path, file }: UndoCgroup): string {
  return `${path} ${file}`;
}

function lineOf(undo: UndoCgroup, before: string, after: string): Written {
  return { subject: subjectOf(undo), before, asked: undo.before, after };
}
