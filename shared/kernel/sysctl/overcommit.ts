import { atLeast, type KernelVersion } from '../version.ts';

/** vm.overcommit_memory: 0 refuses the obviously impossible, 1 never refuses, 2 refuses beyond CommitLimit. */
export type OvercommitMode = 0 | 1 | 2;

/** What CommitLimit is made of. */
export interface CommitInputs {
  readonly totalRamPages: number;
  /** Pages set aside for huge pages, of all sizes (Hugetlb in /proc/meminfo). */
  readonly hugetlbPages: number;
  readonly totalSwapPages: number;
  /** vm.overcommit_ratio, percent; counts only while overcommit_kbytes is 0. */
  readonly overcommitRatio: number;
  /** vm.overcommit_kbytes. */
  readonly overcommitKbytes: number;
  readonly pageSizeBytes: number;
}

/** CommitLimit in pages, equal to /proc/meminfo to the page. Follows mm/util.c, vm_commit_limit(). */
export function commitLimitPages(inputs: CommitInputs): number {
  const { totalRamPages, hugetlbPages, totalSwapPages, overcommitRatio, overcommitKbytes } = inputs;
  const allowed =
    overcommitKbytes > 0
      ? kbytesToPages(overcommitKbytes, inputs.pageSizeBytes)
      : Math.trunc(((totalRamPages - hugetlbPages) * overcommitRatio) / 100);
  return allowed + totalSwapPages;
}

/** A change of one of the two; the kernel sets the other to 0 (overcommit_ratio_handler(), overcommit_kbytes_handler()). */
export type CommitChange = { readonly overcommitRatio: number } | { readonly overcommitKbytes: number };

/** The inputs after a change was written. */
export function withCommitChange(inputs: CommitInputs, change: CommitChange): CommitInputs {
  // Writing overcommit_ratio clears overcommit_kbytes and the other way round: the last one written counts.
  return 'overcommitRatio' in change
    ? { ...inputs, overcommitRatio: change.overcommitRatio, overcommitKbytes: 0 }
    : { ...inputs, overcommitRatio: 0, overcommitKbytes: change.overcommitKbytes };
}

/** The state that one request for memory depends on. */
export interface AllocationInputs {
  readonly version: KernelVersion;
  readonly mode: OvercommitMode;
  readonly requestPages: number;
  /** Committed_AS before the request. */
  readonly committedPages: number;
  readonly commit: CommitInputs;
  /** vm.admin_reserve_kbytes: held back from processes without CAP_SYS_ADMIN. */
  readonly adminReserveKbytes: number;
  /** vm.user_reserve_kbytes: kept back from one process, at most 1/32 of its size. */
  readonly userReserveKbytes: number;
  readonly capSysAdmin: boolean;
  /** Size of the asking process's address space (VmSize), in pages. */
  readonly totalVmPages: number;
}

/**
 * `granted`, `refused` (ENOMEM), or `unknown` where it depends on free pages that cannot be known in advance (mode 0 before 5.2).
 */
export type AllocationAnswer = 'granted' | 'refused' | 'unknown';

/**
 * How the kernel answers a request for private writable memory. Follows mm/util.c, __vm_enough_memory(). Its charge is a per-CPU counter:
 * within that lag of the edge the answer may differ.
 */
export function answerAllocation(inputs: AllocationInputs): AllocationAnswer {
  const { mode, requestPages, committedPages, commit } = inputs;
  switch (mode) {
    case 1:
      return 'granted';
    case 0:
      if (!atLeast(inputs.version, 5, 2)) return 'unknown';
      return requestPages > commit.totalRamPages + commit.totalSwapPages ? 'refused' : 'granted';
    case 2:
      // The charge is raised first, and must then stay strictly below what is allowed.
      return committedPages + requestPages < allowedPages(inputs) ? 'granted' : 'refused';
  }
}

/** What this process may bring the charge to in mode 2: CommitLimit without the reserves. */
export function allowedPages(
  inputs: Omit<AllocationInputs, 'requestPages' | 'mode' | 'committedPages'>,
): number {
  const { commit, capSysAdmin, totalVmPages } = inputs;
  const admin = capSysAdmin ? 0 : kbytesToPages(inputs.adminReserveKbytes, commit.pageSizeBytes);
  const user = Math.min(
    Math.trunc(totalVmPages / 32),
    kbytesToPages(inputs.userReserveKbytes, commit.pageSizeBytes),
  );
  return commitLimitPages(commit) - admin - user;
}

/** The smallest overcommit_ratio (percent) whose limit leaves room for a charge; undefined where there is no RAM to count. */
export function ratioForCharge(inputs: CommitInputs, chargePages: number): number | undefined {
  const ram = inputs.totalRamPages - inputs.hugetlbPages;
  if (ram <= 0) return undefined;
  const wanted = chargePages + 1 - inputs.totalSwapPages;
  return Math.max(0, Math.ceil((wanted * 100) / ram));
}

/** sysctl kbytes to pages, rounded down as `>> (PAGE_SHIFT - 10)` does. */
function kbytesToPages(kbytes: number, pageSizeBytes: number): number {
  return Math.trunc((kbytes * 1024) / pageSizeBytes);
}
