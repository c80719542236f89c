import { type IneligibleReason } from '../../model/process.ts';
import { OOM_SCORE_ADJ_MIN } from './badness.ts';
import { type KernelTask } from '../task.ts';

/**
 * Why the kernel does not choose a process, or undefined when it may. Follows mm/oom_kill.c, oom_unkillable_task() and the first lines of
 * oom_badness().
 */
export function ineligibleReason(task: KernelTask): IneligibleReason | undefined {
  if (task.globalInit) return 'global-init';
  if (task.kernelThread) return 'kernel-thread';
  if (task.memory === undefined) return 'no-memory';
  if (task.oomScoreAdj === OOM_SCORE_ADJ_MIN) return 'oom-score-adj-minimum';
  if (task.passedOver === true) return 'passed-over';
  return undefined;
}
