import { type Pressure } from '#shared/model/memory.ts';
import { type KernelFiles, type Read, readRecord } from './kernel-files.ts';
import { KeptFile } from './kept-file.ts';

const AVERAGES = /^avg10=(\d+\.\d\d) avg60=(\d+\.\d\d) avg300=\d+\.\d\d total=\d+$/;

function averages(line: string | undefined, kind: string): readonly [number, number] | undefined {
  const match = line?.startsWith(`${kind} `) === true ? AVERAGES.exec(line.slice(kind.length + 1)) : null;
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

/**
 * Parses a pressure file of the memory resource. Its `full` line has been there since the first version (only the file of the cpu
 * resource lacked it, before 5.13), so a text without it is not the kernel's: undefined, never "no pressure".
 */
export function parsePressure(text: string): Pressure | undefined {
  const lines = text.split('\n');
  const some = averages(
    lines.find((line) => line.startsWith('some ')),
    'some',
  );
  const full = averages(
    lines.find((line) => line.startsWith('full ')),
    'full',
  );
  if (some === undefined || full === undefined) return undefined;
  return { some10: some[0], some60: some[1], full10: full[0], full60: full[1] };
}

/**
 * /proc/pressure/memory: share of time, in percent, in which some or all tasks waited for memory; Documentation/accounting/psi.rst,
 * kernel/sched/psi.c psi_show(). `missing` without CONFIG_PSI or with psi=0, `failed` with EOPNOTSUPP where it is built in but off.
 *
 *     some avg10=0.00 avg60=0.00 avg300=0.00 total=0
 *     full avg10=0.00 avg60=0.00 avg300=0.00 total=0
 */
export function readPressure(files: KernelFiles): Read<Pressure> {
  return readRecord(pathIn(files), parsePressure);
}

/** The same, held open. */
export function keepPressure(files: KernelFiles): KeptFile<Pressure> {
  return new KeptFile(pathIn(files), parsePressure);
}

function pathIn(files: KernelFiles): string {
  return `${files.proc}/pressure/memory`;
}
