import { type KernelFiles, type Read } from './kernel-files.ts';
import { readSysctlText } from './sysctl/value.ts';

/** /proc/sys/kernel/osrelease, `uname -r`: `6.18.0-1-amd64`. */
export function readKernelRelease(files: KernelFiles): Read<string> {
  return readSysctlText(files, 'kernel.osrelease');
}

/** /proc/sys/kernel/version, `uname -v`: `#1 SMP PREEMPT_DYNAMIC Debian 6.18-1 (2026-01-01)`. */
export function readKernelVersion(files: KernelFiles): Read<string> {
  return readSysctlText(files, 'kernel.version');
}

/** /proc/sys/kernel/hostname, in the reader's UTS namespace. */
export function readHostname(files: KernelFiles): Read<string> {
  return readSysctlText(files, 'kernel.hostname');
}
