import { type WslconfigValues } from '../wsl/effective.ts';
import { type WslFinding } from '../wsl/finding.ts';

/** Of which distribution a share of the memory is. `docker`: Docker Desktop's. */
export type WslShareOf = 'own' | 'docker' | 'other';

/** What a distribution of WSL, or what can be told of it, takes of the memory that all share. */
export interface WslShare {
  /** The folder of its cgroup: `distro-312`; `docker` for containers of Docker Desktop before distributions were kept apart. */
  readonly key: string;
  readonly of: WslShareOf;
  /** What it is called; absent where nothing tells it from within another distribution. */
  readonly name?: string;
  /** memory.current, page cache included. */
  readonly memoryBytes: number;
}

/** The memory of the virtual machine, and what Windows has of it. */
export interface WslMemory {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** Page cache and reclaimable slab, without shared memory. */
  readonly cacheBytes: number;
  readonly swapTotalBytes: number;
  readonly swapFreeBytes: number;
  /** Free blocks that are large enough to be reported: Windows has them back. Absent where the kernel reports none. */
  readonly returnedBytes?: number;
  /** The smallest block that is reported. */
  readonly blockBytes?: number;
}

/** How the memory reclaim of WSL works here. `old`: releases up to 2.9.4. `new`: after that. */
export type WslReclaim = 'old' | 'new' | 'unknown';

/** Whether programs of Windows can be started. */
export type WslInterop =
  | 'on'
  /** /etc/wsl.conf turns it off. */
  | 'disabled'
  /** The kernel does not know how to start them: systemd-binfmt took the entry away. */
  | 'unregistered'
  /** No socket of WSL's init is there. */
  | 'no-socket';

/** What stands on the command line of the kernel. */
export interface WslCommandLine {
  readonly processors?: number;
  readonly swiotlbBytes?: number;
  readonly hasPsi: boolean;
  readonly text: string;
}

/** What can be read of a WSL machine from inside, at no cost. */
export interface WslMachine {
  readonly version: 1 | 2;
  /** The distribution that Lifeboat runs in. */
  readonly name: string;
  /** Distributions have cgroups of their own (isolateDistroCgroup). */
  readonly isIsolated: boolean;
  /** Largest first, this one before all. */
  readonly shares: readonly WslShare[];
  readonly memory?: WslMemory;
  readonly hasPressure: boolean;
  readonly commandLine: WslCommandLine;
  readonly bootMs?: number;
  readonly upSeconds?: number;
  readonly reclaim: WslReclaim;
  readonly interop: WslInterop;
  /** Set in sessions that WSL starts; services and cron have none. */
  readonly hasInteropVariable: boolean;
  readonly hasSystemd: boolean;
  /** Version 1 of cgroups has the memory controller. */
  readonly hasCgroupV1: boolean;
  /** Processes that the kernel has killed since the start, those of other distributions too. */
  readonly kills?: number;
}

/** A settings file as it was found. */
export interface WslSettingsFile {
  readonly path: string;
  readonly findings: readonly WslFinding[];
  /** What it sets; absent where it could not be read, and for wsl.conf. */
  readonly values?: WslconfigValues;
  /** When it was changed last. */
  readonly changedMs?: number;
  /** Why it could not be read; absent where it was. */
  readonly why?: 'denied' | 'slow' | 'failed';
}

/** Whether what the files say is in force. `unknown`: the figures decide nothing. */
export type WslApplied = 'yes' | 'no' | 'unknown';

/** A program that kept a processor busy while it was watched. */
export interface BusyProcess {
  readonly pid: number;
  readonly name: string;
  /** Of all processors, in percent. */
  readonly percent: number;
}

/** All that the doctor knows of a WSL machine. */
export interface WslReport {
  readonly machine: WslMachine;
  /** One for each user of Windows that has one. */
  readonly wslconfigs: readonly WslSettingsFile[];
  /** Whether the profiles of Windows could be looked through. */
  readonly windowsDrive: 'read' | 'slow' | 'absent';
  readonly wslConf?: WslSettingsFile;
  /** The user's service manager, where it is killed before most others: with it the session ends. */
  readonly sessionManager?: { readonly pid: number; readonly oomScoreAdj: number };
  /** Who kept the machine from being idle while the report was made; absent where nobody watched. */
  readonly busy?: readonly BusyProcess[];
}

/** What Windows says of its memory, once it is asked. */
export interface WindowsMemory {
  /** The working set of the virtual machine. */
  readonly vmBytes?: number;
  readonly freeBytes?: number;
}
