/*
 * Where the kernel's words begin in a line. Each line of a report but two has words of its own at its left end, so that whatever stands before
 * them is found and not guessed. The two are the trigger, which begins with a name (comm.ts bounds it), and the rows of the task table.
 */

/** What the killer says first; `(oom_kill_allocating_task)` and the beancounter of Virtuozzo are part of it. */
const why =
  '(?:Memory cgroup out of memory|[Oo]ut of [Mm]emory(?: \\(\\w{1,40}\\)| in UB \\d{1,10})?|No available memory(?: \\(MPOL_BIND\\)| in cpuset)?)';

/** Lines that can be the first that is left of a report. */
const opening = [
  'oom-kill:constraint=',
  `${why}: (?:OOM )?[Kk]ill(?:ed)? process \\d`,
  'Killed process \\d',
  'Tasks state \\(memory values in pages\\)',
  '\\[ {0,4}pid {0,4}\\] +uid ',
  '(?:memory|memory\\+swap|kmem|swap): usage \\d{1,20}kB, limit ',
  'Task in .{1,4096} killed as a result of limit of ',
  'Out of memory and no killable processes',
  'Kernel panic - not syncing: (?=.{0,200}(?:out of memory|panic_on_oom|deadlocked on memory|Out of memory))',
].join('|');

/** Lines that only mean something inside of a report. */
const inner = [
  'CPU *: \\d{1,6} (?:UID: \\d{1,10} )?PID: \\d',
  'Pid: \\d{1,10}, comm: ',
  'Tasks in .{0,4096} are going to be killed due to ',
  'oom_reaper: ',
  `${why}: OOM victim \\d`,
  '\\d{1,20} (?:total )?page(?:s|cache pages)',
  'Total swap = ',
  'Free swap {1,2}= ',
].join('|');

const anchor = new RegExp(`${opening}|${inner}`, 's');
const openerHere = new RegExp(opening, 'sy');

/** Where the words of any line of a report begin, trigger and rows aside; -1 where there are none. */
export function anchorAt(line: string): number {
  return line.search(anchor);
}

/** Whether these words can be the first that is left of a report. */
export function isOpening(text: string): boolean {
  openerHere.lastIndex = 0;
  return openerHere.test(text);
}

/** What ends the name of the trigger. No name can hold it: it is longer than 15 bytes. */
export const triggerWords = ' invoked oom-killer:';
