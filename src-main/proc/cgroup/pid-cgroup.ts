import { type KernelFiles, type Read, readRecord } from '../kernel-files.ts';

/** Where a process is in the hierarchies that matter here: paths relative to the reader's cgroup namespace, `/` at the start. */
export interface PidCgroup {
  /** The v1 hierarchy with the memory controller. */
  readonly memory: string | undefined;
  /** The v2 hierarchy, whether or not it has the memory controller. */
  readonly unified: string | undefined;
  /** The named v1 hierarchy in which systemd tracks its units. */
  readonly systemd: string | undefined;
}

/** Parses /proc/PID/cgroup: `id:controllers:path` a line. Paths may hold colons, never a newline. */
export function parsePidCgroup(text: string): PidCgroup | undefined {
  let memory: string | undefined;
  let unified: string | undefined;
  let systemd: string | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const match = /^(\d+):([^:]*):(\/.*)$/s.exec(line);
    if (match === null) return undefined;
    const [, id, controllers = '', path] = match;
    if (controllers === '' && id === '0') unified = path;
    else if (controllers === 'name=systemd') systemd = path;
    else if (controllers.split(',').includes('memory')) memory = path;
  }
  return { memory, unified, systemd };
}

/**
 * /proc/PID/cgroup: cgroups(7), kernel/cgroup/cgroup.c proc_cgroup_show().
 *
 *     4:memory:/system.slice/cron.service
 *     0::/system.slice/cron.service
 */
export function readPidCgroup(files: KernelFiles, pid: number): Read<PidCgroup> {
  return readRecord(`${files.proc}/${pid}/cgroup`, parsePidCgroup);
}
