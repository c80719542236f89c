import { type CgroupFile } from '#shared/model/cgroup-change.ts';
import { type MemoryMount } from './mounts.ts';
import { cgroupFolder } from './tree.ts';
import { type Read, readParsed } from '../kernel-files.ts';
import { parseLimit } from './memory-cgroup.ts';

/** One value that can be set of a memory cgroup: bytes, `max` for no limit; of memory.oom.group 0 or 1. `path` starts with `/`. */
export function readCgroupSetting(
  mount: MemoryMount,
  path: string,
  file: CgroupFile,
  pageSizeBytes: number,
): Read<number | 'max'> {
  const folder = cgroupFolder(mount, path);
  if (!folder.ok) return folder;
  return readParsed(`${folder.value}/${file}`, (text) => {
    const value = parseLimit(text, pageSizeBytes);
    return value === Infinity ? 'max' : value;
  });
}
