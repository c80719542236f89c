import { decimal, fieldAfter, isFigure, optional } from './fields.ts';
import { type KernelFiles, type Read, readParsed } from './kernel-files.ts';
import { KeptFile } from './kept-file.ts';

/** Events since boot. */
export interface Vmstat {
  /** pgmajfault: page faults that had to wait for a disk. */
  readonly majorFaults: number;
  /** pswpin, pswpout: pages read back from swap and written to it. Absent in a kernel without swap. */
  readonly swapInPages?: number;
  readonly swapOutPages?: number;
  /** oom_kill: processes that the kernel killed, in any scope. Absent before Linux 4.13. */
  readonly oomKills?: number;
}

/** Parses /proc/vmstat; undefined when pgmajfault is missing or a known counter is no number. */
export function parseVmstat(text: string): Vmstat | undefined {
  const count = (key: string): number | undefined => {
    const field = fieldAfter(text, key);
    return field === undefined ? undefined : decimal(field);
  };
  const majorFaults = count('pgmajfault ');
  const swapInPages = count('pswpin ');
  const swapOutPages = count('pswpout ');
  const oomKills = count('oom_kill ');
  if (!isFigure(majorFaults) || [swapInPages, swapOutPages, oomKills].some(Number.isNaN)) return undefined;
  return {
    majorFaults,
    ...optional('swapInPages', swapInPages),
    ...optional('swapOutPages', swapOutPages),
    ...optional('oomKills', oomKills),
  };
}

/**
 * /proc/vmstat: one event and its count a line; mm/vmstat.c vmstat_show(), vmstat_text[]. `oom_kill` is counted in
 * mm/oom_kill.c __oom_kill_process().
 *
 *     pgmajfault 1234
 */
export function readVmstat(files: KernelFiles): Read<Vmstat> {
  return readParsed(pathIn(files), parseVmstat);
}

/** The same, held open. */
export function keepVmstat(files: KernelFiles): KeptFile<Vmstat> {
  return new KeptFile(pathIn(files), parseVmstat, 'many-records');
}

function pathIn(files: KernelFiles): string {
  return `${files.proc}/vmstat`;
}
