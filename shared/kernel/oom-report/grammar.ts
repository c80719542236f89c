import { type OomChosen, type OomCounterName, type OomKill, type OomTrigger } from './report.ts';

/*
 * One function for each line that the OOM killer prints, by its shape and not by kernel version: distributions backport.
 * A name (comm) is up to 15 bytes of anything, so patterns take it greedily up to what must follow it.
 */

const trigger =
  /^(.*) invoked oom-killer: gfp_mask=(0x[0-9a-f]{1,16})(?:\(([^)]{0,400})\))?,(?: nodemask=[^ ]{1,400},)? {1,2}order=(-?\d{1,9})(.*)$/s;
const triggerAdj = /oom_score_adj=(-?\d{1,5})/;

/** `NAME invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0` */
export function parseTrigger(text: string): OomTrigger | undefined {
  // What may stand before it is any name, and would be tried at every place of every other line.
  if (!text.includes(' invoked oom-killer: ')) return undefined;
  const found = trigger.exec(text);
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  const adj = triggerAdj.exec(found[5] ?? '')?.[1];
  return {
    name: found[1],
    gfpMask: found[2],
    order: Number(found[4]),
    ...(found[3] === undefined ? {} : { gfpFlags: found[3] }),
    ...(adj === undefined ? {} : { oomScoreAdj: Number(adj) }),
  };
}

const taskLine = /^(?:CPU: \d{1,6} (?:UID: \d{1,10} )?PID: (\d{1,10}) Comm: |Pid: (\d{1,10}), comm: )(.*)$/s;
const release = /(?:Not tainted|Tainted: .*?) (\d\S{0,100}) #/s;

/** `CPU: 0 UID: 0 PID: 225 Comm: pp Not tainted 6.12.117+deb12-cloud-amd64 #1 ...` */
export function parseTaskLine(text: string): { pid: number; kernelRelease?: string } | undefined {
  const found = taskLine.exec(text);
  if (!found) return undefined;
  const kernelRelease = release.exec(found[3] ?? '')?.[1];
  return { pid: Number(found[1] ?? found[2]), ...(kernelRelease === undefined ? {} : { kernelRelease }) };
}

export interface OomSummary {
  readonly constraint: string;
  readonly global: boolean;
  readonly oomCgroup?: string;
  readonly taskCgroup?: string;
  readonly chosen: OomChosen;
}

const summary = /oom-kill:constraint=(\w{1,64}),(.*),task=(.*),pid=(\d{1,10}),uid=(\d{1,10})\s*$/s;

/** `oom-kill:constraint=...,oom_memcg=/a,task_memcg=/a/b,task=NAME,pid=1,uid=0`; paths and names may hold commas. */
export function parseSummary(text: string): OomSummary | undefined {
  const found = summary.exec(text);
  if (found?.[1] === undefined || found[2] === undefined || found[3] === undefined) return undefined;
  const middle = found[2];
  const taskAt = middle.lastIndexOf(',task_memcg=');
  const beforeTask = taskAt < 0 ? middle : middle.slice(0, taskAt);
  const oomAt = beforeTask.indexOf(',oom_memcg=');
  return {
    constraint: found[1],
    global: oomAt < 0 && (taskAt < 0 || beforeTask.endsWith(',global_oom')),
    chosen: { pid: Number(found[4]), uid: Number(found[5]), name: found[3] },
    ...(oomAt < 0 ? {} : { oomCgroup: beforeTask.slice(oomAt + ',oom_memcg='.length) }),
    ...(taskAt < 0 ? {} : { taskCgroup: middle.slice(taskAt + ',task_memcg='.length) }),
  };
}

const choice =
  /^(.*?): [kK]ill process (\d{1,10}) \((.*)\)(?:,? UID \d{1,10},?)? score (\d{1,20}) (?:or|and) (?:sacrifice|a|its|children)/s;

/** `Out of memory: Kill process 1 (NAME) score 900 or sacrifice child`: up to 5.0. */
export function parseChoice(text: string): { chosen: OomChosen; how: string } | undefined {
  const found = choice.exec(text);
  if (found?.[1] === undefined || found[3] === undefined) return undefined;
  return { how: found[1], chosen: { pid: Number(found[2]), name: found[3], score: Number(found[4]) } };
}

const kill =
  /^(?:(.*?): )?Killed process (\d{1,10})(?:, UID (\d{1,10}),)? \((.*)\)(?:\s+total-vm:(\d{1,20})kB,?(.*)|\.?\s*)$/s;
const figures = {
  anonRssKib: /anon-rss:(\d{1,20})/,
  fileRssKib: /file-rss:(\d{1,20})/,
  shmemRssKib: /shmem-rss:(\d{1,20})/,
  uid: /UID:(\d{1,10})/,
  pageTablesKib: /pgtables:(\d{1,20})/,
  oomScoreAdj: /oom_score_adj:(-?\d{1,5})/,
} as const;

/** `Memory cgroup out of memory: Killed process 1 (NAME) total-vm:...`, `how` being what comes first, from 5.1 on. */
export function parseKill(text: string): { kill: Omit<OomKill, 'byGroup'>; how?: string } | undefined {
  const found = kill.exec(text);
  if (found?.[2] === undefined || found[4] === undefined) return undefined;
  const parsed: Record<string, number> = {};
  for (const [name, pattern] of Object.entries(figures)) {
    const value = pattern.exec(found[6] ?? '')?.[1];
    if (value !== undefined) parsed[name] = Number(value);
  }
  if (found[3] !== undefined) parsed['uid'] = Number(found[3]);
  if (found[5] !== undefined) parsed['totalVmKib'] = Number(found[5]);
  const how = found[1];
  return {
    kill: {
      ...parsed,
      pid: Number(found[2]),
      name: found[4],
      allocatingTask: how?.endsWith('(oom_kill_allocating_task)') ?? false,
    },
    ...(how === undefined ? {} : { how }),
  };
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

const panic = /Kernel panic - not syncing: (.*(?:out of memory|panic_on_oom|deadlocked on memory).*)$/is;

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

const reaped = /^oom_reaper: reaped process (\d{1,10}) /;

/** `oom_reaper: reaped process 1 (NAME), now anon-rss:0kB, ...`: the pid. */
export function parseReaped(text: string): number | undefined {
  const pid = reaped.exec(text)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** Nobody could be killed: a memory cgroup goes on failing, the machine panics. */
export function saysNobodyKillable(text: string): boolean {
  return text.includes('Out of memory and no killable processes');
}
