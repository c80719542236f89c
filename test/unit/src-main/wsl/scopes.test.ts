import { describe, expect, it } from 'vitest';
import { parseOomReports } from '#shared/kernel/oom-report/reader.ts';
import { headroomIn } from '../../../../src-main/engine/watch/headroom.ts';
import { sampledTree } from '../../../helpers/processes/process-sampler.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const OWN = '/wsl-user/distro-7/systemd/system.slice/cron.service';

/** A distribution of WSL that uses nearly all memory; the kernel itself has `uncharged` of it. */
function machine(freeBytes: number, unchargedBytes: number) {
  const totalBytes = 8 * GIB;
  const usageBytes = totalBytes - freeBytes - unchargedBytes;
  const { sample } = sampledTree({
    meminfo: {
      memTotalBytes: totalBytes,
      memFreeBytes: freeBytes,
      memAvailableBytes: freeBytes,
      buffersBytes: 0,
      cachedBytes: 0,
      activeFileBytes: 0,
      inactiveFileBytes: 0,
      shmemBytes: 0,
      slabReclaimableBytes: 0,
      anonBytes: usageBytes,
    },
    processes: [{ pid: 50, name: 'cron', cgroup: OWN, rssAnonPages: 1000 }],
    cgroups: {
      '/wsl-user': { limitBytes: totalBytes - 32 * MIB, usageBytes },
      '/wsl-user/distro-7': { usageBytes },
      '/wsl-user/distro-7/systemd': { usageBytes },
    },
  });
  return sample();
}

describe('a distribution below /wsl-user', () => {
  it('runs out with the machine: the group is not full before that', () => {
    // 38 MiB of the kernel's own are uncharged right after the start, and more later.
    for (const unchargedBytes of [38 * MIB, 300 * MIB])
      for (const freeBytes of [GIB, 200 * MIB]) {
        const { first } = headroomIn(machine(freeBytes, unchargedBytes)).chain(OWN);
        expect(first.path).toBeUndefined();
      }
  });

  it('runs out first should the reserve of WSL grow', () => {
    expect(headroomIn(machine(GIB, 0)).chain(OWN).first.path).toBe('/wsl-user');
  });

  it('has processes with the units of its own systemd', () => {
    expect(machine(GIB, GIB).processes.find(({ pid }) => pid === 50)?.unit).toEqual({
      manager: 'system',
      name: 'cron.service',
    });
  });

  it('has kills of both forms in the log: of the machine, and of the group', () => {
    const report = (
      constraint: string,
      verdict: string,
    ) => `[  10.0] stress invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0
[  10.0] oom-kill:constraint=${constraint},task_memcg=/wsl-user,task=stress,pid=77,uid=0
[  10.0] ${verdict}: Killed process 77 (stress) total-vm:400kB, anon-rss:200kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:36kB oom_score_adj:0
`;
    const [global] = parseOomReports(
      report('CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom', 'Out of memory'),
    );
    const [group] = parseOomReports(
      report(
        'CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/wsl-user',
        'Memory cgroup out of memory',
      ),
    );
    expect(global).toMatchObject({ scope: 'global', taskCgroup: '/wsl-user', kills: [{ pid: 77 }] });
    expect(group).toMatchObject({ scope: 'cgroup', oomCgroup: '/wsl-user', kills: [{ pid: 77 }] });
  });
});
