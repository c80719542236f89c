import { type KernelFiles, type Read, readBytes } from '../kernel-files.ts';

/** What the kernel tells a program at its start. */
export interface Auxv {
  /** AT_PAGESZ. */
  readonly pageSizeBytes: number;
  /** AT_CLKTCK: how many clock ticks a second the times in /proc count. */
  readonly clockTicksPerSecond: number;
}

const AT_NULL = 0;
const AT_PAGESZ = 6;
const AT_CLKTCK = 17;

function parseAs(bytes: Uint8Array, wordBytes: 4 | 8, littleEndian: boolean): Auxv | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (offset: number): number =>
    wordBytes === 4 ? view.getUint32(offset, littleEndian) : Number(view.getBigUint64(offset, littleEndian));
  let pageSizeBytes: number | undefined;
  let clockTicksPerSecond: number | undefined;
  for (let offset = 0; offset + 2 * wordBytes <= bytes.length; offset += 2 * wordBytes) {
    const type = word(offset);
    if (type === AT_NULL) break;
    if (type === AT_PAGESZ) pageSizeBytes = word(offset + wordBytes);
    if (type === AT_CLKTCK) clockTicksPerSecond = word(offset + wordBytes);
  }
  const isPageSize =
    pageSizeBytes !== undefined && pageSizeBytes >= 4096 && Number.isInteger(Math.log2(pageSizeBytes));
  const isRate =
    clockTicksPerSecond !== undefined && clockTicksPerSecond > 0 && clockTicksPerSecond <= 10_000;
  return isPageSize && isRate
    ? { pageSizeBytes: pageSizeBytes ?? 0, clockTicksPerSecond: clockTicksPerSecond ?? 0 }
    : undefined;
}

/** Parses an auxiliary vector of either word size and byte order: the one that makes sense. */
export function parseAuxv(bytes: Uint8Array): Auxv | undefined {
  return (
    parseAs(bytes, 8, true) ?? parseAs(bytes, 4, true) ?? parseAs(bytes, 8, false) ?? parseAs(bytes, 4, false)
  );
}

/** /proc/self/auxv: pairs of words, type and value, ended by AT_NULL; getauxval(3), fs/binfmt_elf.c create_elf_tables(). */
export function readAuxv(files: KernelFiles): Read<Auxv> {
  const path = `${files.proc}/self/auxv`;
  const read = readBytes(path);
  if (!read.ok) return read;
  const value = parseAuxv(read.value);
  return value === undefined ? { ok: false, why: 'malformed', path } : { ok: true, value };
}
