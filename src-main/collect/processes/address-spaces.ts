import { type KernelFiles } from '../../proc/kernel-files.ts';
import { compareAddressSpaces, type MmIdentity } from '../../proc/pid/mm-identity.ts';
import { type ObservedProcess } from './observed-process.ts';

/** More comparisons than that are left for later ticks: idle workers look alike by the dozen. */
const MOST_COMPARISONS = 64;

/**
 * Finds processes that share one address space, so that the kernel kills them together. Equal figures are necessary and not enough
 * (idle workers forked alike have them too): the page frames decide, where this user may see them.
 */
export class AddressSpaces {
  readonly #verdicts = new Map<string, MmIdentity>();
  readonly #sharers = new Set<number>();
  readonly #files: KernelFiles;
  readonly #pageSizeBytes: number;

  constructor(files: KernelFiles, pageSizeBytes: number) {
    this.#files = files;
    this.#pageSizeBytes = pageSizeBytes;
  }

  /**
   * The number of the shared address space for each process that is known to share one. `processes` are those whose figures were read
   * just now, and those that were found to share before: figures that did not change are not read again.
   */
  find(
    processes: readonly ObservedProcess[],
    mostComparisons = MOST_COMPARISONS,
  ): ReadonlyMap<number, number> {
    const alike = new Map<string, ObservedProcess[]>();
    for (const process of processes) {
      const key = process.addressSpaceKey;
      if (key !== undefined) alike.set(key, [...(alike.get(key) ?? []), process]);
    }
    const mmOf = new Map<number, number>();
    let left = mostComparisons;
    for (const group of largestFirst(alike.values())) {
      const heads: ObservedProcess[] = [];
      for (const process of group) {
        const head = heads.find((candidate) => {
          const verdict = this.#verdict(candidate, process, () => left-- > 0);
          return verdict === 'shared';
        });
        if (head === undefined) heads.push(process);
        else {
          mmOf.set(head.pid, head.pid);
          mmOf.set(process.pid, head.pid);
          this.#sharers.add(head.pid).add(process.pid);
        }
        // One comparison with the first of the group tells sharers of it; workers that are alike are many, and sharers are few.
        if (heads.length > 4) break;
      }
    }
    return mmOf;
  }

  /** Pids of those that were found to share; they may have run exec since. */
  get sharers(): ReadonlySet<number> {
    return this.#sharers;
  }

  /** Forgets what was found of processes that are gone, and where nothing was found: pages that changed just then prove nothing. */
  forget(isAlive: (pid: number, startTicks: number) => boolean): void {
    this.#sharers.clear();
    for (const [key, verdict] of this.#verdicts) {
      const alive = key.split(' ').every((id) => {
        const [pid, startTicks] = id.split(':').map(Number);
        return pid !== undefined && startTicks !== undefined && isAlive(pid, startTicks);
      });
      if (!alive || verdict === 'unknown') this.#verdicts.delete(key);
    }
  }

  #verdict(one: ObservedProcess, other: ObservedProcess, mayCompare: () => boolean): MmIdentity {
    const key = `${one.pid}:${one.startTicks} ${other.pid}:${other.startTicks} `.trimEnd();
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    if (!mayCompare()) return 'unknown';
    const verdict = compareAddressSpaces(this.#files, one.pid, other.pid, this.#pageSizeBytes);
    this.#verdicts.set(key, verdict);
    return verdict;
  }
}

/** Groups of look-alikes, largest first: where there are too many to compare, the likeliest victims are compared first. */
function largestFirst(groups: Iterable<readonly ObservedProcess[]>): (readonly ObservedProcess[])[] {
  const size = ([first]: readonly ObservedProcess[]) =>
    (first?.memory?.rssPages ?? 0) + (first?.memory?.swapPages ?? 0);
  return [...groups].filter((group) => group.length > 1).sort((a, b) => size(b) - size(a));
}
