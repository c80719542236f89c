import { type OutOfSight } from '#shared/model/trouble.ts';
import { type KernelFiles } from '../proc/kernel-files.ts';
import { procOptions, type Mount } from '../proc/mountinfo.ts';
import { readPidStatus } from '../proc/pid/status.ts';

/** include/uapi/linux/capability.h. */
const CAP_SYS_PTRACE = 19n;

/** What hides processes, so that an order is not that of the whole machine; undefined where all are visible or that is not known. */
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
  // fs/proc/base.c has_pid_permissions(): a process that may trace all sees all, and so does a member of the group, but not with 4.
  if (own.ok && (own.value.capEff & (1n << CAP_SYS_PTRACE)) !== 0n) return undefined;
  const groups = [process.getegid?.(), ...(process.getgroups?.() ?? [])];
  const inGroup = options.seeingGid !== undefined && groups.includes(options.seeingGid);
  return inGroup && options.hidePid !== 4 ? undefined : 'hidepid';
}
