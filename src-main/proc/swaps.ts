import { type KernelFiles, type Read, readParsed } from './kernel-files.ts';

/** One swap area in use. */
export interface SwapArea {
  /** Device or file, with the kernel's escapes decoded. */
  readonly path: string;
  readonly kind: 'partition' | 'file';
  readonly sizeBytes: number;
  readonly usedBytes: number;
}

/** Parses /proc/swaps: a heading, then a line an area; blanks in paths are written as \040. */
export function parseSwaps(text: string): readonly SwapArea[] | undefined {
  const areas: SwapArea[] = [];
  for (const line of text.split('\n').slice(1)) {
    if (line === '') continue;
    const match = /^(\S+)\s+(partition|file)\s+(\d+)\s+(\d+)\s+-?\d+$/.exec(line);
    if (match === null) return undefined;
    const path = (match[1] ?? '').replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(parseInt(octal, 8)),
    );
    areas.push({
      path,
      kind: match[2] === 'file' ? 'file' : 'partition',
      sizeBytes: Number(match[3]) * 1024,
      usedBytes: Number(match[4]) * 1024,
    });
  }
  return areas;
}

/**
 * /proc/swaps: Documentation/filesystems/proc.rst, mm/swapfile.c swap_show().
 *
 *     /dev/zram0                              partition	8388604		1024		100
 */
export function readSwaps(files: KernelFiles): Read<readonly SwapArea[]> {
  return readParsed(`${files.proc}/swaps`, parseSwaps);
}
