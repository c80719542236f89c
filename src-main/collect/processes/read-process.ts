import { type MemoryFigures } from '#shared/model/process.ts';
import { type KernelFiles } from '../../proc/kernel-files.ts';
import { isKernelThread, type PidStat } from '../../proc/pid/stat.ts';
import { readPidStatm, splitFromStatm } from '../../proc/pid/statm.ts';
import { type PidMemory, type PidStatus } from '../../proc/pid/status.ts';
import { readLiveThread } from '../../proc/pid/task-status.ts';
import { type HostFacts } from '../machine/host-facts.ts';
import { readIdentity, type Identity } from './identity.ts';
import { readProcessTexts } from './kept-process.ts';
import { type ObservedProcess } from './observed-process.ts';

/** What reading a process needs to know besides its pid. */
export interface ProcessReading {
  readonly files: KernelFiles;
  readonly host: HostFacts;
  readonly users: ReadonlyMap<number, string>;
}

/** One process, and what its figures were made from. */
export interface ReadProcess {
  readonly process: ObservedProcess;
  readonly identity: Identity;
  readonly stat: PidStat;
}

/** CAP_SYS_ADMIN (include/uapi/linux/capability.h). */
const CAP_SYS_ADMIN = 1n << 21n;

/**
 * Reads all figures of one process. Undefined when it has ended meanwhile. `known` saves reading again what only changes with exec or a
 * move between cgroups, `texts` what was read just now.
 */
export function readProcess(
  { files, host, users }: ProcessReading,
  pid: number,
  oomScore: number,
  known?: Identity,
  texts = readProcessTexts(files, pid, host.pageSizeBytes),
): ReadProcess | undefined {
  if (texts === undefined) return undefined;
  const { stat, status, oomScoreAdj } = texts;
  const kernelThread = isKernelThread(stat);
  const body = kernelThread ? undefined : readBody(files, pid, stat, status, host.pageSizeBytes);
  const { name } = status;
  const identity =
    known?.name === name
      ? known
      : readIdentity(body?.files ?? files, body?.pid ?? pid, name, host.cgroups, kernelThread);
  const process: ObservedProcess = {
    pid,
    startTicks: stat.startTicks,
    parentPid: stat.parentPid,
    name,
    command: identity.command,
    ...(identity.commandIsCut === undefined ? {} : { commandIsCut: true as const }),
    argv: identity.argv,
    ...(identity.exe === undefined ? {} : { exe: identity.exe }),
    ...(stat.hasTty ? { hasTty: true as const } : {}),
    ...(status.nsPids !== undefined && status.nsPids.length > 1 && status.nsPids.at(-1) === 1
      ? { isNamespaceInit: true as const }
      : {}),
    user: users.get(status.uid) ?? status.uid.toString(),
    uid: status.uid,
    euid: status.euid,
    ...(identity.unit === undefined ? {} : { unit: identity.unit }),
    ...(identity.container === undefined ? {} : { container: identity.container }),
    ...(identity.home === undefined ? {} : { home: identity.home }),
    cgroup: identity.cgroup,
    threads: status.threads,
    oomScore,
    oomScoreAdj,
    kernelThread,
    globalInit: pid === 1 && host.initialPidNamespace,
    capSysAdmin: (status.capEff & CAP_SYS_ADMIN) !== 0n,
    majorFaults: stat.majorFaults,
    statusRssPages: body?.memory.rssPages ?? 0,
    ...(body === undefined
      ? {}
      : {
          memory: figuresOf(body),
          addressSpaceKey: addressSpaceKey(body),
        }),
  };
  return { process, identity, stat };
}

/** An address space, and whose files tell of it: the leader's, or those of a thread. */
interface Body {
  readonly pid: number;
  readonly files: KernelFiles;
  readonly statRssPages: number;
  readonly memory: PidMemory;
}

/** The leader's address space, or when the leader is dead that of the first thread which lives on, as the kernel looks for it. */
function readBody(
  files: KernelFiles,
  pid: number,
  stat: PidStat,
  status: PidStatus,
  pageSizeBytes: number,
): Body | undefined {
  if (status.memory !== undefined) return { pid, files, statRssPages: stat.rssPages, memory: status.memory };
  if (status.threads < 2 && stat.threads < 2) return undefined;
  const read = readLiveThread(files, pid, pageSizeBytes);
  if (!read.ok || read.value === undefined) return undefined;
  const { tid, files: threadFiles, stat: threadStat, memory } = read.value;
  return { pid: tid, files: threadFiles, statRssPages: threadStat.rssPages, memory };
}

function figuresOf({ memory, statRssPages: rssPages, files, pid }: Body): MemoryFigures {
  const { rssAnonPages, rssFilePages, rssShmemPages, swapPages, pageTablePages } = memory;
  if (rssAnonPages !== undefined && rssFilePages !== undefined && rssShmemPages !== undefined) {
    return { rssPages, rssAnonPages, rssFilePages, rssShmemPages, swapPages, pageTablePages };
  }
  const statm = readPidStatm(files, pid);
  const split = statm.ok
    ? splitFromStatm(statm.value)
    : { rssAnonPages: rssPages, rssFilePages: 0, rssShmemPages: 0 };
  return { rssPages, ...split, swapPages, pageTablePages };
}

/** Equal for processes that share an address space; equal by chance for idle ones that were forked alike. */
function addressSpaceKey({ memory }: Body): string {
  const { vmPeakPages, vmSizePages, vmHwmPages, vmLockedPages, rssPages, swapPages, pageTablePages } = memory;
  return [vmPeakPages, vmSizePages, vmHwmPages, vmLockedPages, rssPages, swapPages, pageTablePages].join();
}
