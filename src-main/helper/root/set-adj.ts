import { statSync } from 'node:fs';
import { type HelperRequest, type HelperValue } from '#shared/contract/helper.ts';
import { type ProcessLook } from '#shared/model/process.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import {
  attempt,
  inside,
  type Meanings,
  readStart,
  wholeNumber,
  withControlFile,
  withFolder,
} from './files.ts';
import { type StatFields, statFields } from './stat-fields.ts';
import { type Tree } from './tree.ts';

type SetAdj = Extract<HelperRequest, { verb: 'set-adj' }>;

/** include/linux/sched.h. */
const PF_KTHREAD = 0x00200000;

/** fs/proc/base.c, __set_oom_adj(): what the kernel's refusals mean there. */
const ON_WRITE: Meanings = {
  EACCES: (subject, errno) => fail('no-cap-sys-resource', { subject, errno }),
  EINVAL: (subject, errno) => fail('process-gone', { what: 'subject', subject, errno }),
};

/** A file that an open folder of /proc no longer has: the process ended a moment ago. */
const ON_OPEN: Meanings = {
  ENOENT: (subject, errno) => fail('process-gone', { what: 'subject', subject, errno }),
};

/**
 * Sets oom_score_adj of the very process that was meant. Everything goes through one handle of its folder in /proc: a process that takes
 * the pid later has another folder, and what is opened through this one then fails with ESRCH.
 */
export function setAdj(tree: Tree, request: SetAdj): Result<HelperValue> {
  const { pid } = request.process;
  const subject = `oom_score_adj of process ${pid}`;
  if (pid === 1) return fail('refused-target', { what: 'init' });
  return attempt(
    `Process ${pid}`,
    () => withFolder(`${tree.root}/proc/${pid}`, (folder) => setThrough(folder, subject, request)),
    { ENOENT: (_, errno) => fail('process-gone', { what: 'process', pid, errno }) },
  );
}

function setThrough(folder: number, subject: string, request: SetAdj): Result<HelperValue> {
  const { process: id, oomScoreAdj, expected } = request;
  const stat = statFields(readStart(inside(folder, 'stat')));
  if (stat?.startTicks !== id.startTicks)
    return fail('process-gone', { what: 'process', pid: id.pid, reused: true });
  if ((stat.flags & PF_KTHREAD) !== 0) return fail('kernel-thread', { pid: id.pid });
  const status = readStart(inside(folder, 'status'));
  const group = wholeNumber(/^Tgid:\t(\d+)$/m.exec(status)?.[1] ?? '0');
  // One that ended a moment ago is in no thread group: __unhash_process() of kernel/exit.c.
  if (group === 0) return fail('process-gone', { what: 'process', pid: id.pid });
  if (group !== id.pid) return fail('refused-target', { what: 'thread', pid: id.pid });
  if (!looksLike(id.startTicks, id.look, stat, status) || !runs(folder, id.look.program))
    return fail('changed-meanwhile', { what: 'look', pid: id.pid });
  const set = () =>
    withControlFile(inside(folder, 'oom_score_adj'), (file) => {
      const before = file.read();
      if (wholeNumber(before) === undefined) return fail('io-failed', { what: 'no-number', path: subject });
      if (expected !== undefined && before !== String(expected))
        return fail('changed-meanwhile', { what: 'value', subject, now: before, expected });
      if (id.pid === process.pid && oomScoreAdj > Number(before))
        return fail('refused-target', { what: 'helper' });
      const wrote = attempt(subject, () => file.write(String(oomScoreAdj)), ON_WRITE);
      if (!wrote.ok) return wrote;
      const after = file.read();
      if (after !== String(oomScoreAdj))
        return fail('read-back-differs', { what: 'value', subject, asked: oomScoreAdj, after });
      return ok({ written: [{ subject, before, asked: String(oomScoreAdj), after }] });
    });
  return attempt(subject, set, ON_OPEN);
}

/**
 * Whether it is the process that was seen. Another one that has its pid and began in the same clock tick could look the same: so what was
 * seen has to have been there in a later tick.
 */
function looksLike(startTicks: number, look: ProcessLook, stat: StatFields, status: string): boolean {
  const uid = wholeNumber(/^Uid:\t\d+\t(\d+)\t/m.exec(status)?.[1] ?? '');
  return (
    look.seenAtTicks > startTicks &&
    look.name === stat.name &&
    look.parentPid === stat.parentPid &&
    look.uid === uid
  );
}

/** Whether it runs the program that it was seen to run. What the system does not show of it to root either says nothing. */
function runs(folder: number, program: string | undefined): boolean {
  if (program === undefined) return true;
  const file = attempt('its program', () => ok(statSync(inside(folder, 'exe'), { bigint: true })));
  return file.ok && `${file.value.dev}:${file.value.ino}` === program;
}
