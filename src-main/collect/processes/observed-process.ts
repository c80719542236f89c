import { type KernelTask } from '#shared/kernel/task.ts';
import { type Unit } from '#shared/model/unit.ts';

/** A process as it was read last: what the kernel model needs, and what people know it by. */
export interface ObservedProcess extends KernelTask {
  readonly name: string;
  /** At most 4,096 bytes of it. */
  readonly command: string;
  /** The command line goes on behind `command`. */
  readonly commandIsCut?: true;
  /** The arguments apart, of Java more of them. */
  readonly argv?: readonly string[];
  /** Path of its program; absent where it may not be read. */
  readonly exe?: string;
  readonly hasTty?: true;
  /** It is process 1 of a pid namespace below ours. */
  readonly isNamespaceInit?: true;
  readonly user: string;
  /** Real: the user who has started it. */
  readonly uid?: number;
  /** Effective: this user owns the process's files in /proc. */
  readonly euid: number;
  readonly unit?: Unit;
  readonly container?: string;
  /** The cgroup path that tells unit and container: that of the hierarchy in which systemd tracks its units. */
  readonly home?: string;
  readonly threads: number;
  readonly oomScore: number;
  /** Resident pages by /proc/PID/status: differs from `memory.rssPages` where the kernel's counters lag. */
  readonly statusRssPages: number;
  /** Major faults since its start: none means that nothing of it was ever swapped in. */
  readonly majorFaults: number;
  /** Size and peaks of its address space: equal in all processes that share one. */
  readonly addressSpaceKey?: string;
}
