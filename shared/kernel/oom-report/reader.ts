import {
  parseChoice,
  parseCounter,
  parseGroup,
  parseKill,
  parseLimited,
  parseMachine,
  parsePanic,
  parseReaped,
  parseSummary,
  parseTaskLine,
  parseTrigger,
  saysNobodyKillable,
} from './grammar.ts';
import { withoutPrefix } from './prefix.ts';
import { type OomKill, type OomReport, type OomTask } from './report.ts';
import { parseTask, type TaskColumns, taskColumns } from './task-table.ts';

/** Longer lines are cut: the kernel prints none above 1 KiB, but a log may be anything. */
const maxLineLength = 8192;
/** More rows than pids there can be (PID_MAX_LIMIT is 2^22) are not the kernel's. */
const maxTasks = 2 ** 22;
/** After a kill the report is over unless more of it follows within this many lines of other people's words. */
const maxForeignLines = 400;

/** TASK_COMM_LEN without its NUL: there can be no more line breaks in a name. */
const maxNameBytes = 15;

type Draft = { -readonly [Key in keyof OomReport]: OomReport[Key] } & {
  tasks: OomTask[];
  kills: OomKill[];
  reaped: number[];
};

/**
 * Reads a kernel log line by line and gives the reports of the OOM killer that are in it. Lines of others between those
 * of a report do no harm, nor do cut or missing parts; a report whose first lines are lost begins with what is there.
 */
export class OomReportReader {
  #draft: Draft | undefined;
  #columns: TaskColumns | undefined;
  #foreignLines = 0;
  #unfinished = '';

  /** The report that is being read, as far as it is known now. */
  get current(): OomReport | undefined {
    return this.#draft;
  }

  /** Takes the next line; returns the report before it when this line begins another one. */
  push(line: string): OomReport | undefined {
    const open = this.#draft;
    if (!open && !startsReport(line)) return undefined;
    if (open && this.#unfinished === '') {
      if (this.#takeTask(open, line)) return undefined;
      if (!telling.test(line)) return this.#passOver(open);
    }
    const whole = this.#join(line.length > maxLineLength ? line.slice(0, maxLineLength) : line);
    if (whole === undefined) return undefined;
    const { text, uptimeSeconds } = withoutPrefix(whole);
    const finished = this.#begin(text, uptimeSeconds);
    const draft = this.#draft;
    if (!draft) return finished;
    if (!this.#takeHeader(text) && !takeVerdict(draft, text) && !takeState(draft, text)) {
      return this.#passOver(draft) ?? finished;
    }
    this.#foreignLines = 0;
    return finished;
  }

  /** Ends the log: returns the report that was still open. */
  end(): OomReport | undefined {
    const draft = this.#draft;
    this.#draft = undefined;
    this.#columns = undefined;
    this.#foreignLines = 0;
    this.#unfinished = '';
    return draft;
  }

  /** A name may hold line breaks, and a log splits there: waits for the end of a line that has none yet. */
  #join(line: string): string | undefined {
    const folds = this.#unfinished.split('\n').length;
    const isNext = this.#unfinished !== '' && folds <= maxNameBytes && !startsReport(line);
    const joined = isNext ? `${this.#unfinished}\n${line}` : line;
    this.#unfinished = isUnfinished(joined) ? joined : '';
    return this.#unfinished === '' ? joined : undefined;
  }

  /** Opens a new report where this line is the first of one, and returns the one that it ends. */
  #begin(text: string, uptimeSeconds: number | undefined): OomReport | undefined {
    const draft = this.#draft;
    const starts =
      parseTrigger(text) !== undefined || (startsReport(text) && (!draft || startsAnother(draft, text)));
    if (!starts) return undefined;
    const finished = this.end();
    this.#draft = {
      ...(uptimeSeconds === undefined ? {} : { uptimeSeconds }),
      scope: 'unknown',
      usage: {},
      machine: {},
      tasks: [],
      kills: [],
      reaped: [],
      noKillableProcess: false,
    };
    return finished;
  }

  #takeHeader(text: string): boolean {
    const columns = taskColumns(text);
    if (columns) this.#columns = columns;
    return columns !== undefined;
  }

  /** Rows come by the thousand, so they are looked for first and with their prefix. */
  #takeTask(draft: Draft, line: string): boolean {
    if (!this.#columns || draft.tasks.length >= maxTasks || line.length > maxLineLength) return false;
    const task = parseTask(line, this.#columns);
    if (!task) return false;
    draft.tasks.push(task);
    this.#foreignLines = 0;
    return true;
  }

  /** A line of somebody else. */
  #passOver(draft: Draft): OomReport | undefined {
    return ++this.#foreignLines > maxForeignLines && isOver(draft) ? this.end() : undefined;
  }
}

/** All reports in a log. */
export function parseOomReports(log: string): OomReport[] {
  const reader = new OomReportReader();
  const reports: OomReport[] = [];
  for (let at = 0; at <= log.length;) {
    const newline = log.indexOf('\n', at);
    const end = newline < 0 ? log.length : newline;
    const report = reader.push(log.slice(at, log[end - 1] === '\r' ? end - 1 : end));
    if (report) reports.push(report);
    at = end + 1;
  }
  const last = reader.end();
  if (last) reports.push(last);
  return reports;
}

/** The lines that can be the first which is left of a report. Every line comes by here. */
function startsReport(line: string): boolean {
  return (
    (line.includes('ill') && wordsOfKilling.some((words) => line.includes(words))) ||
    line.includes('Tasks state (memory values in pages)') ||
    line.includes('total_vm ') ||
    line.includes('panic_on_oom') ||
    line.includes('deadlocked on memory')
  );
}

const wordsOfKilling = [
  'invoked oom-killer',
  'oom-kill:constraint=',
  'Killed process ',
  'ill process ',
  'Out of memory and no killable',
] as const;

/** What a line that is ours has in it, task rows aside: all others are passed over unread. */
const telling =
  /oom|[Oo]ut of memory|[Kk]ill|usage |pages R|pages r|swap {1,2}=|[Pp][Ii][Dd]: |panic|limit of|total_vm|going to be/;

function isUnfinished(text: string): boolean {
  if (text.includes('oom-kill:constraint=')) return !/,uid=\d{1,10}\s*$/.test(text);
  return (
    /Killed process \d{1,10}(?:, UID \d{1,10},)? \(/.test(text) && !/\)(?:\s+total-vm:|\.?\s*$)/.test(text)
  );
}

/** A kill line (or the line before it) after a kill is a report whose header the kernel's rate limit has left out. */
function startsAnother(draft: Draft, text: string): boolean {
  if (draft.kills.length === 0) return false;
  if (parseChoice(text) || parseSummary(text) || taskColumns(text)) return true;
  return draft.groupCgroup === undefined && parseKill(text) !== undefined;
}

function isOver(draft: Draft): boolean {
  return draft.kills.length > 0 || draft.panic !== undefined || draft.noKillableProcess;
}

/** Who dies, or that nobody does. */
function takeVerdict(draft: Draft, text: string): boolean {
  const summary = parseSummary(text);
  if (summary) {
    const { global, ...known } = summary;
    Object.assign(draft, known);
    draft.scope = summary.oomCgroup !== undefined ? 'cgroup' : global ? 'global' : draft.scope;
    return true;
  }
  const choice = parseChoice(text);
  if (choice) {
    draft.chosen = choice.chosen;
    draft.scope = scopeOf(choice.how) ?? draft.scope;
    return true;
  }
  const killed = parseKill(text);
  if (killed) {
    const how = killed.how;
    draft.scope = (how === undefined ? undefined : scopeOf(how)) ?? draft.scope;
    draft.kills.push({ ...killed.kill, byGroup: draft.groupCgroup !== undefined });
    return true;
  }
  const group = parseGroup(text);
  if (group !== undefined) draft.groupCgroup = group;
  const panic = parsePanic(text);
  if (panic !== undefined) draft.panic = panic;
  if (saysNobodyKillable(text)) draft.noKillableProcess = true;
  const reaped = parseReaped(text);
  if (reaped !== undefined) draft.reaped.push(reaped);
  return group !== undefined || panic !== undefined || reaped !== undefined || draft.noKillableProcess;
}

/** How things stood. */
function takeState(draft: Draft, text: string): boolean {
  const trigger = parseTrigger(text);
  if (trigger) {
    draft.trigger = trigger;
    return true;
  }
  const task = draft.kills.length === 0 ? parseTaskLine(text) : undefined;
  if (task && draft.trigger && draft.trigger.pid === undefined) {
    draft.trigger = { ...draft.trigger, pid: task.pid };
    if (task.kernelRelease !== undefined) draft.kernelRelease = task.kernelRelease;
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
  if (how.endsWith('Memory cgroup out of memory')) return 'cgroup';
  return /Out of memory|No available memory/i.test(how) ? 'global' : undefined;
}
