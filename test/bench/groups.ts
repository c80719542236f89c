import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { idleCpu } from './headless.ts';
import { openHostSampler } from './host.ts';
import { say, withProcesses } from './tools.ts';

const LIMIT_BYTES = 64 << 20;
const SECONDS = 60;

/**
 * CPU that so many cgroups with a limit cost the headless monitor at 1 Hz while nobody looks, in percent of a core above the same processes
 * without them. Undefined where no memory cgroup can be made.
 */
export async function measureGroups(crowd: string, count: number): Promise<number | undefined> {
  const folder = folderForGroups();
  if (folder === undefined) return undefined;
  say(`headless monitor, ${count} cgroups with a limit, twice ${SECONDS} s ...`);
  return withProcesses(crowd, 'alike', count + 100, async () => {
    const without = await idleCpu(SECONDS);
    const made = moveEach(folder, count);
    try {
      return (await idleCpu(SECONDS)) - without;
    } finally {
      await takeAway(folder, made);
    }
  });
}

/** A folder of our own in the memory hierarchy. */
function folderForGroups(): string | undefined {
  const sampler = openHostSampler();
  const mount = sampler.host.memoryMount;
  sampler.close();
  if (mount === undefined) return undefined;
  const folder = `${mount.mountPoint}/lifeboat-bench-${process.pid}`;
  try {
    mkdirSync(folder);
    if (mount.version === 2) writeFileSync(`${folder}/cgroup.subtree_control`, '+memory');
    return folder;
  } catch {
    return undefined;
  }
}

/** Puts each of so many processes of the crowd into a cgroup with a limit. */
function moveEach(folder: string, count: number): readonly string[] {
  return crowdPids()
    .slice(0, count)
    .map((pid, index) => {
      const group = `${folder}/group-${index}`;
      mkdirSync(group);
      const isV1 = existsSync(`${group}/memory.limit_in_bytes`);
      writeFileSync(`${group}/${isV1 ? 'memory.limit_in_bytes' : 'memory.max'}`, LIMIT_BYTES.toString());
      writeFileSync(`${group}/cgroup.procs`, pid);
      return group;
    });
}

function crowdPids(): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('crowd-');
    } catch {
      return false;
    }
  });
}

/** A cgroup can be taken away when its process has left it. */
async function takeAway(folder: string, groups: readonly string[]): Promise<void> {
  for (const group of groups) {
    for (const pid of readFileSync(`${group}/cgroup.procs`, 'utf8').split('\n').filter(Boolean))
      writeFileSync(`${folder}/../cgroup.procs`, pid);
  }
  await sleep(100);
  for (const group of [...groups, folder]) rmdirSync(group);
}
