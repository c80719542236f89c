import { type KernelTask } from '#shared/kernel/task.ts';

/** A process as it was read last: what the kernel model needs, and what people know it by. */
export interface ObservedProcess extends KernelTask {
  readonly name: string;
  readonly command: string;
  readonly user: string;
  /** Effective: whoever has it owns its files in /proc. */
  readonly euid: number;
  readonly unit?: string;
  readonly container?: string;
  readonly threads: number;
  readonly oomScore: number;
  /** Resident pages by /proc/PID/status: differs from `memory.rssPages` where the kernel's counters lag. */
  readonly statusRssPages: number;
  /** Major faults since its start: none means that nothing of it was ever swapped in. */
  readonly majorFaults: number;
  /** Size and peaks of its address space: equal in all processes that share one. */
  readonly addressSpaceKey?: string;
}
