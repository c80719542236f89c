import { type KernelFiles, readText } from './kernel-files.ts';

/**
 * /proc/sys/kernel/random/boot_id: a UUID that is new at each boot; drivers/char/random.c. Empty where it cannot be read.
 *
 *     0b0a1f0e-8c43-4d0e-8f8a-6a2f3c1d7e55
 */
export function readBootId(files: KernelFiles): string {
  const read = readText(`${files.proc}/sys/kernel/random/boot_id`);
  return read.ok ? read.value.trim() : '';
}
