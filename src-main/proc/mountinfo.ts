import { decimal } from './fields.ts';
import { HOST_FILES, type KernelFiles, type Read, readParsed } from './kernel-files.ts';

/** One mount. Option lists are split at commas; escapes are decoded. */
export interface Mount {
  readonly mountPoint: string;
  /** Which folder of the file system is mounted there. */
  readonly root: string;
  readonly fsType: string;
  readonly options: readonly string[];
  readonly superOptions: readonly string[];
}

/** What the mount options of /proc hide. */
export interface ProcOptions {
  /** hidepid=: 0 nothing, 1 contents, 2 also the pids of other users, 4 all that we may not trace. */
  readonly hidePid: 0 | 1 | 2 | 4;
  /** gid=: the group that hidepid does not concern. */
  readonly seeingGid?: number;
  /** subset=pid: nothing but processes, so no meminfo. */
  readonly onlyPids: boolean;
}

/** A host of thousands of containers has as many mounts, each of which may be a line of kilobytes (overlay). */
const MOST_BYTES = 1 << 26;

/** mangle() of fs/proc_namespace.c: blanks, newlines and backslashes as three octal digits. */
function unescape(field: string): string {
  return field.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

function parseMount(line: string): Mount | undefined {
  const fields = line.split(' ');
  // Between the options and the separator there are any number of optional fields (shared:1, master:2).
  const separator = fields.indexOf('-', 6);
  const [root, mountPoint, options] = fields.slice(3, 6);
  const [fsType, , superOptions] = fields.slice(separator + 1);
  if (separator < 0 || root === undefined || mountPoint === undefined || options === undefined)
    return undefined;
  if (fsType === undefined || superOptions === undefined) return undefined;
  return {
    mountPoint: unescape(mountPoint),
    root: unescape(root),
    fsType: unescape(fsType),
    options: options.split(','),
    superOptions: superOptions.split(',').map(unescape),
  };
}

/** Parses /proc/PID/mountinfo. */
export function parseMountinfo(text: string): readonly Mount[] | undefined {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const mount = parseMount(line);
    if (mount === undefined) return undefined;
    mounts.push(mount);
  }
  return mounts;
}

function option(mount: Mount, name: string): string | undefined {
  return mount.superOptions.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Numbers before Linux 5.8, words since: fs/proc/root.c proc_show_options(). */
const HIDE_PID: ReadonlyMap<string | undefined, ProcOptions['hidePid']> = new Map([
  [undefined, 0],
  ['0', 0],
  ['off', 0],
  ['1', 1],
  ['noaccess', 1],
  ['2', 2],
  ['invisible', 2],
  ['4', 4],
  ['ptraceable', 4],
]);

/** The options of the procfs that lies uppermost at /proc; undefined where none does, or hidepid= is a word that we do not know. */
export function procOptions(mounts: readonly Mount[]): ProcOptions | undefined {
  const proc = mounts.findLast(({ mountPoint }) => mountPoint === HOST_FILES.proc);
  if (proc?.fsType !== 'proc') return undefined;
  const hidePid = HIDE_PID.get(option(proc, 'hidepid'));
  if (hidePid === undefined) return undefined;
  const gid = decimal(option(proc, 'gid') ?? '');
  return {
    hidePid,
    ...(Number.isNaN(gid) ? {} : { seeingGid: gid }),
    onlyPids: option(proc, 'subset') === 'pid',
  };
}

/** Whether lxcfs lies over /proc/meminfo: its figures are then the container's limit, not the machine's memory. */
export function hasLxcfsMeminfo(mounts: readonly Mount[]): boolean {
  return mounts.some(
    ({ fsType, mountPoint }) => fsType === 'fuse.lxcfs' && mountPoint === `${HOST_FILES.proc}/meminfo`,
  );
}

/**
 * /proc/self/mountinfo: Documentation/filesystems/proc.rst 3.5, fs/proc_namespace.c show_mountinfo().
 *
 *     35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
 */
export function readMountinfo(files: KernelFiles): Read<readonly Mount[]> {
  return readParsed(`${files.proc}/self/mountinfo`, parseMountinfo, MOST_BYTES);
}
