import { fail, ok, type Result } from '#shared/result.ts';
import { attempt, readStart } from '../files.ts';
import { type Tree } from '../tree.ts';

/** Where the cgroups with the memory controller are. */
export interface MemoryHierarchy {
  readonly version: 1 | 2;
  readonly mountPoint: string;
}

/** More mounts than that are known from machines with thousands of containers; nothing is gained by reading on for ever. */
const MOST_BYTES = 4 << 20;

/**
 * Finds the memory controller by /proc/self/mountinfo (Documentation/filesystems/proc.rst, 3.5). A v1 mount settles it, since a controller
 * is in one hierarchy only; v2 counts where its root has the controller.
 *
 *     35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
 */
export function findMemoryHierarchy(tree: Tree): Result<MemoryHierarchy> {
  const read = attempt('mountinfo', () => ok(readStart(`${tree.root}/proc/self/mountinfo`, MOST_BYTES)));
  if (!read.ok) return read;
  const mounts = read.value.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const [root = '', mountPoint = ''] = left.split(' ').slice(3);
    const [type = '', , options = ''] = right.split(' ');
    return [
      {
        isWhole: root === '/',
        mountPoint: tree.root + unescape(mountPoint),
        type,
        options: options.split(','),
      },
    ];
  });
  const v1 = mounts.filter(({ type, options }) => type === 'cgroup' && options.includes('memory'));
  const v2 = mounts.filter(({ type, mountPoint }) => type === 'cgroup2' && hasMemory(mountPoint));
  const version = v1.length > 0 ? 1 : 2;
  const candidates = version === 1 ? v1 : v2;
  const mount = candidates.find(({ isWhole }) => isWhole) ?? candidates[0];
  if (mount === undefined) return fail('not-supported', { what: 'cgroups' });
  return ok({ version, mountPoint: mount.mountPoint });
}

function hasMemory(mountPoint: string): boolean {
  const read = attempt('cgroup.controllers', () => ok(readStart(`${mountPoint}/cgroup.controllers`)));
  return read.ok && read.value.trim().split(' ').includes('memory');
}

/** mangle() of fs/proc_namespace.c: blanks, newlines and backslashes as three octal digits. */
function unescape(field: string): string {
  return field.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
