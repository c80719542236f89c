import { signedDecimal } from '../fields.ts';
import { type KernelFiles, type Read, readRecord } from '../kernel-files.ts';
import { KeptFile } from '../kept-file.ts';

/** Parses /proc/PID/oom_score_adj: -1000 to 1000. */
export function parseOomScoreAdj(text: string): number | undefined {
  const adj = signedDecimal(text.trimEnd());
  return adj >= -1000 && adj <= 1000 ? adj : undefined;
}

/**
 * /proc/PID/oom_score_adj: Documentation/filesystems/proc.rst 3.1, fs/proc/base.c oom_score_adj_read().
 *
 *     -1000
 */
export function readOomScoreAdj(files: KernelFiles, pid: number): Read<number> {
  return readRecord(pathOf(files, pid), parseOomScoreAdj);
}

/** The same, held open. */
export function keepOomScoreAdj(files: KernelFiles, pid: number): KeptFile<number> {
  return new KeptFile(pathOf(files, pid), parseOomScoreAdj);
}

function pathOf(files: KernelFiles, pid: number): string {
  return `${files.proc}/${pid}/oom_score_adj`;
}
