import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { type Kept } from '#shared/model/sysctl/sysctl.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { bootSettings, linesFor } from '#shared/kernel/sysctl/boot.ts';
import { KEPT_FILE, type SysctlDisk } from '#shared/kernel/sysctl/disk.ts';
import { contradiction, keepObstacles, withKept, type KeepObstacle } from '#shared/kernel/sysctl/kept.ts';
import { wayOut } from '#shared/kernel/sysctl/way-out.ts';
import { type SysctlChange, type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { type KernelFiles } from '../../../proc/kernel-files.ts';
import { isReadOnly, mountsOf } from '../../../proc/sysctl/host.ts';
import { type Tuning } from './tuning.ts';

/** Fails where two settings of one request undo each other: the kernel sets one to 0 whenever the other is written (mm/util.c). */
export function checkTogether(changes: readonly SysctlChange[]): Result<null> {
  const pair = contradiction(changes);
  if (pair === undefined) return ok(null);
  return fail('bad-request', { problem: 'contradiction', name: pair[0], other: pair[1] });
}

/** Fails where no setting can be written, because /proc/sys is read-only, as in most containers. */
export function checkWritable(files: KernelFiles): Result<null> {
  if (!isReadOnly(mountsOf(`${files.proc}/self/mountinfo`), '/proc/sys')) return ok(null);
  return fail('denied-by-system', { subject: '/proc/sys', errno: 'EROFS' });
}

/**
 * Fails where settings would not be what they are to be after the next boot, were Lifeboat to keep them: with the file that still sets them
 * and the command that helps. Asks all that the administrator helper asks before it writes.
 */
export function checkKeep(
  tuning: Tuning,
  changes: readonly SysctlChange[],
  files: KernelFiles,
  root: string,
): Result<null> {
  const together = checkTogether(changes);
  if (!together.ok) return together;
  const { decidedBy, reader, disk, version } = tuning;
  const [first] = changes;
  if (first === undefined) return ok(null);
  if (decidedBy === 'host') {
    return fail('not-kept', { what: 'host', name: first.name });
  }
  if (reader === 'none') {
    return fail('not-kept', { what: 'unread', name: first.name, value: first.value, file: KEPT_FILE });
  }
  const place = checkPlace(files, root);
  if (!place.ok) return place;
  const [obstacle] = keepObstacles(disk, changes, version);
  return obstacle === undefined ? ok(null) : refusal(obstacle, disk, changes, tuning);
}

function refusal(
  { name, asked, afterBoot, winner }: KeepObstacle,
  disk: SysctlDisk,
  changes: readonly SysctlChange[],
  { version }: Tuning,
): Result<never> {
  if (winner === undefined) return fail('not-kept', { what: 'coupled', name, asked, afterBoot });
  const found = wayOut(disk, { name, value: asked }, version);
  return fail('not-kept', {
    what: 'overridden',
    name,
    asked,
    afterBoot,
    file: winner.file,
    line: winner.line,
    sets: winner.sets,
    several: changes.length > 1,
    command: found?.command,
  });
}

/** What the helper asks of the place that it writes to. */
function checkPlace({ proc }: KernelFiles, root: string): Result<null> {
  const folder = KEPT_FILE.slice(0, KEPT_FILE.lastIndexOf('/'));
  for (const path of ['/etc', folder]) {
    const found = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (found === undefined) continue;
    if (!found.isDirectory()) {
      return fail('refused-target', { what: 'no-folder', path });
    }
    // In a built tree the owner is the one who built it.
    const isRoots = found.uid === 0 || (root !== '' && found.uid === process.getuid?.());
    if (!isRoots || (found.mode & 0o022) !== 0) {
      return fail('refused-target', { what: 'changeable', path });
    }
  }
  const file = lstatSync(join(root, KEPT_FILE), { throwIfNoEntry: false });
  if (file !== undefined && !file.isFile()) {
    return fail('refused-target', { what: 'no-file', path: KEPT_FILE });
  }
  if (isReadOnly(mountsOf(`${proc}/self/mountinfo`), folder)) {
    return fail('denied-by-system', { subject: folder, errno: 'EROFS' });
  }
  return ok(null);
}

/** Whether keeping a value writes nothing, since the file says so already or no line is needed. */
export function isKeptAlready({ disk }: Pick<Tuning, 'disk'>, change: SysctlChange): boolean {
  const lines = (each: SysctlDisk) =>
    JSON.stringify(
      each.files.find(({ path }) => path === KEPT_FILE)?.lines.map(({ key, value }) => [key, value]),
    );
  return lines(disk) === lines(withKept(disk, [change]));
}

/** What keeping values, one after the other, would leave on the disk: read as after the deed, from the files as they would be. */
export function plannedKeep(
  { disk, boot, version }: Pick<Tuning, 'disk' | 'boot' | 'version'>,
  changes: readonly SysctlChange[],
): Result<readonly Kept[]> {
  const kept: Kept[] = [];
  let now = { disk, boot };
  for (const change of changes) {
    const writesNothing = isKeptAlready(now, change);
    const planned = writesNothing ? now.disk : withKept(now.disk, [change]);
    if (!writesNothing) now = { disk: planned, boot: bootSettings(planned, version) };
    const read = readKept(now, change.name, change.value);
    if (!read.ok) return read;
    kept.push(writesNothing ? { ...read.value, line: 'none' } : read.value);
  }
  return ok(kept);
}

/** What was kept, read back from the disk. Fails where the next boot would set another value all the same. */
export function readKept(
  { disk, boot }: Pick<Tuning, 'disk' | 'boot'>,
  name: SysctlName,
  value: number,
): Result<Kept> {
  const { value: afterBoot, winner } = boot.get(name) ?? {};
  const own = disk.files.filter(({ path }) => path === KEPT_FILE);
  const hasLine = linesFor(own, name, disk).length > 0;
  if (afterBoot === value) return ok({ file: KEPT_FILE, afterBoot, line: hasLine ? 'written' : 'removed' });
  const other = winner?.file === KEPT_FILE ? undefined : winner;
  return fail('read-back-differs', {
    what: 'boot',
    path: KEPT_FILE,
    name,
    afterBoot,
    file: other?.file,
    line: other?.line,
    sets: other?.sets,
  });
}
