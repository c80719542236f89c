import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { memoryMount, readCgroupMounts, type MemoryMount } from '../../../src-main/proc/cgroup/mounts.ts';
import { HOST_FILES } from '../../../src-main/proc/kernel-files.ts';
import { readMountinfo } from '../../../src-main/proc/mountinfo.ts';

/** A memory cgroup of this machine, made for one test. */
export interface RealCgroup {
  /** As `--scope cgroup:` takes it. */
  readonly path: string;
  readonly version: 1 | 2;
  readonly folder: string;
  readonly add: (pid: number) => void;
  readonly setLimit: (limitBytes: number) => void;
  /** Processes of it that the kernel has killed. */
  readonly oomKills: () => number;
}

/** Makes a memory cgroup, with a limit and without swap. Throws where this machine has no memory cgroups or does not let us. */
export function realCgroup(name: string, limitBytes?: number): RealCgroup {
  const { version, mountPoint } = mountOfMachine();
  const path = `/${name}-${process.pid}`;
  const folder = `${mountPoint}${path}`;
  // In v2 the children of a cgroup have the controllers that it passes on.
  if (version === 2) writeFileSync(`${mountPoint}/cgroup.subtree_control`, '+memory');
  mkdirSync(folder);
  onTestFinished(async () => {
    await removed(folder);
  });
  if (limitBytes !== undefined) setLimit(folder, version, limitBytes);
  return {
    path,
    version,
    folder,
    add: (pid) => {
      writeFileSync(`${folder}/cgroup.procs`, String(pid));
    },
    setLimit: (bytes) => {
      setLimit(folder, version, bytes);
    },
    oomKills: () => {
      const text = readFileSync(
        `${folder}/${version === 1 ? 'memory.oom_control' : 'memory.events'}`,
        'utf8',
      );
      return Number(/^oom_kill (\d+)$/m.exec(text)?.[1]);
    },
  };
}

/** Makes a memory cgroup and those above it that are not there, as a service manager would. Returns the way to put a process in. */
export function nestedCgroup(parts: readonly string[]): (pid: number) => void {
  const { version, mountPoint } = mountOfMachine();
  let folder = mountPoint;
  for (const part of parts) {
    // In v2 the children of a cgroup have the controllers that it passes on.
    if (version === 2) writeFileSync(`${folder}/cgroup.subtree_control`, '+memory');
    folder = `${folder}/${part}`;
    if (existsSync(folder)) continue;
    const made = folder;
    mkdirSync(made);
    // The last that was made is removed first.
    onTestFinished(() => removed(made));
  }
  return (pid) => {
    writeFileSync(`${folder}/cgroup.procs`, String(pid));
  };
}

function mountOfMachine(): MemoryMount {
  const mounts = readMountinfo(HOST_FILES);
  const mount = mounts.ok ? memoryMount(readCgroupMounts(HOST_FILES, mounts.value)) : undefined;
  if (mount === undefined) throw new Error('This machine has no memory cgroups.');
  return mount;
}

function setLimit(folder: string, version: 1 | 2, limitBytes: number): void {
  writeFileSync(`${folder}/${version === 1 ? 'memory.limit_in_bytes' : 'memory.max'}`, String(limitBytes));
  const swap = `${folder}/${version === 1 ? 'memory.memsw.limit_in_bytes' : 'memory.swap.max'}`;
  if (existsSync(swap)) writeFileSync(swap, version === 1 ? String(limitBytes) : '0');
}

/** A cgroup can be removed once its last process is gone, which takes a moment after it was killed. */
async function removed(folder: string): Promise<void> {
  for (let attempt = 0; existsSync(folder); attempt++) {
    for (const pid of readFileSync(`${folder}/cgroup.procs`, 'utf8').split('\n').filter(Boolean)) {
      process.kill(Number(pid), 'SIGKILL');
    }
    await sleep(20);
    if (readFileSync(`${folder}/cgroup.procs`, 'utf8') === '' || attempt > 200) rmdirSync(folder);
  }
}
