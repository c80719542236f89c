/** One report of the kernel's OOM killer, as far as the log still had it. A figure that was not printed is missing, never 0. */
export interface OomReport {
  /** Seconds since boot at its first line, where the log says so. */
  readonly uptimeSeconds?: number;
  /** Whose allocation failed. */
  readonly trigger?: OomTrigger;
  readonly kernelRelease?: string;
  /** Where memory ran out. A memory cgroup's report is recognized by its words: some kernels print a wrong constraint. */
  readonly scope: 'global' | 'cgroup' | 'unknown';
  /** `CONSTRAINT_NONE` and so on, from 5.0 on. */
  readonly constraint?: string;
  /** The nodes that a memory policy leaves to the request, as `0,2-3`; missing where it leaves all. */
  readonly nodemask?: string;
  /** The cpuset of the task that asked, by name; `/` is the one without bounds. */
  readonly cpuset?: string;
  /** The nodes that this cpuset allows. */
  readonly memsAllowed?: string;
  /** The cgroup that is over its limit. */
  readonly oomCgroup?: string;
  /** The victim's own cgroup. */
  readonly taskCgroup?: string;
  /** `memory`, `memory+swap`, `kmem` (v1) and `swap` (v2) of the cgroup that is over its limit. */
  readonly usage: Readonly<Partial<Record<OomCounterName, OomCounter>>>;
  readonly machine: OomMachine;
  /** The table of tasks in the kernel's scan order; empty with vm.oom_dump_tasks=0 or when the log was cut. */
  readonly tasks: readonly OomTask[];
  /** The task that was chosen. Before 5.1 a child could be killed in its place. */
  readonly chosen?: OomChosen;
  /** In the order of the log. With memory.oom.group the first victim is in it twice. */
  readonly kills: readonly OomKill[];
  /** The cgroup that dies as a whole. */
  readonly groupCgroup?: string;
  /** Pids that the reaper has emptied. */
  readonly reaped: readonly number[];
  /** Pids that the reaper could not empty: their memory stays until they can die. */
  readonly unreaped: readonly number[];
  /** Processes that were chosen while they were exiting: the kernel neither kills nor counts them. */
  readonly exiting: readonly Pick<OomChosen, 'pid' | 'name'>[];
  /** Nothing could be killed. */
  readonly noKillableProcess: boolean;
  /** The kernel panicked instead: what it said. */
  readonly panic?: string;
}

export interface OomTrigger {
  readonly name: string;
  readonly pid?: number;
  /** As printed: the numbers behind the names change between versions. */
  readonly gfpMask?: string;
  readonly gfpFlags?: string;
  /** 2^order pages; -1 where SysRq asked for the kill. */
  readonly order?: number;
  readonly oomScoreAdj?: number;
  /** The nodes that a memory policy leaves to the request, as printed from 4.9 to 4.20; missing where it leaves all. */
  readonly nodemask?: string;
}

export type OomCounterName = 'memory' | 'memory+swap' | 'kmem' | 'swap';

export interface OomCounter {
  readonly usageKib: number;
  /** Missing: no limit. */
  readonly limitKib?: number;
  readonly failures: number;
}

/** What the memory block of a global report says: enough for the total that scores are reckoned from. */
export interface OomMachine {
  readonly ramPages?: number;
  readonly reservedPages?: number;
  readonly swapTotalKib?: number;
  readonly swapFreeKib?: number;
}

/** A row of the task table: what oom_badness() saw. */
export interface OomTask {
  /** The thread that still has the memory: not the process when its leader is dead. */
  readonly pid: number;
  readonly tgid: number;
  readonly uid: number;
  readonly totalVmPages: number;
  readonly rssPages: number;
  readonly rssAnonPages?: number;
  readonly rssFilePages?: number;
  readonly rssShmemPages?: number;
  /** From 4.15 on. Need not be a multiple of the page size. */
  readonly pageTableBytes?: number;
  /** nr_ptes and nr_pmds together, before 4.15. */
  readonly pageTablePages?: number;
  readonly swapPages?: number;
  readonly oomScoreAdj?: number;
  readonly name: string;
}

export interface OomChosen {
  readonly pid: number;
  readonly name: string;
  readonly uid?: number;
  /** Printed up to 5.0. */
  readonly score?: number;
}

export interface OomKill {
  readonly pid: number;
  readonly name: string;
  readonly uid?: number;
  readonly totalVmKib?: number;
  readonly anonRssKib?: number;
  readonly fileRssKib?: number;
  readonly shmemRssKib?: number;
  readonly pageTablesKib?: number;
  readonly oomScoreAdj?: number;
  /** Killed because its whole cgroup is (memory.oom.group). */
  readonly byGroup: boolean;
  /** Killed because it was the one that asked (vm.oom_kill_allocating_task). */
  readonly allocatingTask: boolean;
}

/** The page-table term of a row in pages, as oom_badness() adds it up. */
export function taskPageTablePages(task: OomTask, pageSizeBytes: number): number | undefined {
  if (task.pageTableBytes !== undefined) return Math.floor(task.pageTableBytes / pageSizeBytes);
  return task.pageTablePages;
}
