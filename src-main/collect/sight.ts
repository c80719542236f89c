import { type KernelFiles } from '../proc/kernel-files.ts';
import { procOptions, type Mount } from '../proc/mountinfo.ts';
import { readPidStatus } from '../proc/pid/status.ts';

/**
 * What keeps a part of the processes out of sight. `pid-namespace`: everybody outside of this container. `hidepid`: those of other users. Where
 * neither is known, all are in sight.
 */
export type OutOfSight = 'pid-namespace' | 'hidepid';

/** include/uapi/linux/capability.h. */
const CAP_SYS_PTRACE = 19n;

/** Who is in sight decides whether an order is that of the whole machine. */
export function outOfSight(
  files: KernelFiles,
  mounts: readonly Mount[],
  initialPidNamespace: boolean,
  pageSizeBytes: number,
): OutOfSight | undefined {
  if (!initialPidNamespace) return 'pid-namespace';
  const options = procOptions(mounts);
  if (options === undefined || options.hidePid === 0) return undefined;
  const own = readPidStatus(files, 'self', pageSizeBytes);
  // fs/proc/base.c has_pid_permissions(): those who may trace everybody see everybody, and so does a group, but not with 4.
  if (own.ok && (own.value.capEff & (1n << CAP_SYS_PTRACE)) !== 0n) return undefined;
  const groups = [process.getegid?.(), ...(process.getgroups?.() ?? [])];
  const inGroup = options.seeingGid !== undefined && groups.includes(options.seeingGid);
  return inGroup && options.hidePid !== 4 ? undefined : 'hidepid';
}
