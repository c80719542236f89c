import { statSync } from 'node:fs';
import { containerInPath } from '#shared/containers/container-in-path.ts';
import { type HostFacts } from '../collect/machine/host-facts.ts';
import { readCgroupEvents } from '../proc/cgroup/events.ts';
import { pathInMount, type MemoryMount } from '../proc/cgroup/mounts.ts';
import { readPidCgroup } from '../proc/cgroup/pid-cgroup.ts';
import { cgroupFolder } from '../proc/cgroup/tree.ts';
import { type KernelFiles } from '../proc/kernel-files.ts';
import { type CountedKills } from './kill-tally.ts';

/**
 * The cgroup of a container by the pid that its engine gives. Undefined where that process is in no cgroup of this container: the number then
 * belongs to another machine, or to another namespace of pids.
 */
export function containerCgroup(
  files: KernelFiles,
  { cgroups }: Pick<HostFacts, 'cgroups'>,
  pid: number,
  id: string,
): string | undefined {
  const read = readPidCgroup(files, pid);
  if (!read.ok) return undefined;
  const whole = (cgroups.version === 1 ? read.value.memory : read.value.unified) ?? '/';
  const path = pathInMount(cgroups.memoryRoot ?? '/', whole) ?? whole;
  if (containerInPath(path)?.id !== id) return undefined;
  // What lies below belongs to the container: /container, /init.scope, a whole systemd.
  const parts = path.split('/');
  const last = parts.findIndex((part) => part.includes(id));
  return parts.slice(0, last + 1).join('/');
}

/** What the kernel has counted in a cgroup. Undefined where it is gone, or its kernel counts nothing. */
export function countedKills(
  mount: MemoryMount | undefined,
  path: string | undefined,
): CountedKills | undefined {
  if (mount === undefined || path === undefined) return undefined;
  const folder = cgroupFolder(mount, path);
  if (!folder.ok) return undefined;
  const stat = statSync(folder.value, { throwIfNoEntry: false });
  const { oomKills } = readCgroupEvents(mount, path);
  return stat === undefined || oomKills === undefined ? undefined : { inode: stat.ino, kills: oomKills };
}
