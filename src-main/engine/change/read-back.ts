import { type JournalState } from '#shared/model/change.ts';
import { type PendingChange } from '#shared/model/sysctl/sysctl.ts';
import { type Failure, fail } from '#shared/result.ts';
import { memoryMount, readCgroupMounts } from '../../proc/cgroup/mounts.ts';
import { cgroupFolder } from '../../proc/cgroup/tree.ts';
import { type KernelFiles, readText } from '../../proc/kernel-files.ts';
import { readMountinfo } from '../../proc/mountinfo.ts';
import { readSysctlText } from '../../proc/sysctl/value.ts';

/** The value of a setting as it is now, as the kernel prints it; undefined where it cannot be read. */
export type ReadBack = (of: PendingChange['of'], subject: string) => string | undefined;

/** Reads settings back by the subject that the journal has: `vm.swappiness`, `/a.slice memory.max`. */
export function readBackFrom(files: KernelFiles): ReadBack {
  return (of, subject) => {
    if (of === 'sysctls') {
      const read = readSysctlText(files, subject);
      return read.ok ? read.value.trim() : undefined;
    }
    const end = subject.lastIndexOf(' ');
    const mounts = readMountinfo(files);
    const mount = mounts.ok ? memoryMount(readCgroupMounts(files, mounts.value)) : undefined;
    const folder = mount === undefined ? undefined : cgroupFolder(mount, subject.slice(0, end));
    const read = folder?.ok === true ? readText(`${folder.value}/${subject.slice(end + 1)}`) : undefined;
    return read?.ok === true ? read.value.trim() : undefined;
  };
}

/** What became of a change that was not confirmed. */
export interface Outcome {
  readonly state: JournalState;
  readonly after?: string;
  readonly why: Failure;
}

/** What became of one subject of a change that was not confirmed, by the value that is there now; undefined: it cannot be read. */
export function outcomeOf(
  { changes }: PendingChange,
  subject: string,
  now: string | undefined,
  why: 'time' | 'helper-ended',
): Outcome {
  const change = changes.find((candidate) => candidate.subject === subject);
  const isBack = now === undefined || now === change?.before;
  if (change === undefined || isBack) {
    const after = change === undefined ? {} : { after: change.after };
    return { state: 'reverted', ...after, why: fail('not-confirmed', { why }).error };
  }
  const { after } = change;
  // It is still in force, as one that was kept.
  if (now === after) return { state: 'done', after, why: fail('not-reverted', { subject, now }).error };
  return { state: 'reverted', after, why: fail('changed-meanwhile', { what: 'not-ours', now }).error };
}
