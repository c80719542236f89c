import {
  parseCounter,
  parseCutSummary,
  parseGroup,
  parseLimited,
  parseMachine,
  parsePanic,
  parseReaped,
  parseSummary,
  parseTaskLine,
  parseUnreaped,
  saysNoKillableProcess,
} from './grammar.ts';
import { parseChoice, parseExiting, parseKill, parseKillFigures } from './kill-line.ts';
import { type OomReport, type OomTrigger } from './report.ts';

/** A report while it is being read. */
export type Draft = { -readonly [Key in keyof OomReport]: OomReport[Key] };

/** Most reports have none of these; a log of kill lines alone has hundreds of thousands of reports. */
const none = [] as const;
const nothing = {} as const;

/** Adds to a list of the draft. A list that is not empty is its own, and may be long: it is not copied. */
function withOne<Item>(list: readonly Item[], item: Item): readonly Item[] {
  if (list.length === 0) return [item];
  (list as Item[]).push(item);
  return list;
}

export function newDraft(uptimeSeconds: number | undefined, trigger?: OomTrigger): Draft {
  const draft: Draft = {
    scope: 'unknown',
    usage: nothing,
    machine: nothing,
    tasks: none,
    kills: none,
    reaped: none,
    unreaped: none,
    exiting: none,
    noKillableProcess: false,
  };
  if (uptimeSeconds !== undefined) draft.uptimeSeconds = uptimeSeconds;
  if (trigger !== undefined) draft.trigger = trigger;
  return draft;
}

/** Lines after a kill that belong to the next report, whose header the kernel's rate limit has left out. */
export function startsAnother(draft: Draft, text: string): boolean {
  if (draft.kills.length === 0) return false;
  // Only the kills of a group follow a kill; everything else that opens a report comes before it.
  return draft.groupCgroup === undefined || parseKill(text) === undefined;
}

export function isOver(draft: Draft): boolean {
  return draft.kills.length > 0 || draft.panic !== undefined || draft.noKillableProcess;
}

/** Takes a line that says what dies, or that nothing does. */
export function takeVerdict(draft: Draft, text: string): boolean {
  switch (text[0]) {
    case 'o':
      return takeSummary(draft, text) || takeEnd(draft, text);
    case 'K':
    case 'M':
    case 'N':
    case 'O':
      return takeKill(draft, text) || takeChoice(draft, text) || takeEnd(draft, text);
    case 'T':
      return takeEnd(draft, text);
    default:
      return false;
  }
}

function takeSummary(draft: Draft, text: string): boolean {
  const summary = parseSummary(text, (pid) => draft.tasks.find((task) => task.tgid === pid)?.name);
  if (!summary) {
    const cut = parseCutSummary(text);
    Object.assign(draft, cut);
    return cut !== undefined;
  }
  const { global, ...known } = summary;
  Object.assign(draft, known);
  draft.scope = summary.oomCgroup !== undefined ? 'cgroup' : global ? 'global' : draft.scope;
  return true;
}

function takeChoice(draft: Draft, text: string): boolean {
  const choice = parseChoice(text);
  if (!choice) return false;
  draft.chosen = choice.chosen;
  draft.scope = scopeOf(choice.how) ?? draft.scope;
  return true;
}

function takeKill(draft: Draft, text: string): boolean {
  const killed = parseKill(text);
  if (!killed) return false;
  const { how, kill } = killed;
  // Up to 2.6.35 these words are all there is of a constraint.
  if (how?.includes('(MPOL_BIND)')) draft.constraint = 'CONSTRAINT_MEMORY_POLICY';
  if (how?.endsWith(' in cpuset')) draft.constraint = 'CONSTRAINT_CPUSET';
  draft.scope = (how === undefined ? undefined : scopeOf(how)) ?? draft.scope;
  draft.kills = withOne(draft.kills, { ...kill, byGroup: draft.groupCgroup !== undefined });
  return true;
}

/** A mail program folds long lines: takes the figures of a kill from the line below it. */
export function takeFoldedFigures(draft: Draft, line: string): boolean {
  const last = draft.kills.at(-1);
  if (last === undefined || last.totalVmKib !== undefined || !/^[>\s]*(?:total-vm|vsz):\d/.test(line))
    return false;
  draft.kills = [...draft.kills.slice(0, -1), { ...last, ...parseKillFigures(line) }];
  return true;
}

function takeEnd(draft: Draft, text: string): boolean {
  const group = parseGroup(text);
  if (group !== undefined) draft.groupCgroup = group;
  const panic = parsePanic(text);
  if (panic !== undefined) draft.panic = panic;
  const saysNone = saysNoKillableProcess(text);
  if (saysNone) draft.noKillableProcess = true;
  const reaped = parseReaped(text);
  if (reaped !== undefined) draft.reaped = withOne(draft.reaped, reaped);
  const unreaped = parseUnreaped(text);
  if (unreaped !== undefined) draft.unreaped = withOne(draft.unreaped, unreaped);
  const exiting = parseExiting(text);
  if (exiting !== undefined) draft.exiting = withOne(draft.exiting, exiting);
  return saysNone || [group, panic, reaped, unreaped, exiting].some((taken) => taken !== undefined);
}

/**
 * Takes a line that says how things stood. `beforeTrigger` is what stands before the words of the trigger's line: its end is the name that the
 * stack dump has, too, and there it is bounded on both sides.
 */
export function takeState(draft: Draft, text: string, beforeTrigger: string): boolean {
  const task = draft.kills.length === 0 ? parseTaskLine(text) : undefined;
  if (task && draft.trigger && draft.trigger.pid === undefined) {
    const { name, pid, kernelRelease } = task;
    if (name !== undefined && !beforeTrigger.endsWith(name)) return false;
    draft.trigger = { ...draft.trigger, pid, ...(name === undefined ? {} : { name }) };
    if (kernelRelease !== undefined) draft.kernelRelease = kernelRelease;
    return true;
  }
  const counter = parseCounter(text);
  if (counter) {
    draft.usage = { ...draft.usage, [counter.name]: counter.counter };
    draft.scope = 'cgroup';
    return true;
  }
  const limited = parseLimited(text);
  if (limited) {
    Object.assign(draft, limited);
    draft.scope = 'cgroup';
    return true;
  }
  const machine = parseMachine(text);
  if (machine) draft.machine = { ...draft.machine, [machine.key]: machine.value };
  return machine !== undefined;
}

function scopeOf(how: string): 'global' | 'cgroup' | undefined {
  if (how.endsWith('Memory cgroup out of memory') || / in UB \d/.test(how)) return 'cgroup';
  return /Out of memory|No available memory/i.test(how) ? 'global' : undefined;
}
