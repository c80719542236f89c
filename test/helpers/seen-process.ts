import { type SeenProcess } from '#shared/model/process.ts';
import { readLook } from '../../src-main/proc/pid/look.ts';

/**
 * A process as it looks now, as if seen in the tick after its first; of one that is not there, a look that no process has. `startTicks` is
 * that of the process meant, where it is not the one that is there.
 */
export function seenNow(pid: number, startTicks?: number, proc = '/proc'): SeenProcess {
  const now = readLook(`${proc}/${pid}`);
  const ticks = startTicks ?? now?.startTicks ?? 0;
  const { startTicks: _, ...look } = now ?? { startTicks: 0, name: '', uid: 0, parentPid: 0 };
  return { pid, startTicks: ticks, look: { ...look, seenAtTicks: ticks + 1 } };
}
