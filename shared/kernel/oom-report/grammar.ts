import { triggerWords } from './anchor.ts';
import { type OomChosen, type OomCounterName, type OomTrigger } from './report.ts';

/*
 * One function for each line that the OOM killer prints, by its shape and not by kernel version: distributions backport. Each takes the line
 * from the kernel's own words on (anchor.ts). A name (comm) is up to 15 bytes of anything, so it is what is left between that which must stand
 * before it and that which must follow. Parts that are missing or unknown cost no other part.
 */

const triggerMask = /^\s*gfp_mask=(0x[0-9a-f]{1,16})(?:\(([^)]{0,400})\))?/;
const triggerNodes = /,\s*nodemask=(\(null\)|[\d,-]{0,400}?),?\s/;
const triggerOrder = /\border=(-?\d{1,9})/;
const triggerAdj = /oom_score_adj=(-?\d{1,5})/;

/** `NAME invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0`, from the name on. */
export function parseTrigger(text: string): OomTrigger | undefined {
  const at = text.indexOf(triggerWords);
  const rest = text.slice(at + triggerWords.length);
  if (at < 0 || !/^\s*(?:gfp_mask=|$)/.test(rest)) return undefined;
  const mask = triggerMask.exec(rest);
  const order = triggerOrder.exec(rest)?.[1];
  const adj = triggerAdj.exec(rest)?.[1];
  const nodes = triggerNodes.exec(rest)?.[1];
  return {
    name: text.slice(0, at),
    ...(mask?.[1] === undefined ? {} : { gfpMask: mask[1] }),
    ...(mask?.[2] === undefined ? {} : { gfpFlags: mask[2] }),
    ...(order === undefined ? {} : { order: Number(order) }),
    ...(adj === undefined ? {} : { oomScoreAdj: Number(adj) }),
    ...(nodes === undefined || nodes === '(null)' ? {} : { nodemask: nodes }),
  };
}

const taskLine =
  /^(?:CPU *: \d{1,6} (?:UID: \d{1,10} )?PID: (\d{1,10}) Comm: |Pid: (\d{1,10}), comm: )(.*)$/s;
/** What follows the name; a name can hold the first of these, but then not the release behind it. */
const afterTask = /^(.*?) (?:Kdump: loaded )?(?:Not tainted|Tainted: .*?)(?: (\d\S{0,100})(?:\s.*)?)?$/s;

/** The process that allocated, as the stack dump names it. */
export interface TaskLine {
  readonly pid: number;
  /** Missing where the line is cut within it. */
  readonly name?: string;
  readonly kernelRelease?: string;
}

/** `CPU: 0 UID: 0 PID: 225 Comm: pp Not tainted 6.12.117+deb12-cloud-amd64 #1 ...` */
export function parseTaskLine(text: string): TaskLine | undefined {
  const found = taskLine.exec(text);
  if (!found) return undefined;
  const after = afterTask.exec(found[3] ?? '');
  return {
    pid: Number(found[1] ?? found[2]),
    ...(after?.[1] === undefined ? {} : { name: after[1] }),
    ...(after?.[2] === undefined ? {} : { kernelRelease: after[2] }),
  };
}

export interface OomSummary {
  readonly constraint: string;
  readonly global: boolean;
  readonly nodemask?: string;
  readonly cpuset?: string;
  readonly memsAllowed?: string;
  readonly oomCgroup?: string;
  readonly taskCgroup?: string;
  readonly chosen: OomChosen;
}

const summary =
  /^oom-kill:constraint=(\w{1,64}),(.*),pid=(\d{1,10}),uid=(\d{1,10})(?:,[\w-]{1,40}=[^,\s]{0,200})*\s*$/s;
const placement = /^nodemask=(\(null\)|[\d,-]*?)(?:,cpuset=(.*),mems_allowed=([\d,-]*))?(?:,global_oom|$)/s;
const TASK = ',task=';
const TASK_CGROUP = ',task_memcg=';
const OOM_CGROUP = ',oom_memcg=';

/**
 * `oom-kill:constraint=...,oom_memcg=/a,task_memcg=/a/b,task=NAME,pid=1,uid=0`; paths and names may hold commas, and words of the line. Where that
 * leaves more than one reading, `nameOf` says what other lines of the report call the pid.
 */
export function parseSummary(
  text: string,
  nameOf: (pid: number) => string | undefined = () => undefined,
): OomSummary | undefined {
  const found = summary.exec(text);
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  const pid = Number(found[3]);
  const task = taskIn(found[2], nameOf(pid));
  if (task === undefined) return undefined;
  const middle = found[2].slice(0, task.at);
  const taskAt = middle.lastIndexOf(TASK_CGROUP);
  const beforeTask = taskAt < 0 ? middle : middle.slice(0, taskAt);
  const oomAt = beforeTask.indexOf(OOM_CGROUP);
  const places = placement.exec(oomAt < 0 ? beforeTask : beforeTask.slice(0, oomAt));
  const [, nodemask, cpuset, memsAllowed] = places ?? [];
  return {
    constraint: found[1],
    global: oomAt < 0 && (taskAt < 0 || beforeTask.endsWith(',global_oom')),
    chosen: { pid, uid: Number(found[4]), name: task.name },
    ...(nodemask === undefined || nodemask === '(null)' ? {} : { nodemask }),
    ...(cpuset === undefined ? {} : { cpuset }),
    ...(memsAllowed === undefined ? {} : { memsAllowed }),
    ...(oomAt < 0 ? {} : { oomCgroup: beforeTask.slice(oomAt + OOM_CGROUP.length) }),
    ...(taskAt < 0 ? {} : { taskCgroup: middle.slice(taskAt + TASK_CGROUP.length) }),
  };
}

/** Whether this line has begun and lacks its end. */
export function isUnfinishedSummary(text: string): boolean {
  return !summary.test(text);
}

const begunSummary = /^oom-kill:constraint=(\w{1,64}),(.*)$/s;

/** What is left of a line that is cut. */
export function parseCutSummary(
  text: string,
): { constraint: string; scope?: 'cgroup' | 'global' } | undefined {
  const found = begunSummary.exec(text);
  if (found?.[1] === undefined) return undefined;
  const scope = found[2]?.includes(OOM_CGROUP)
    ? 'cgroup'
    : found[2]?.includes(',global_oom')
      ? 'global'
      : undefined;
  return { constraint: found[1], ...(scope === undefined ? {} : { scope }) };
}

/** The name at the end of what stands before `,pid=`: the one that is known, else the shortest. */
function taskIn(middle: string, known: string | undefined): { at: number; name: string } | undefined {
  if (known !== undefined && middle.endsWith(`${TASK}${known}`)) {
    return { at: middle.length - known.length - TASK.length, name: known };
  }
  const at = middle.lastIndexOf(TASK);
  return at < 0 ? undefined : { at, name: middle.slice(at + TASK.length) };
}

const counter =
  /^(memory|memory\+swap|kmem|swap): usage (\d{1,20})kB, limit (\d{1,20})kB, failcnt (\d{1,20})/;

/** PAGE_COUNTER_MAX in KiB is about 2^53 (4 KiB pages, newer kernels) or 2^64/1024 and means that there is no limit. */
const noLimitKib = 2 ** 52;

/** `memory: usage 20480kB, limit 20480kB, failcnt 1204` */
export function parseCounter(text: string) {
  const found = counter.exec(text);
  if (!found) return undefined;
  const limitKib = Number(found[3]);
  return {
    name: found[1] as OomCounterName,
    counter: {
      usageKib: Number(found[2]),
      failures: Number(found[4]),
      ...(limitKib >= noLimitKib ? {} : { limitKib }),
    },
  };
}

const limited = /^Task in (.*) killed as a result of limit of (.*)$/s;

/** `Task in /victim killed as a result of limit of /over`: up to 4.20. */
export function parseLimited(text: string): { taskCgroup: string; oomCgroup: string } | undefined {
  const found = limited.exec(text);
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  return { taskCgroup: found[1], oomCgroup: found[2] };
}

const group = /^Tasks in (.*) are going to be killed due to memory\.oom\.group set/s;

/** `Tasks in /a/b are going to be killed due to memory.oom.group set`: the cgroup. */
export function parseGroup(text: string): string | undefined {
  return group.exec(text)?.[1];
}

const panic = /^Kernel panic - not syncing: (.*(?:out of memory|panic_on_oom|deadlocked on memory).*)$/is;

/** What the kernel said when it panicked for want of memory. */
export function parsePanic(text: string): string | undefined {
  return panic.exec(text)?.[1]?.trimEnd();
}

const machineFigures = {
  ramPages: /^(\d{1,20}) pages RAM/,
  reservedPages: /^(\d{1,20}) pages reserved/,
  swapTotalKib: /^Total swap = (\d{1,20})kB/,
  swapFreeKib: /^Free swap {1,2}= (-?\d{1,20})kB/,
} as const;

/** A figure of the whole machine from the memory block of a global report. */
export function parseMachine(text: string): { key: keyof typeof machineFigures; value: number } | undefined {
  for (const [key, pattern] of Object.entries(machineFigures)) {
    const value = pattern.exec(text)?.[1];
    if (value !== undefined) return { key: key as keyof typeof machineFigures, value: Number(value) };
  }
  return undefined;
}

const unreaped = /^oom_reaper: unable to reap pid:(\d{1,10})\b/;

/** `oom_reaper: unable to reap pid:1 (NAME)`: the pid. Its memory stays until it can die. */
export function parseUnreaped(text: string): number | undefined {
  const pid = unreaped.exec(text)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

const reaped = /^oom_reaper: reaped process (\d{1,10})\b/;

/** `oom_reaper: reaped process 1 (NAME), now anon-rss:0kB, ...`: the pid. */
export function parseReaped(text: string): number | undefined {
  const pid = reaped.exec(text)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** True for the line of a kernel that found nothing to kill: allocations in a memory cgroup go on failing, the machine panics. */
export function saysNoKillableProcess(text: string): boolean {
  return /^(?:Kernel panic - not syncing: )?Out of memory and no killable processes/.test(text);
}
