import { type MemoryMount } from './mounts.ts';
import { cgroupFolder } from './tree.ts';
import { decimal, fieldAfter, optional } from '../fields.ts';
import { readText } from '../kernel-files.ts';

/** What the kernel has counted in a memory cgroup. */
export interface CgroupEvents {
  /** Processes of it (v2: and of those below) that the kernel killed, wherever memory had run out. Absent before Linux 4.13. */
  readonly oomKills?: number;
  /** Times that memory ran out at its limit or at one below; v2 only. */
  readonly ooms?: number;
}

/** Parses memory.events (v2) or memory.oom_control (v1). */
export function parseCgroupEvents(text: string): CgroupEvents {
  const count = (key: string) => {
    const value = decimal(fieldAfter(text, `${key} `) ?? '');
    return Number.isNaN(value) ? undefined : value;
  };
  return { ...optional('oomKills', count('oom_kill')), ...optional('ooms', count('oom')) };
}

/**
 * memory.events: Documentation/admin-guide/cgroup-v2.rst, mm/memcontrol.c memory_events_show(); counted in memcg_memory_event(), upwards to the
 * root. v1: memory.oom_control, mem_cgroup_oom_control_read(). Empty where there is no such file.
 *
 *     oom 1
 *     oom_kill 1
 */
export function readCgroupEvents(mount: MemoryMount, path: string): CgroupEvents {
  const folder = cgroupFolder(mount, path);
  if (!folder.ok) return {};
  const read = readText(`${folder.value}/${mount.version === 1 ? 'memory.oom_control' : 'memory.events'}`);
  return read.ok ? parseCgroupEvents(read.value) : {};
}
