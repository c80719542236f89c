import { SYSCTL_SPECS } from '../../model/sysctl/specs.ts';
import { type OnDisk, type SysctlChange, type SysctlName } from '../../model/sysctl/sysctl.ts';
import { type KernelVersion } from '../version.ts';
import { bootSettings } from './boot.ts';
import { KEPT_FILE, type SysctlDisk, type SysctlFile } from './disk.ts';
import { namesFor } from './rejected.ts';

const NAME = KEPT_FILE.slice(KEPT_FILE.lastIndexOf('/') + 1);
const pathOf = (name: SysctlName) => name.replace('.', '/');

/**
 * The files as they would be with these settings kept by Lifeboat, as its helper edits its file: of ratio and kbytes the other one's line
 * goes, and a 0 is not written, since it would clear what it only follows from.
 */
export function withKept(disk: SysctlDisk, changes: readonly SysctlChange[]): SysctlDisk {
  return changes.reduce(withOneKept, disk);
}

function withOneKept(disk: SysctlDisk, { name, value }: SysctlChange): SysctlDisk {
  const { clears } = SYSCTL_SPECS[name];
  const isZero = clears !== undefined && value === 0;
  const gone: readonly SysctlName[] = clears === undefined || isZero ? [name] : [name, clears];
  const kept = disk.files.find(({ path }) => path === KEPT_FILE);
  const stays = kept?.lines.filter(
    ({ key }) => !namesFor(key, disk.reader).some((each) => gone.includes(each) && isPlain(key)),
  );
  const added = isZero
    ? []
    : [{ key: pathOf(name), value: value.toString(), line: (kept?.lines.at(-1)?.line ?? 0) + 1 }];
  const lines = [...(stays ?? []), ...added];
  const file: SysctlFile = { rejected: [], ...kept, path: KEPT_FILE, lines };
  if (kept !== undefined) {
    return { ...disk, files: disk.files.map((each) => (each === kept ? file : each)) };
  }
  if (lines.length === 0) return disk;
  const position = disk.files.findIndex(({ path }) => isAfterKept(path));
  const at = position < 0 ? disk.files.length : position;
  // One of the same name in another folder is hidden by ours.
  const hidden = (path: string) => path.endsWith(`/${NAME}`);
  return {
    ...disk,
    files: [...disk.files.slice(0, at), file, ...disk.files.slice(at)].filter(
      (each) => each === file || !hidden(each.path),
    ),
  };
}

/** Patterns in Lifeboat's own file are not its own: they stay. */
function isPlain(key: string): boolean {
  return !/[*?[]/.test(key);
}

function isAfterKept(path: string): boolean {
  // /etc/sysctl.conf is last of all.
  return path === '/etc/sysctl.conf' || compareBytes(path.slice(path.lastIndexOf('/') + 1), NAME) > 0;
}

/** strcmp(3) of UTF-8: the order of code points, which differs from that of UTF-16. */
export function compareBytes(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** A setting that cannot be kept: what the next boot would set all the same, and by which line, where there is one. */
export interface KeepObstacle {
  readonly name: SysctlName;
  readonly asked: number;
  /** Absent where the kernel computes it. */
  readonly afterBoot?: number;
  readonly winner?: OnDisk;
}

/** Which of these settings would have another value after the next boot, were they kept. Never names Lifeboat's own file. */
export function keepObstacles(
  disk: SysctlDisk,
  changes: readonly SysctlChange[],
  version?: KernelVersion,
): readonly KeepObstacle[] {
  const boot = bootSettings(withKept(disk, changes), version);
  return changes.flatMap(({ name, value }) => {
    const { value: after, winner } = boot.get(name) ?? {};
    if (after === value) return [];
    const other = winner?.file === KEPT_FILE ? undefined : winner;
    return [
      {
        name,
        asked: value,
        ...(after === undefined ? {} : { afterBoot: after }),
        ...(other === undefined ? {} : { winner: other }),
      },
    ];
  });
}

/** Settings of one request that undo each other: writing one of them sets the other to 0. */
export function contradiction(
  changes: readonly SysctlChange[],
): readonly [SysctlName, SysctlName] | undefined {
  for (const { name } of changes) {
    const { clears } = SYSCTL_SPECS[name];
    if (clears !== undefined && changes.some((change) => change.name === clears)) return [name, clears];
  }
  return undefined;
}

/** The lines that have to go before a kept setting wins, in the order in which they would win; empty where nothing helps. */
export function linesInTheWay(
  disk: SysctlDisk,
  change: SysctlChange,
  version?: KernelVersion,
): readonly OnDisk[] {
  const lines: OnDisk[] = [];
  let rest = disk;
  for (let count = 0; count < MOST_IN_THE_WAY; count += 1) {
    const [obstacle] = keepObstacles(rest, [change], version);
    if (obstacle === undefined) return lines;
    const { winner } = obstacle;
    if (winner === undefined || winner.file === '/proc/cmdline') return [];
    lines.push(winner);
    rest = withoutLine(rest, winner);
  }
  return [];
}

/** More than any machine has; a bound for a loop. */
const MOST_IN_THE_WAY = 50;

function withoutLine(disk: SysctlDisk, { file, line }: OnDisk): SysctlDisk {
  const files = disk.files.map((each) =>
    each.path === file ? { ...each, lines: each.lines.filter((other) => other.line !== line) } : each,
  );
  return { ...disk, files };
}
