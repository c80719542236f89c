import { type KernelFiles, type Read, readParsed } from '../kernel-files.ts';

/** One mapping of an address space. Addresses are multiples of the page size, so a number holds them exactly. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
  /** `rw-p`: readable, writable, executable, private or shared. */
  readonly permissions: string;
  /** Offset, device and inode of what is mapped, as the kernel writes them. */
  readonly source: string;
  /** `[stack]`, `[heap]`, a path; empty for anonymous memory. */
  readonly name: string;
}

/** An address space may have vm.max_map_count mappings, 65530 and more, of paths each. */
const MOST_MAPS_BYTES = 1 << 25;

const LINE = /^([0-9a-f]+)-([0-9a-f]+) ([-rwxsp]{4}) ([0-9a-f]+ [0-9a-f]+:[0-9a-f]+ \d+) *(.*)$/s;

/** Parses /proc/PID/maps. */
export function parsePidMaps(text: string): readonly Mapping[] | undefined {
  const mappings: Mapping[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const match = LINE.exec(line);
    if (match === null) return undefined;
    const [, start = '', end = '', permissions = '', source = '', name = ''] = match;
    mappings.push({ start: parseInt(start, 16), end: parseInt(end, 16), permissions, source, name });
  }
  return mappings;
}

/**
 * /proc/PID/maps: fs/proc/task_mmu.c show_map_vma(). Empty where there is no address space; `denied` for processes that we may not
 * trace.
 *
 *     7ffd4c1e7000-7ffd4c208000 rw-p 00000000 00:00 0                          [stack]
 */
export function readPidMaps(files: KernelFiles, pid: number): Read<readonly Mapping[]> {
  return readParsed(`${files.proc}/${pid}/maps`, parsePidMaps, MOST_MAPS_BYTES);
}
