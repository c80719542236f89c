import { anchorAt, isOpening, triggerWords } from './anchor.ts';
import { earliestNameStart } from './comm.ts';
import {
  type Draft,
  isOver,
  newDraft,
  startsAnother,
  takeFoldedFigures,
  takeState,
  takeVerdict,
} from './draft.ts';
import { isWrapped, messageIn } from './envelope.ts';
import { mayOpen, telling } from './first-look.ts';
import { parseTaskLine, parseTrigger } from './grammar.ts';
import { JournalEntries } from './journal-entries.ts';
import { type Fold, isUnfinished, joinFold } from './line-folds.ts';
import { OwnLines } from './own-lines.ts';
import { nameOfTrigger } from './prefix.ts';
import { type OomReport, type OomTask } from './report.ts';
import { hasPidTag, isUnnamed, prefixShape, readPrefix } from './sender.ts';
import { parseTask, rowAt, type TaskColumns, taskColumns } from './task-table.ts';

/** Longer lines are cut: the kernel prints none above 1 KiB, but a log may be anything. */
const maxLineLength = 8192;
/** More rows than pids there can be (PID_MAX_LIMIT is 2^22) are not the kernel's. */
const maxTasks = 2 ** 22;
/** After a kill the report is over unless more of it follows within this many lines of others. */
const maxForeignLines = 400;

/** Triggers that may wait to be confirmed: a log that mixes the lines of many programs has not more at once. */
const maxUnconfirmed = 8;
const noLines: readonly string[] = [];
const noTrigger: readonly Unconfirmed[] = [];

/** A trigger of which its own line does not tell for certain that it is one: another line must name the same task. */
interface Unconfirmed {
  readonly before: string;
  readonly words: string;
  readonly uptimeSeconds?: number;
}

/**
 * Reads a kernel log line by line and gives the reports of the OOM killer that are in it. A line counts by its words (anchor.ts) and by its
 * sender (sender.ts). Lines of others between those of a report do no harm, nor do cut or missing parts; a report whose first lines are lost
 * begins with what is there.
 */
export class OomReportReader {
  readonly #own = new OwnLines();
  readonly #entries = new JournalEntries();
  readonly #done: OomReport[] = [];
  #draft: Draft | undefined;
  /** What stands before the words of the trigger: a prefix and a name. */
  #beforeTrigger = '';
  #unconfirmed: readonly Unconfirmed[] = noTrigger;
  #columns: TaskColumns | undefined;
  /** The rows of the draft: a table has thousands. */
  #tasks: OomTask[] = [];
  #fold: Fold | undefined;
  #foreignLines = 0;

  /** The report that is being read, as far as it is known now. */
  get current(): OomReport | undefined {
    return this.#draft;
  }

  /** Takes the next line, or record of /dev/kmsg; returns a report when one is over. */
  push(line: string): OomReport | undefined {
    if (!this.#entries.take(line)) {
      const message = this.#entries.finish();
      if (message !== undefined) this.#read(message);
      if (!this.#entries.take(line)) this.#read(line);
    }
    return this.#done.length === 0 ? undefined : this.#done.shift();
  }

  /** Ends the log: returns the report that was still open. Where there is more than one, it is to be called again. */
  end(): OomReport | undefined {
    const message = this.#entries.finish();
    if (message !== undefined) this.#read(message);
    this.#giveUpFold();
    this.#unconfirmed = noTrigger;
    return this.#done.shift() ?? this.#finish();
  }

  #finish(): OomReport | undefined {
    const draft = this.#draft;
    this.#draft = undefined;
    this.#columns = undefined;
    this.#foreignLines = 0;
    return draft;
  }

  #begin(draft: Draft, beforeTrigger: string): void {
    const finished = this.#finish();
    if (finished) this.#done.push(finished);
    this.#draft = draft;
    this.#beforeTrigger = beforeTrigger;
    this.#unconfirmed = noTrigger;
  }

  #read(line: string): void {
    this.#own.pass(line);
    const isOpen = this.#draft !== undefined || this.#unconfirmed.length > 0 || this.#fold !== undefined;
    if (!isOpen && !mayOpen(line)) return;
    const cut = line.length > maxLineLength ? line.slice(0, maxLineLength) : line;
    const message = isWrapped(cut) ? messageIn(cut) : undefined;
    const text = message === undefined ? cut : message.text;
    if (text === undefined) {
      this.#passOver();
      return;
    }
    if (this.#fold !== undefined && this.#join(this.#fold, text)) return;
    if (this.#takeTask(text)) return;
    if (!telling.test(text) || !this.#takeMessage(text, message?.uptimeSeconds)) this.#passOver();
  }

  /** A record may have several lines. Only its first can name a victim: the others could be made of text that the kernel quotes. */
  #takeMessage(text: string, uptimeSeconds: number | undefined): boolean {
    if (this.#take(text, uptimeSeconds, true)) return true;
    const [first = '', ...others] = text.split(/\n|#012/);
    if (others.length === 0) return false;
    const taken = this.#take(first, uptimeSeconds, true);
    return others.reduce((any, other) => this.#take(other.trimStart(), uptimeSeconds, false) || any, taken);
  }

  #take(text: string, uptimeSeconds: number | undefined, isFirst: boolean): boolean {
    const continued = text.charCodeAt(0) === BLANK ? this.#own.continues(text) : undefined;
    if (continued === 'program') return false;
    const mayDecide = isFirst && continued === undefined;
    const triggerAt = text.indexOf(triggerWords);
    if (triggerAt >= 0) {
      return mayDecide && this.#takeTrigger(text.slice(0, triggerAt), text.slice(triggerAt), uptimeSeconds);
    }
    const at = anchorAt(text);
    if (at < 0) return this.#draft !== undefined && takeFoldedFigures(this.#draft, text);
    const before = text.slice(0, at);
    const words = text.slice(at);
    this.#confirm(before, words);
    const prefix = this.#own.prefixOf(before);
    if (prefix === undefined || (!mayDecide && isOpening(words))) return false;
    const uptime = prefix.uptimeSeconds ?? uptimeSeconds;
    if (mayDecide && isUnfinished(words)) {
      this.#fold = { before, words, joined: words, lines: noLines, uptimeSeconds: uptime };
      return true;
    }
    return this.#takeWords(words, uptime);
  }

  #takeTrigger(before: string, words: string, uptimeSeconds: number | undefined): boolean {
    const prefix = readPrefix(before);
    const uptime = prefix.uptimeSeconds ?? uptimeSeconds;
    const rest = before.slice(prefix.end);
    // Even a name may look like the beginning of another program's line: what it cannot reach counts.
    const certain = before.slice(0, earliestNameStart(before));
    if (readPrefix(certain).sender === 'program' || hasPidTag(certain)) return false;
    const name = nameOfTrigger(before, prefix.end);
    const isCertain =
      name === rest && prefix.sender !== 'program' && (prefix.sender === 'kernel' || !/[\]:]\s/.test(rest));
    if (isUnfinished(words)) {
      this.#fold = { before, words: `${name}${words}`, joined: words, lines: noLines, uptimeSeconds: uptime };
      return true;
    }
    if (!isCertain) {
      this.#foreignLines = 0;
      const waiting = { before, words, ...(uptime === undefined ? {} : { uptimeSeconds: uptime }) };
      this.#unconfirmed = [...this.#unconfirmed, waiting].slice(-maxUnconfirmed);
      return true;
    }
    const trigger = parseTrigger(`${name}${words}`);
    if (!trigger) return false;
    this.#begin(newDraft(uptime, trigger), before);
    this.#foreignLines = 0;
    return true;
  }

  /**
   * The stack dump names the task of the trigger again, there with bounds on both sides: what stands before the name in both lines is the prefix
   * of this log, known to us or not.
   */
  #confirm(before: string, words: string): void {
    const open = this.#draft?.trigger?.pid === undefined ? this.#beforeTrigger : '';
    if (open === '' && this.#unconfirmed.length === 0) return;
    const name = parseTaskLine(words)?.name;
    if (name === undefined) return;
    const { sender, end } = readPrefix(before);
    if (sender === 'program' || !isUnnamed(before.slice(end))) return;
    const shape = prefixShape(before);
    const names = (waiting: string) =>
      waiting.endsWith(name) && prefixShape(waiting.slice(0, waiting.length - name.length)) === shape;
    const waiting = this.#unconfirmed.findLast((each) => names(each.before));
    if (waiting === undefined && !names(open)) return;
    this.#own.learn(before);
    const trigger = waiting && parseTrigger(`${name}${waiting.words}`);
    if (trigger) this.#begin(newDraft(waiting.uptimeSeconds, trigger), waiting.before);
  }

  /** Takes words of the kernel; opens a report where they can be the first that is left of one. */
  #takeWords(words: string, uptimeSeconds: number | undefined): boolean {
    const open = this.#draft;
    const starts = isOpening(words) && (!open || startsAnother(open, words));
    const draft = starts ? newDraft(uptimeSeconds) : open;
    if (!draft) return false;
    // Most words are no header: asking for their first letter costs less than looking for one.
    const columns = words.charCodeAt(0) === BRACKET ? taskColumns(words) : undefined;
    const isTaken =
      columns !== undefined ||
      words.startsWith('Tasks state') ||
      takeVerdict(draft, words) ||
      takeState(draft, words, this.#beforeTrigger);
    if (!isTaken) return false;
    if (starts) this.#begin(draft, '');
    if (columns) this.#columns = columns;
    this.#foreignLines = 0;
    return true;
  }

  /** Whether the line belongs to the one before it, which lacks its end. */
  #join(fold: Fold, text: string): boolean {
    const joined = this.#columns !== undefined && this.#isRow(text) ? undefined : joinFold(fold, text);
    if (joined === undefined) {
      this.#giveUpFold();
      return false;
    }
    this.#fold = joined;
    const words = joined.joined;
    if (isUnfinished(words)) return true;
    this.#fold = undefined;
    if (words.includes(triggerWords)) this.#takeTrigger(fold.before, words, fold.uptimeSeconds);
    else this.#takeWords(words, fold.uptimeSeconds);
    return true;
  }

  /** A line is cut: it gives what it has, and those that were taken for its end are read for themselves. */
  #giveUpFold(): void {
    const fold = this.#fold;
    if (!fold) return;
    this.#fold = undefined;
    const trigger = parseTrigger(fold.words);
    if (trigger) this.#begin(newDraft(fold.uptimeSeconds, trigger), fold.before);
    else this.#takeWords(fold.words, fold.uptimeSeconds);
    for (const line of fold.lines) this.#read(line);
  }

  #isRow(text: string): boolean {
    const at = rowAt(text);
    return at >= 0 && this.#own.acceptsRow(text.slice(0, at));
  }

  /** Rows come by the thousand, so they are looked for first. */
  #takeTask(text: string): boolean {
    const draft = this.#draft;
    if (!draft || !this.#columns || draft.tasks.length >= maxTasks) return false;
    const start = rowAt(text);
    if (start < 0 || !this.#own.acceptsRow(text.slice(0, start))) return false;
    const task = parseTask(text, this.#columns, start);
    if (!task) return false;
    if (draft.tasks !== this.#tasks) draft.tasks = this.#tasks = [];
    this.#tasks.push(task);
    this.#foreignLines = 0;
    return true;
  }

  /** A line of others. */
  #passOver(): void {
    if (++this.#foreignLines <= maxForeignLines) return;
    this.#unconfirmed = noTrigger;
    if (!this.#draft || !isOver(this.#draft)) return;
    const finished = this.#finish();
    if (finished) this.#done.push(finished);
  }
}

/** All reports in a log. */
export function parseOomReports(log: string): OomReport[] {
  const reader = new OomReportReader();
  const reports: OomReport[] = [];
  for (let at = 0; at <= log.length;) {
    const newline = log.indexOf('\n', at);
    const end = newline < 0 ? log.length : newline;
    const report = reader.push(log.slice(at, end));
    if (report) reports.push(report);
    at = end + 1;
  }
  for (let last = reader.end(); last; last = reader.end()) reports.push(last);
  return reports;
}

const BLANK = 32;
const BRACKET = 91;
