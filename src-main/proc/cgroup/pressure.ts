import { type Pressure } from '#shared/model/memory.ts';
import { type MemoryMount } from './mounts.ts';
import { cgroupFolder } from './tree.ts';
import { readRecord } from '../kernel-files.ts';
import { parsePressure } from '../pressure.ts';

/**
 * memory.pressure of a cgroup, in the form of /proc/pressure/memory: Documentation/admin-guide/cgroup-v2.rst, kernel/sched/psi.c. Undefined with
 * cgroup v1, which has none, and where it is off.
 */
export function readCgroupPressure(mount: MemoryMount, path: string): Pressure | undefined {
  if (mount.version === 1) return undefined;
  const folder = cgroupFolder(mount, path);
  if (!folder.ok) return undefined;
  const read = readRecord(`${folder.value}/memory.pressure`, parsePressure);
  return read.ok ? read.value : undefined;
}
