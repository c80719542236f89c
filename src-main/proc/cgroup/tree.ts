import { existsSync, readdirSync, statSync } from 'node:fs';
import { withDescriptor } from '../descriptors.ts';
import { type MemoryMount } from './mounts.ts';
import { decimal } from '../fields.ts';
import { type Read, readFailure, readParsed } from '../kernel-files.ts';

/** One cgroup below another. */
export interface ChildCgroup {
  readonly name: string;
  readonly inode: number;
}

/** A hierarchy may hold every process that there is: pid_max is at most 2^22. */
const MOST_PROCS_BYTES = 1 << 26;

/**
 * The folder of a cgroup. `path` starts with `/`, the root of the mount. Paths come from outside: one that would lead out of the mount
 * is answered as `missing`, without a look.
 */
export function cgroupFolder(mount: MemoryMount, path: string): Read<string> {
  const folder = path === '/' ? mount.mountPoint : `${mount.mountPoint}${path}`;
  const leavesMount = !path.startsWith('/') || path.includes('\0') || path.split('/').includes('..');
  return leavesMount ? { ok: false, why: 'missing', path: folder } : { ok: true, value: folder };
}

export function readCgroupExists(mount: MemoryMount, path: string): boolean {
  const folder = cgroupFolder(mount, path);
  return folder.ok && existsSync(`${folder.value}/cgroup.procs`);
}

function parseProcs(text: string): readonly number[] | undefined {
  const pids = text === '' ? [] : text.trimEnd().split('\n').map(decimal);
  return pids.some(Number.isNaN) ? undefined : pids;
}

/**
 * cgroup.procs: the processes right in a cgroup, in the kernel's order; kernel/cgroup/cgroup.c cgroup_procs_show(), v1: sorted. 0
 * stands for a process that has no pid in our namespace. `failed` with EOPNOTSUPP in a threaded cgroup, whose processes are those of
 * an ancestor.
 *
 *     842
 */
export function readCgroupProcs(mount: MemoryMount, path: string): Read<readonly number[]> {
  const folder = cgroupFolder(mount, path);
  return folder.ok ? readParsed(`${folder.value}/cgroup.procs`, parseProcs, MOST_PROCS_BYTES) : folder;
}

/**
 * The cgroups right below one, oldest first: the order in which the kernel visits them. kernfs numbers its nodes upwards
 * (fs/kernfs/dir.c __kernfs_new_node()), readdir gives them by the hash of their names. One that vanishes meanwhile is left out.
 */
export function listChildCgroups(mount: MemoryMount, path: string): Read<readonly ChildCgroup[]> {
  const folder = cgroupFolder(mount, path);
  if (!folder.ok) return folder;
  try {
    const children = withDescriptor(() => readdirSync(folder.value, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) => {
        const stat = statSync(`${folder.value}/${name}`, { throwIfNoEntry: false });
        return stat === undefined ? [] : [{ name, inode: stat.ino }];
      });
    return { ok: true, value: children.sort((a, b) => a.inode - b.inode) };
  } catch (error) {
    return readFailure(error, folder.value);
  }
}
