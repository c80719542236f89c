import { decimal } from './fields.ts';
import { type KernelFiles, readText } from './kernel-files.ts';

/**
 * When the machine was started, in milliseconds since 1970: `btime` of /proc/stat, fs/proc/stat.c. By the clock of now, so that it moves when
 * that is set; undefined where it cannot be read.
 *
 *     btime 1764460000
 */
export function readBootTimeMs({ proc }: Pick<KernelFiles, 'proc'>): number | undefined {
  const text = readText(`${proc}/stat`);
  const [, seconds = ''] = (text.ok ? /^btime (\d+)$/m.exec(text.value) : null) ?? [];
  const value = decimal(seconds);
  return Number.isNaN(value) ? undefined : value * 1000;
}
