import { opendirSync } from 'node:fs';
import { withDescriptor } from '../descriptors.ts';
import { type KernelFiles, type Read, readFailure } from '../kernel-files.ts';
import { type PidStat, readPidStat } from './stat.ts';
import { type PidMemory, type PidStatus, readPidStatus } from './status.ts';

/** A thread that has an address space. */
export interface LiveThread {
  readonly tid: number;
  /** For the readers of a process's files, with `tid` for the pid: below /proc/PID/task everything is there once more. */
  readonly files: KernelFiles;
  readonly stat: PidStat;
  readonly status: PidStatus;
  readonly memory: PidMemory;
}

/**
 * The first thread that has an address space, as mm/oom_kill.c find_lock_task_mm() looks for it: a leader that ended before its
 * threads has none, and its process is a candidate all the same. Undefined where no thread has one. The files of a dead leader say
 * less than those of its threads in other ways as well: no command line, and on cgroup v1 the root for its cgroup.
 *
 *     /proc/5382/task/5383/status
 */
export function readLiveThread(
  files: KernelFiles,
  pid: number,
  pageSizeBytes: number,
): Read<LiveThread | undefined> {
  const path = `${files.proc}/${pid}/task`;
  const threadFiles: KernelFiles = { ...files, proc: path };
  try {
    // Not readdirSync: libuv sorts its answer, and the kernel lists threads in the order in which it walks them.
    const folder = withDescriptor(() => opendirSync(path));
    try {
      for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
        const tid = Number(entry.name);
        const status = readPidStatus(threadFiles, tid, pageSizeBytes);
        if (!status.ok || status.value.memory === undefined) continue;
        const stat = readPidStat(threadFiles, tid);
        if (!stat.ok) continue;
        const { memory } = status.value;
        return {
          ok: true,
          value: { tid, files: threadFiles, stat: stat.value, status: status.value, memory },
        };
      }
      return { ok: true, value: undefined };
    } finally {
      folder.closeSync();
    }
  } catch (error) {
    return readFailure(error, path);
  }
}
