import { OOM_SCORE_ADJ_MAX, OOM_SCORE_ADJ_MIN } from './badness.ts';

/** The legacy scale of /proc/PID/oom_adj (include/uapi/linux/oom.h): -17 never, -16..15. */
const OOM_DISABLE = -17;
const OOM_ADJUST_MAX = 15;

/**
 * The oom_score_adj that writing a value to /proc/PID/oom_adj sets; undefined for what the kernel refuses.
 * Follows fs/proc/base.c, oom_adj_write(): the maximum is mapped by name, the rest truncates toward zero.
 */
export function oomScoreAdjFromOomAdj(oomAdj: number): number | undefined {
  if (!Number.isInteger(oomAdj) || oomAdj < OOM_DISABLE || oomAdj > OOM_ADJUST_MAX) return undefined;
  if (oomAdj === OOM_ADJUST_MAX) return OOM_SCORE_ADJ_MAX;
  return Math.trunc((oomAdj * OOM_SCORE_ADJ_MAX) / -OOM_DISABLE) + 0;
}

/**
 * What reading /proc/PID/oom_adj prints for an oom_score_adj; undefined outside -1000..1000. The way back is lossy.
 * Follows fs/proc/base.c, oom_adj_read(), with the cap at 15 that newer kernels have.
 */
export function oomAdjFromOomScoreAdj(oomScoreAdj: number): number | undefined {
  const valid =
    Number.isInteger(oomScoreAdj) && oomScoreAdj >= OOM_SCORE_ADJ_MIN && oomScoreAdj <= OOM_SCORE_ADJ_MAX;
  if (!valid) return undefined;
  return Math.min(OOM_ADJUST_MAX, Math.trunc((oomScoreAdj * -OOM_DISABLE) / OOM_SCORE_ADJ_MAX) + 0);
}
