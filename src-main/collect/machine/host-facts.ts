import { fail, ok, type Result } from '#shared/result.ts';
import { rulesOf, type OomRules } from '#shared/kernel/rules.ts';
import { parseKernelVersion, type KernelVersion } from '#shared/kernel/version.ts';
import { readAuxv } from '../../proc/pid/auxv.ts';
import {
  memoryMount,
  readCgroupMounts,
  type CgroupMounts,
  type MemoryMount,
} from '../../proc/cgroup/mounts.ts';
import { type KernelFiles } from '../../proc/kernel-files.ts';
import { readHostname, readKernelRelease } from '../../proc/kernel-release.ts';
import { readMountinfo } from '../../proc/mountinfo.ts';
import { readOnlineCpuCount } from '../../proc/online.ts';
import { readInInitialPidNamespace } from '../../proc/pid/namespace.ts';
import { outOfSight } from '../sight.ts';
import { type OutOfSight } from '#shared/model/trouble.ts';

/** What stays as it is while the machine is up, as far as the sampler needs it. */
export interface HostFacts {
  readonly hostname: string;
  readonly release: string;
  readonly version: KernelVersion;
  /** By version; the formula may be corrected by behaviour later. */
  readonly rules: OomRules;
  readonly pageSizeBytes: number;
  readonly clockTicksPerSecond: number;
  readonly cpuCount: number;
  /** False in a container with a pid namespace of its own: then not all processes are visible, and pid 1 is killable. */
  readonly initialPidNamespace: boolean;
  /** What hides some processes; absent where all are visible. */
  readonly outOfSight?: OutOfSight;
  readonly cgroups: CgroupMounts;
  /** Absent without a memory controller. */
  readonly memoryMount?: MemoryMount;
}

/** Reads them; fails when /proc is not there or is not that of a Linux kernel. */
export function readHostFacts(files: KernelFiles): Result<HostFacts> {
  const release = readKernelRelease(files);
  if (!release.ok) {
    return fail('proc-unreadable', {
      what: 'file',
      path: release.path,
      errno: release.errno ?? release.why,
    });
  }
  const version = parseKernelVersion(release.value);
  if (version === undefined) {
    return fail('proc-unreadable', { what: 'release', release: release.value });
  }
  const auxv = readAuxv(files);
  const mountinfo = readMountinfo(files);
  const cgroups: CgroupMounts = mountinfo.ok
    ? readCgroupMounts(files, mountinfo.value)
    : { version: undefined };
  const mount = memoryMount(cgroups);
  const cpus = readOnlineCpuCount(files);
  const initial = readInInitialPidNamespace(files);
  const initialPidNamespace = initial.ok ? initial.value : true;
  // Every kernel since 2.6 gives an auxv; 4 KiB and 100 are what all but a few machines have.
  const pageSizeBytes = auxv.ok ? auxv.value.pageSizeBytes : 4096;
  const mounts = mountinfo.ok ? mountinfo.value : [];
  const hidden = outOfSight(files, mounts, initialPidNamespace, pageSizeBytes);
  const hostname = readHostname(files);
  return ok({
    hostname: hostname.ok ? hostname.value : 'this machine',
    release: release.value,
    version,
    rules: rulesOf(version),
    pageSizeBytes,
    clockTicksPerSecond: auxv.ok ? auxv.value.clockTicksPerSecond : 100,
    cpuCount: cpus.ok ? cpus.value : 1,
    initialPidNamespace,
    ...(hidden === undefined ? {} : { outOfSight: hidden }),
    cgroups,
    ...(mount === undefined ? {} : { memoryMount: mount }),
  });
}
