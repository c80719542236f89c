import { type KernelFiles, type Read } from '../kernel-files.ts';
import { type Mapping, readPidMaps } from './maps.ts';
import { type PageEntry, readPagemap } from './pagemap.ts';

/** Whether two processes are one address space. `unknown`: nothing proves it either way, or this user may not see it. */
export type MmIdentity = 'shared' | 'separate' | 'unknown';

/** How many pages of one mapping, and in all, are compared at most: the stack and the heap settle nearly every case. */
const MOST_PAGES_OF_MAPPING = 1024;
const MOST_PAGES = 16_384;

/** Pages that a process writes as it runs: the stack first, which every process has. */
function privatePlaces(mappings: readonly Mapping[]): readonly Mapping[] {
  const writable = mappings.filter(({ permissions }) => permissions === 'rw-p');
  const named = (name: string): readonly Mapping[] => writable.filter((mapping) => mapping.name === name);
  const others = writable.filter(({ name }) => name !== '[stack]' && name !== '[heap]');
  return [...named('[stack]'), ...named('[heap]'), ...others];
}

function stackEnd(mappings: readonly Mapping[]): number | undefined {
  return mappings.find(({ name }) => name === '[stack]')?.end;
}

function isSameEntry(one: PageEntry, other: PageEntry | undefined): boolean {
  return (
    other !== undefined &&
    one.isPresent === other.isPresent &&
    one.isSwapped === other.isSwapped &&
    one.frame === other.frame
  );
}

/** What one page says, read in the one process, in the other, and in the one again, so that a change in between is noticed. */
function comparePage(
  before: PageEntry,
  other: PageEntry | undefined,
  after: PageEntry | undefined,
): MmIdentity {
  const isSteady = isSameEntry(before, after) && before.frame !== 0 && (before.isPresent || before.isSwapped);
  if (!isSteady || other === undefined) return 'unknown';
  if (!isSameEntry(before, other)) {
    // Without a frame the other page is one that we may not see, or that is not there yet: only two known places differ for certain.
    return other.frame === 0 ? 'unknown' : 'separate';
  }
  // Page tables that are two and show the same page make two mappings of it. One mapping alone: the page tables are one.
  const isProof = before.isPresent && before.isAnonymous && before.isExclusive && other.isExclusive;
  return isProof ? 'shared' : 'unknown';
}

/**
 * Tells whether two processes share their address space (clone(2) with CLONE_VM, without CLONE_THREAD): the kernel then kills both.
 * User space has no direct answer (kcmp(2) is out of reach from here), but page tables tell. Forked processes show the same pages
 * until one of them writes; such a page is mapped twice. So `shared` is said only where both show, at the same address, the same
 * anonymous page, and the kernel says that it is mapped once in the whole system (pagemap bit 56, Linux 4.2). `separate` where a
 * page differs, or the place of the stack, which exec chooses and nothing moves. Other mappings may come and go between two
 * readings and prove nothing. Page frames are root's to see: others get `separate` or `unknown`.
 *
 * Worth asking only where all figures of both are equal. Costs two readings of maps and three or more of pagemap.
 */
export function compareAddressSpaces(
  files: KernelFiles,
  onePid: number,
  otherPid: number,
  pageSizeBytes: number,
): MmIdentity {
  const one = readPidMaps(files, onePid);
  const other = readPidMaps(files, otherPid);
  if (!one.ok || !other.ok) return 'unknown';
  const [oneStack, otherStack] = [stackEnd(one.value), stackEnd(other.value)];
  if (oneStack !== undefined && otherStack !== undefined && oneStack !== otherStack) return 'separate';

  let pagesLeft = MOST_PAGES;
  for (const { start, end } of privatePlaces(one.value)) {
    const count = Math.min((end - start) / pageSizeBytes, MOST_PAGES_OF_MAPPING, pagesLeft);
    if (count <= 0) break;
    pagesLeft -= count;
    // The end of a mapping: stacks grow down, and are used from their end.
    const from = end - count * pageSizeBytes;
    const read = (pid: number): Read<readonly PageEntry[]> =>
      readPagemap(files, pid, from, count, pageSizeBytes);
    const [before, between, after] = [read(onePid), read(otherPid), read(onePid)];
    if (!before.ok || !between.ok || !after.ok) return 'unknown';
    for (const [index, page] of before.value.entries()) {
      const answer = comparePage(page, between.value[index], after.value[index]);
      if (answer !== 'unknown') return answer;
    }
  }
  return 'unknown';
}
