import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { type Written } from '#shared/contract/helper.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { type SeenProcess } from '#shared/model/process.ts';
import { withDescriptor } from '../proc/descriptors.ts';
import { HOST_FILES, type KernelFiles, readParsed } from '../proc/kernel-files.ts';
import { looksLike, readLook } from '../proc/pid/look.ts';
import { parsePidStat } from '../proc/pid/stat.ts';

/** One value for one process; `expected` is the one that the user saw. */
export interface OwnWrite {
  readonly process: SeenProcess;
  readonly oomScoreAdj: number;
  readonly expected?: number;
}

/** What the kernel's refusals mean here (fs/proc/base.c, __set_oom_adj(); root would be allowed more). */
function refusal(pid: number, errno: string): Result<never> {
  const subject = subjectOf(pid);
  switch (errno) {
    case 'ENOENT':
    case 'ESRCH':
      return fail('process-gone', { what: 'process', pid, errno });
    case 'EACCES':
      return fail('needs-root', { subject, errno });
    case 'EPERM':
    case 'EROFS':
      return fail('denied-by-system', { subject, errno });
    case 'EINVAL':
      return fail('out-of-range', { what: 'kernel', subject, errno });
    default:
      return fail('io-failed', { what: 'write', path: subject, errno });
  }
}

function subjectOf(pid: number): string {
  return `oom_score_adj of process ${pid}`;
}

/**
 * Sets oom_score_adj without root: that of one's own processes may be raised, and lowered back to what they inherited. As in the helper,
 * everything goes through one handle of the process's folder, so that a process that takes its pid is never written to.
 */
export function writeOwnAdj(request: OwnWrite, files: KernelFiles = HOST_FILES): Result<Written> {
  const { pid } = request.process;
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  return attempt(pid, () => {
    const folder = withDescriptor(() =>
      openSync(`${files.proc}/${pid}`, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
    );
    try {
      return writeThrough(`/proc/self/fd/${folder}`, request);
    } finally {
      closeSync(folder);
    }
  });
}

function writeThrough(folder: string, { process: id, oomScoreAdj, expected }: OwnWrite): Result<Written> {
  const stat = readParsed(`${folder}/stat`, parsePidStat);
  if (!stat.ok || stat.value.startTicks !== id.startTicks)
    return fail('process-gone', { what: 'process', pid: id.pid });
  if (!looksLike(id.look, readLook(folder))) return fail('changed-meanwhile', { what: 'look', pid: id.pid });
  const subject = subjectOf(id.pid);
  const { O_RDWR, O_NOFOLLOW } = constants;
  const file = withDescriptor(() => openSync(`${folder}/oom_score_adj`, O_RDWR | O_NOFOLLOW));
  try {
    const before = readValue(file);
    if (expected !== undefined && before !== String(expected))
      return fail('changed-meanwhile', { what: 'value', subject, now: before, expected });
    writeSync(file, `${oomScoreAdj}\n`, 0);
    const after = readValue(file);
    if (after !== String(oomScoreAdj))
      return fail('read-back-differs', { what: 'value', subject, asked: oomScoreAdj, after });
    return ok({ subject, before, asked: String(oomScoreAdj), after });
  } finally {
    closeSync(file);
  }
}

function readValue(file: number): string {
  const buffer = Buffer.alloc(64);
  return buffer.toString('latin1', 0, readSync(file, buffer, 0, 64, 0)).split('\n', 1)[0] ?? '';
}

function attempt<T>(pid: number, work: () => Result<T>): Result<T> {
  try {
    return work();
  } catch (error) {
    const errno = error instanceof Error && 'syscall' in error && 'code' in error ? error.code : undefined;
    if (typeof errno !== 'string') throw error;
    return refusal(pid, errno);
  }
}
