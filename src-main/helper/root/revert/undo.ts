import { type Written } from '#shared/contract/helper.ts';
import { CGROUP_FILES, type CgroupFile } from '#shared/model/cgroup-change.ts';
import { SYSCTL_NAMES, type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { type Failure, type Result } from '#shared/result.ts';

/** The way back of some sysctls that were set as one. Values are whole, as the kernel prints them. */
export interface UndoSysctls {
  readonly kind: 'sysctls';
  readonly values: readonly { readonly name: SysctlName; readonly before: string; readonly ours: string }[];
}

/** The way back of one file of a memory cgroup. */
export interface UndoCgroup {
  readonly kind: 'cgroup';
  /** Relative to the mount of the memory hierarchy. */
  readonly path: string;
  /** Which cgroup has this path: another one that takes the name later has another inode. */
  readonly device: string;
  readonly inode: string;
  readonly file: CgroupFile;
  readonly before: string;
  /** Each way in which our value may read: one once it was read back, several before, since the kernel rounds to pages. */
  readonly ours: readonly string[];
}

/** How a change is taken back: all that another process needs to know for it. */
export type Undo = UndoSysctls | UndoCgroup;

/** What taking back came to, as read back. */
export interface Reverted {
  readonly written: readonly Written[];
  /** Why our value is still there: worth another try. Absent when it is not there any more. */
  readonly refused?: Failure;
}

/** What setting something came to. */
export interface Applied {
  readonly written: readonly Written[];
  /** The way back, with our value as it was read back. */
  readonly undo: Undo;
}

/** A change that could be made. */
export interface Plan {
  /** What it writes to, for telling whether two changes meet. */
  readonly subjects: readonly string[];
  /** How it is taken back when the helper dies in the midst of it. */
  readonly undo: Undo;
  readonly apply: () => Result<Applied>;
}

/** An undo record from a file or a pipe; undefined where it is malformed. */
export function parseUndo(value: unknown): Undo | undefined {
  if (!isObject(value)) return undefined;
  if (value['kind'] === 'sysctls') return parseSysctls(value);
  return value['kind'] === 'cgroup' ? parseCgroup(value) : undefined;
}

function parseSysctls({ values }: Readonly<Record<string, unknown>>): UndoSysctls | undefined {
  if (!Array.isArray(values)) return undefined;
  const parsed = values.flatMap((entry: unknown) => {
    if (!isObject(entry)) return [];
    const { name, before, ours } = entry;
    const known = SYSCTL_NAMES.find((candidate) => candidate === name);
    return known !== undefined && isText(before) && isText(ours) ? [{ name: known, before, ours }] : [];
  });
  return parsed.length === values.length ? { kind: 'sysctls', values: parsed } : undefined;
}

function parseCgroup(value: Readonly<Record<string, unknown>>): UndoCgroup | undefined {
  const { path, device, inode, before, ours } = value;
  const file = CGROUP_FILES.find((candidate) => candidate === value['file']);
  if (file === undefined || !isText(path) || !isText(device) || !isText(inode) || !isText(before))
    return undefined;
  if (!Array.isArray(ours) || !ours.every(isText)) return undefined;
  return { kind: 'cgroup', path, device, inode, file, before, ours };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
