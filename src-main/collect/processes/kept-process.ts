import { type KernelFiles, type Read } from '../../proc/kernel-files.ts';
import { keepOomScoreAdj, readOomScoreAdj } from '../../proc/pid/oom-score-adj.ts';
import { keepPidStat, readPidStat, type PidStat } from '../../proc/pid/stat.ts';
import { keepPidStatus, readPidStatus, type PidStatus } from '../../proc/pid/status.ts';

/** What a process's own files say, read quickly one after the other: no file gives an atomic view. */
export interface ProcessTexts {
  readonly stat: PidStat;
  readonly status: PidStatus;
  readonly oomScoreAdj: number;
}

/** Reads them once. Undefined when the process has ended, or one of them cannot be read. */
export function readProcessTexts(
  files: KernelFiles,
  pid: number,
  pageSizeBytes: number,
): ProcessTexts | undefined {
  const stat = readPidStat(files, pid);
  const status = readPidStatus(files, pid, pageSizeBytes);
  const adj = readOomScoreAdj(files, pid);
  if (!stat.ok || !status.ok || !adj.ok) return undefined;
  return { stat: stat.value, status: status.value, oomScoreAdj: adj.value };
}

/** The same for a process that is read in every tick: its files are held open. */
export class KeptProcess {
  readonly #stat;
  readonly #status;
  readonly #adj;
  #texts: ProcessTexts | undefined;

  constructor(files: KernelFiles, pid: number, pageSizeBytes: number) {
    this.#stat = keepPidStat(files, pid);
    this.#status = keepPidStatus(files, pid, pageSizeBytes);
    this.#adj = keepOomScoreAdj(files, pid);
  }

  /** The very same object as the last time when nothing has changed. */
  read(): ProcessTexts | undefined {
    const stat = this.#stat.read();
    const status = this.#status.read();
    const adj = this.#adj.read();
    if (!stat.ok || !status.ok || !adj.ok) return undefined;
    const known = this.#texts;
    const isKnown =
      known?.stat === stat.value && known.status === status.value && known.oomScoreAdj === adj.value;
    if (!isKnown) this.#texts = { stat: stat.value, status: status.value, oomScoreAdj: adj.value };
    return this.#texts;
  }

  /** stat alone. */
  readStat(): Read<PidStat> {
    return this.#stat.read();
  }

  /** oom_score_adj alone. */
  readAdj(): Read<number> {
    return this.#adj.read();
  }

  /** Closes them where descriptors are scarce. What still reads from here opens each file by its path, and keeps none. */
  stopHolding(): void {
    for (const file of [this.#stat, this.#status, this.#adj]) file.stopHolding();
  }

  close(): void {
    for (const file of [this.#stat, this.#status, this.#adj]) file.close();
  }
}
