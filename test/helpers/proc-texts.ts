import { type Meminfo } from '../../src-main/proc/meminfo.ts';
import { PF_KTHREAD } from '../../src-main/proc/pid/stat.ts';

const GIB = 2 ** 30;

export const DEFAULT_MEMINFO: Meminfo = {
  memTotalBytes: 8 * GIB,
  memFreeBytes: 4 * GIB,
  memAvailableBytes: 6 * GIB,
  buffersBytes: 64 * 2 ** 20,
  cachedBytes: 2 * GIB,
  swapCachedBytes: 0,
  activeFileBytes: GIB,
  inactiveFileBytes: 3 * 2 ** 28,
  anonBytes: GIB,
  shmemBytes: 2 ** 28,
  slabReclaimableBytes: 2 ** 27,
  pageTablesBytes: 16 * 2 ** 20,
  swapTotalBytes: 0,
  swapFreeBytes: 0,
  committedBytes: 2 * GIB,
  commitLimitBytes: 4 * GIB,
  hugetlbBytes: 0,
};

/** The memory of a process or a thread: an address space of `rssAnonPages` and so on, or none. */
export interface FakeMemory {
  /** 'none': a kernel thread, a zombie, or a leader that ended before its threads. */
  readonly memory?: 'none';
  readonly rssAnonPages?: number;
  readonly rssFilePages?: number;
  readonly rssShmemPages?: number;
  readonly swapPages?: number;
  readonly pageTablePages?: number;
  /** What stat says, where it lags behind the sum of the others (Linux 6.16 to 6.19). */
  readonly statRssPages?: number;
}

/** A process of a built tree. */
export interface FakeProcess extends FakeMemory {
  readonly pid: number;
  /** comm, any character; escaped where the kernel escapes it. */
  readonly name?: string;
  readonly state?: string;
  readonly parentPid?: number;
  readonly uid?: number;
  readonly euid?: number;
  readonly threads?: number;
  readonly startTicks?: number;
  readonly majorFaults?: number;
  readonly kernelThread?: boolean;
  readonly adj?: number;
  /** Left out: as Linux 5.9 and later compute it. */
  readonly oomScore?: number;
  readonly cmdline?: readonly string[];
  /** Where /proc/PID/exe leads; left out: it may not be read. */
  readonly exe?: string;
  /** It has a controlling terminal. */
  readonly tty?: boolean;
  /** Path of its memory cgroup, which is made when there is none. */
  readonly cgroup?: string;
  readonly capEff?: bigint;
  readonly nsPids?: readonly number[];
  /** Threads besides the leader, in the kernel's order. */
  readonly otherThreads?: readonly ({ readonly tid: number } & FakeMemory)[];
}

/** All threads by tid, each as its files show it: the others share the leader's address space, also one that the leader has left. */
export function threadsOf(process: FakeProcess): readonly (readonly [tid: number, thread: FakeProcess])[] {
  const { memory, ...rest } = process;
  const leader = memory === undefined ? rest : { ...rest, memory };
  const others = process.otherThreads ?? [];
  return [[process.pid, leader], ...others.map((other) => [other.tid, { ...rest, ...other }] as const)];
}

const MEMINFO_KEYS: Readonly<Record<keyof Meminfo, string>> = {
  memTotalBytes: 'MemTotal',
  memFreeBytes: 'MemFree',
  memAvailableBytes: 'MemAvailable',
  buffersBytes: 'Buffers',
  cachedBytes: 'Cached',
  swapCachedBytes: 'SwapCached',
  activeFileBytes: 'Active(file)',
  inactiveFileBytes: 'Inactive(file)',
  anonBytes: 'AnonPages',
  shmemBytes: 'Shmem',
  slabReclaimableBytes: 'SReclaimable',
  pageTablesBytes: 'PageTables',
  swapTotalBytes: 'SwapTotal',
  swapFreeBytes: 'SwapFree',
  committedBytes: 'Committed_AS',
  commitLimitBytes: 'CommitLimit',
  hugetlbBytes: 'Hugetlb',
  zswapUsedBytes: 'Zswap',
  zswapDataBytes: 'Zswapped',
};

/** /proc/meminfo; a figure that is undefined has no line. */
export function meminfoText(meminfo: Meminfo): string {
  return Object.entries(MEMINFO_KEYS)
    .flatMap(([name, key]) => {
      const bytes = meminfo[name as keyof Meminfo];
      return bytes === undefined ? [] : [`${`${key}:`.padEnd(16)}${String(bytes / 1024).padStart(8)} kB\n`];
    })
    .join('');
}

const PF_RANDOMIZE = 0x00400000;

function stateOf(process: FakeProcess): string {
  return process.state ?? (process.memory === 'none' && process.kernelThread !== true ? 'Z' : 'S');
}

/** /proc/PID/stat. */
export function statText(process: FakeProcess, pid: number): string {
  const flags = process.kernelThread === true ? PF_KTHREAD : PF_RANDOMIZE;
  const threads = process.threads ?? 1 + (process.otherThreads?.length ?? 0);
  const faults = `90 0 ${process.majorFaults ?? 0} 0`;
  const start = process.startTicks ?? 1000 + process.pid;
  const rss = hasMemory(process) ? (process.statRssPages ?? rssPages(process)) : 0;
  const ids = `${process.parentPid ?? 1} ${process.pid} ${process.pid} ${process.tty === true ? 34816 : 0} -1`;
  const head = `${pid} (${process.name ?? `process-${process.pid}`}) ${stateOf(process)} ${ids} ${flags}`;
  return `${head} ${faults} 3 1 0 0 20 0 ${threads} 0 ${start} ${rss * 8192} ${rss} 18446744073709551615${' 0'.repeat(27)}\n`;
}

function hasMemory(process: FakeProcess): boolean {
  return process.memory !== 'none' && process.kernelThread !== true;
}

function rssPages({ rssAnonPages = 100, rssFilePages = 50, rssShmemPages = 0 }: FakeMemory): number {
  return rssAnonPages + rssFilePages + rssShmemPages;
}

/** /proc/PID/status, with the lines that Linux 6.12 has up to CapEff. */
export function statusText(process: FakeProcess, pid: number, pageSizeBytes: number): string {
  const { uid = 0, capEff = 0n, nsPids = [pid], kernelThread = false } = process;
  const {
    rssAnonPages = 100,
    rssFilePages = 50,
    rssShmemPages = 0,
    swapPages = 0,
    pageTablePages = 10,
  } = process;
  const name = (process.name ?? `process-${process.pid}`).replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  const pages = (key: string, count: number): string =>
    `${key}:\t${String((count * pageSizeBytes) / 1024).padStart(8)} kB\n`;
  const ids = [uid, process.euid ?? uid, uid, uid].join('\t');
  const rss = rssPages(process);
  const memory = [
    ...[pages('VmPeak', rss + 2000), pages('VmSize', rss + 1900), pages('VmLck', 0), pages('VmPin', 0)],
    ...[pages('VmHWM', rss + 10), pages('VmRSS', rss), pages('RssAnon', rssAnonPages)],
    ...[
      pages('RssFile', rssFilePages),
      pages('RssShmem', rssShmemPages),
      pages('VmData', 500),
      pages('VmStk', 33),
    ],
    ...[pages('VmExe', 10), pages('VmLib', 400), pages('VmPTE', pageTablePages), pages('VmSwap', swapPages)],
  ];
  return [
    `Name:\t${name}\nUmask:\t0022\nState:\t${stateOf(process)} (sleeping)\nTgid:\t${process.pid}\nNgid:\t0\nPid:\t${pid}\n`,
    `PPid:\t${process.parentPid ?? 1}\nTracerPid:\t0\nUid:\t${ids}\nGid:\t${ids}\nFDSize:\t64\nGroups:\t \n`,
    `NStgid:\t${nsPids.join('\t')}\nNSpid:\t${nsPids.join('\t')}\nKthread:\t${kernelThread ? 1 : 0}\n`,
    ...(hasMemory(process) ? memory : []),
    `Threads:\t${process.threads ?? 1 + (process.otherThreads?.length ?? 0)}\nSigQ:\t0/30000\n`,
    `CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t${capEff.toString(16).padStart(16, '0')}\n`,
  ].join('');
}

/** /proc/PID/statm. */
export function statmText(process: FakeProcess): string {
  if (!hasMemory(process)) return '0 0 0 0 0 0 0\n';
  const shared = (process.rssFilePages ?? 50) + (process.rssShmemPages ?? 0);
  return `${rssPages(process) + 1900} ${rssPages(process)} ${shared} 10 0 533 0\n`;
}

/** /proc/PID/oom_score as fs/proc/base.c proc_oom_score() has computed it since Linux 5.9. */
export function oomScoreOf(process: FakeProcess, meminfo: Meminfo, pageSizeBytes: number): number {
  const adj = process.adj ?? 0;
  const thread = threadsOf(process).find(([, candidate]) => hasMemory(candidate))?.[1];
  if (thread === undefined || adj === -1000 || process.pid === 1 || process.kernelThread === true) return 0;
  const totalPages = (meminfo.memTotalBytes + meminfo.swapTotalBytes) / pageSizeBytes;
  const badness =
    rssPages(thread) +
    (thread.swapPages ?? 0) +
    (thread.pageTablePages ?? 10) +
    adj * Math.trunc(totalPages / 1000);
  return Math.trunc(((1000 + Math.trunc((badness * 1000) / totalPages)) * 2) / 3);
}

/** /proc/PID/cgroup. */
export function cgroupText(path: string, version: 1 | 2 | 'hybrid' | 'none'): string {
  if (version === 'none') return '';
  if (version === 2) return `0::${path}\n`;
  const lines = ['9:name=systemd:/', '4:memory:/', '2:cpu,cpuacct:/'].map((line) =>
    line.replace(/\/$/, path),
  );
  return `${[...lines, ...(version === 'hybrid' ? [`0::${path}`] : [])].join('\n')}\n`;
}
