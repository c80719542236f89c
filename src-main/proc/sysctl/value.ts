import { signedDecimal } from '../fields.ts';
import { type KernelFiles, type Read, readRecord } from '../kernel-files.ts';
import { KeptFile } from '../kept-file.ts';

function sysctlPath(files: KernelFiles, name: string): string {
  if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/.test(name)) throw new RangeError(`not the name of a sysctl: ${name}`);
  return `${files.proc}/sys/${name.replaceAll('.', '/')}`;
}

/** Parses a sysctl that is one number. */
export function parseSysctl(text: string): number | undefined {
  const value = signedDecimal(text.trimEnd());
  return Number.isNaN(value) ? undefined : value;
}

/**
 * /proc/sys/vm/overcommit_memory and the like, by the sysctl's name: Documentation/admin-guide/sysctl.
 *
 *     0
 */
export function readSysctl(files: KernelFiles, name: string): Read<number> {
  return readRecord(sysctlPath(files, name), parseSysctl);
}

/** The same, held open. */
export function keepSysctl(files: KernelFiles, name: string): KeptFile<number> {
  return new KeptFile(sysctlPath(files, name), parseSysctl);
}

/** A sysctl that is text (`kernel.hostname`), without its newline. */
export function readSysctlText(files: KernelFiles, name: string): Read<string> {
  return readRecord(sysctlPath(files, name), (text) => text.trimEnd());
}
