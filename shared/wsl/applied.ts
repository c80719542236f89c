import { type WslApplied, type WslMachine } from '../model/wsl.ts';
import { type WslconfigValues } from './effective.ts';

const MIB = 2 ** 20;
/** What the kernel keeps for itself: by the two points that are known, 100 MiB and 1.7% (3932 of 4096 MiB, 7958 of 8192). */
const KERNEL_SHARE_BYTES = 100 * MIB;
const KERNEL_SHARE = 0.017;
/** By so much that share may be smaller or larger on other kernels. */
const SURE = { least: 0.4, most: 2 } as const;
/** Beyond this it is another size. */
const DOUBT = 4;
/** The header page of the area, and rounding. */
const SWAP_TOLERANCE_BYTES = MIB;
/** mkswap and swapon run after the start, on their own. */
export const SWAP_COMES_WITHIN_SECONDS = 60;

/** Whether the virtual machine has the memory that the file gives it; undefined where the file gives none. */
export function memoryApplied(
  { memoryBytes }: WslconfigValues,
  { memory, commandLine }: WslMachine,
): WslApplied | undefined {
  if (memoryBytes === undefined) return undefined;
  if (memory === undefined) return 'unknown';
  const kept = memoryBytes - (commandLine.swiotlbBytes ?? 0) - memory.totalBytes;
  const usual = KERNEL_SHARE_BYTES + KERNEL_SHARE * memoryBytes;
  if (kept >= SURE.least * usual && kept <= SURE.most * usual) return 'yes';
  // More than the machine was given: another size, or what Windows has is not known (memory above all of it).
  if (kept < 0) return -kept < usual ? 'unknown' : 'no';
  return kept <= DOUBT * usual ? 'unknown' : 'no';
}

/** The same of swap. `starting`: it is added some seconds after the start. */
export function swapApplied(
  { swapBytes }: WslconfigValues,
  { memory, upSeconds }: WslMachine,
): WslApplied | 'starting' | undefined {
  if (swapBytes === undefined) return undefined;
  if (memory === undefined) return 'unknown';
  const { swapTotalBytes } = memory;
  if (Math.abs(swapTotalBytes - swapBytes) <= SWAP_TOLERANCE_BYTES) return 'yes';
  if (swapTotalBytes === 0 && (upSeconds ?? Infinity) < SWAP_COMES_WITHIN_SECONDS) return 'starting';
  return 'no';
}

/** The same of the processors; the kernel's command line has their exact number. WSL cuts more than there are. */
export function processorsApplied(
  { processors }: WslconfigValues,
  { commandLine }: WslMachine,
): WslApplied | undefined {
  if (processors === undefined) return undefined;
  if (commandLine.processors === undefined) return 'unknown';
  if (commandLine.processors === processors) return 'yes';
  return commandLine.processors < processors ? 'unknown' : 'no';
}

/** The same of the kernel's command line: a policy of the company may take it away. */
export function commandLineApplied(
  { kernelCommandLine }: WslconfigValues,
  { commandLine }: WslMachine,
): WslApplied | undefined {
  if (kernelCommandLine === undefined) return undefined;
  const wanted = kernelCommandLine.trim().split(/\s+/);
  const there = new Set(commandLine.text.split(/\s+/));
  return wanted.every((word) => there.has(word)) ? 'yes' : 'no';
}

/** True where the file was changed after the start: only that proves anything. Copies keep an older time. */
export function isNewerThanStart(changedMs: number | undefined, { bootMs }: WslMachine): boolean {
  return changedMs !== undefined && bootMs !== undefined && changedMs > bootMs;
}
