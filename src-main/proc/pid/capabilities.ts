import { type KernelFiles, readText } from '../kernel-files.ts';

/** CAP_SYS_RESOURCE of include/uapi/linux/capability.h. */
const SYS_RESOURCE = 1n << 24n;

/** What a set of capabilities allows. */
export interface CapabilitySet {
  /** Lowering oom_score_adj below what was set before (fs/proc/base.c, __set_oom_adj()). */
  readonly sysResource: boolean;
}

/** The capabilities of a process: those in force, and those that it and what it starts can have at most. */
export interface PidCapabilities {
  readonly effective: CapabilitySet;
  /** Absent where the kernel does not say it. */
  readonly bounding?: CapabilitySet;
}

/**
 * The lines CapEff and CapBnd of /proc/PID/status (capabilities(7)); undefined when they cannot be read.
 *
 *     CapEff:	000001ffffffffff
 */
export function readCapabilities(files: KernelFiles, pid: number | 'self'): PidCapabilities | undefined {
  const status = readText(`${files.proc}/${pid}/status`);
  if (!status.ok) return undefined;
  const setOf = (name: string) => {
    const hex = new RegExp(`^${name}:\\s*([0-9a-f]{1,16})$`, 'm').exec(status.value)?.[1];
    return hex === undefined ? undefined : { sysResource: (BigInt(`0x${hex}`) & SYS_RESOURCE) !== 0n };
  };
  const effective = setOf('CapEff');
  const bounding = setOf('CapBnd');
  return effective === undefined ? undefined : { effective, ...(bounding === undefined ? {} : { bounding }) };
}
