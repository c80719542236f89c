import { type OomTask } from './report.ts';

const UID = 0;
const TGID = 1;
const TOTAL_VM = 2;
const RSS = 3;
const RSS_ANON = 4;
const RSS_FILE = 5;
const RSS_SHMEM = 6;
const PTES = 7;
const PMDS = 8;
const PGTABLES_BYTES = 9;
const SWAPENTS = 10;
const ADJ = 11;

/** Which figure a column of a task table after `[ pid ]` holds, in order; undefined for an unknown one. The name is the rest of the row. */
export type TaskColumns = readonly (number | undefined)[];

const figureOf: ReadonlyMap<string, number> = new Map([
  ['uid', UID],
  ['tgid', TGID],
  ['total_vm', TOTAL_VM],
  ['rss', RSS],
  ['rss_anon', RSS_ANON],
  ['rss_file', RSS_FILE],
  ['rss_shmem', RSS_SHMEM],
  ['nr_ptes', PTES],
  ['nr_pmds', PMDS],
  ['pgtables_bytes', PGTABLES_BYTES],
  ['swapents', SWAPENTS],
  ['oom_score_adj', ADJ],
]);

const header = /\[ {0,4}pid {0,4}\] +(uid +tgid +total_vm .*\bname)\s*$/;
const row = /\[ *\d{1,10}\] +\d/;

/** The columns that a header line names; undefined for any other line. */
export function taskColumns(text: string): TaskColumns | undefined {
  const names = header.exec(text)?.[1]?.trim().split(/ +/);
  return names?.slice(0, -1).map((name) => figureOf.get(name));
}

/** Where a row begins in a line, prefixes before it; -1 where there is none. */
export function rowAt(text: string): number {
  return text.search(row);
}

/**
 * A row of the table. Its name may look like figures, be empty or hold anything: it is what is left after as many
 * figures as the header has columns, and the one blank behind them.
 */
export function parseTask(
  text: string,
  columns: TaskColumns,
  start: number = rowAt(text),
): OomTask | undefined {
  if (start < 0) return undefined;
  const figures: (number | undefined)[] = [];
  const bracket = text.indexOf(']', start);
  const pid = figureIn(text, skipBlanks(text, start + 1), bracket);
  let at = bracket + 1;
  for (const column of columns) {
    const from = skipBlanks(text, at);
    at = skipFigure(text, from);
    if (at === from || (at < text.length && text.charCodeAt(at) !== BLANK)) return undefined;
    if (column !== undefined) figures[column] = figureIn(text, from, at);
  }
  return taskOf(pid, figures, text.slice(at + 1));
}

/** Written out, since tables have a row for each task: looking figures up by name takes twice as long. */
function taskOf(pid: number, figures: readonly (number | undefined)[], name: string): OomTask | undefined {
  const tgid = figures[TGID];
  const uid = figures[UID];
  const totalVmPages = figures[TOTAL_VM];
  const rssPages = figures[RSS];
  if (tgid === undefined || uid === undefined || totalVmPages === undefined || rssPages === undefined) {
    return undefined;
  }
  const task: { -readonly [Key in keyof OomTask]: OomTask[Key] } = {
    pid,
    tgid,
    uid,
    totalVmPages,
    rssPages,
    name,
  };
  const rssAnonPages = figures[RSS_ANON];
  if (rssAnonPages !== undefined) task.rssAnonPages = rssAnonPages;
  const rssFilePages = figures[RSS_FILE];
  if (rssFilePages !== undefined) task.rssFilePages = rssFilePages;
  const rssShmemPages = figures[RSS_SHMEM];
  if (rssShmemPages !== undefined) task.rssShmemPages = rssShmemPages;
  const pageTableBytes = figures[PGTABLES_BYTES];
  if (pageTableBytes !== undefined) task.pageTableBytes = pageTableBytes;
  const swapPages = figures[SWAPENTS];
  if (swapPages !== undefined) task.swapPages = swapPages;
  const oomScoreAdj = figures[ADJ];
  if (oomScoreAdj !== undefined) task.oomScoreAdj = oomScoreAdj;
  const tables = figures[PTES];
  // From 4.0 to 4.14 middle directories are counted apart.
  if (tables !== undefined) task.pageTablePages = tables + (figures[PMDS] ?? 0);
  return task;
}

const BLANK = 32;
const MINUS = 45;
const DIGIT_0 = 48;
const DIGIT_9 = 57;

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === BLANK) at++;
  return at;
}

/** The end of the figure that begins here; `from` itself when none does. */
function skipFigure(text: string, from: number): number {
  const first = text.charCodeAt(from) === MINUS ? from + 1 : from;
  let at = first;
  while (text.charCodeAt(at) >= DIGIT_0 && text.charCodeAt(at) <= DIGIT_9) at++;
  return at === first ? from : at;
}

/** The figure between two places, where there is one. */
function figureIn(text: string, from: number, to: number): number {
  const isNegative = text.charCodeAt(from) === MINUS;
  let figure = 0;
  for (let at = isNegative ? from + 1 : from; at < to; at++)
    figure = figure * 10 + text.charCodeAt(at) - DIGIT_0;
  return isNegative ? -figure : figure;
}
