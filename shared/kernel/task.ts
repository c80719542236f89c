import { type MemoryFigures, type ProcessId } from '../model/process.ts';

/** A process (thread group) as the OOM killer sees it. */
export interface KernelTask extends ProcessId {
  readonly parentPid: number;
  /** Figures of the first thread that has an address space; absent when none has (kernel thread, zombie). */
  readonly memory?: MemoryFigures;
  readonly oomScoreAdj: number;
  readonly kernelThread: boolean;
  /** PID 1 of the initial pid namespace. PID 1 of a container is like any other process. */
  readonly globalInit: boolean;
  /** Path of its memory cgroup, relative to the mount of the hierarchy. */
  readonly cgroup: string;
  readonly capSysAdmin?: boolean;
  /** The kernel prints a score of 0 for it although its figures say more: see `isPassedOver`. */
  readonly passedOver?: boolean;
  /** Processes with the same number are known to share one address space (CLONE_VM without CLONE_THREAD). */
  readonly mm?: number;
}

/**
 * Compares by the order in which for_each_process() meets processes: oldest fork first. Start times tick at 1/100 s; within one tick
 * the pid decides, which is right as long as pids did not wrap around in it.
 */
export function compareForkOrder(a: ProcessId, b: ProcessId): number {
  return a.startTicks - b.startTicks || a.pid - b.pid;
}
