import { closeSync, openSync, readSync } from 'node:fs';
import { withDescriptor } from '../descriptors.ts';
import { type KernelFiles, type Read, readFailure } from '../kernel-files.ts';

const ENTRY_BYTES = 8;

/** The high word of an entry: bits 63 present, 62 swapped, 61 file page or shared memory, 56 mapped once in the whole system. */
const PRESENT = 1 << 31;
const SWAPPED = 1 << 30;
const FILE_OR_SHARED = 1 << 29;
const EXCLUSIVE = 1 << 24;
/** Bits 32 to 54 belong to the page frame number. */
const FRAME_HIGH = 0x7fffff;

/** One entry of /proc/PID/pagemap. */
export interface PageEntry {
  readonly isPresent: boolean;
  readonly isSwapped: boolean;
  /** Not a page of a file or of shared memory. */
  readonly isAnonymous: boolean;
  /** No other page table of the system has this page. Since Linux 4.2. */
  readonly isExclusive: boolean;
  /** Page frame, or place in swap; 0 where we may not know. */
  readonly frame: number;
}

/** Decodes entries; a last one that is cut is left out. */
export function parsePagemap(bytes: Uint8Array): readonly PageEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  const entries: PageEntry[] = [];
  for (let offset = 0; offset + ENTRY_BYTES <= bytes.length; offset += ENTRY_BYTES) {
    const low = view.getUint32(offset + (isLittleEndian ? 0 : 4), isLittleEndian);
    const high = view.getUint32(offset + (isLittleEndian ? 4 : 0), isLittleEndian);
    entries.push({
      isPresent: (high & PRESENT) !== 0,
      isSwapped: (high & SWAPPED) !== 0,
      isAnonymous: (high & FILE_OR_SHARED) === 0,
      isExclusive: (high & EXCLUSIVE) !== 0,
      frame: (high & FRAME_HIGH) * 2 ** 32 + low,
    });
  }
  return entries;
}

/**
 * /proc/PID/pagemap from the page at `start` on, `count` pages: Documentation/admin-guide/mm/pagemap.rst, fs/proc/task_mmu.c
 * pagemap_read(). 64 bits a page, in the byte order of the machine. Page frames are 0 without CAP_SYS_ADMIN (`denied` in 4.0 and 4.1).
 */
export function readPagemap(
  files: KernelFiles,
  pid: number,
  start: number,
  count: number,
  pageSizeBytes: number,
): Read<readonly PageEntry[]> {
  const path = `${files.proc}/${pid}/pagemap`;
  const bytes = Buffer.allocUnsafe(count * ENTRY_BYTES);
  try {
    const descriptor = withDescriptor(() => openSync(path, 'r'));
    try {
      const length = readSync(descriptor, bytes, 0, bytes.length, (start / pageSizeBytes) * ENTRY_BYTES);
      return { ok: true, value: parsePagemap(bytes.subarray(0, length)) };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return readFailure(error, path);
  }
}
