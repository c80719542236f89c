import { type OomTask } from './report.ts';

/** The columns of a task table after `[ pid ]`, in order; the name is the rest of the row. */
export type TaskColumns = readonly string[];

const header = /\[ {0,4}pid {0,4}\] +(uid +tgid +total_vm .*\bname)\s*$/;
const row = /\[ *(\d{1,10})\] +\d/;

/** The columns that a header line names, or nothing when the line is none. */
export function taskColumns(text: string): TaskColumns | undefined {
  const columns = header.exec(text)?.[1]?.trim().split(/ +/);
  return columns?.slice(0, -1);
}

/**
 * A row of the table. Its name may look like figures, be empty or hold anything: it is what is left after as many
 * figures as the header has columns, and the one blank behind them.
 */
export function parseTask(text: string, columns: TaskColumns): OomTask | undefined {
  const start = row.exec(text);
  if (!start) return undefined;
  const figures = new Map<string, number>();
  let at = text.indexOf(']', start.index) + 1;
  for (const column of columns) {
    const from = skipBlanks(text, at);
    at = skipFigure(text, from);
    if (at === from || (at < text.length && text.charCodeAt(at) !== BLANK)) return undefined;
    figures.set(column, Number(text.slice(from, at)));
  }
  const [tgid, uid, totalVmPages, rssPages] = ['tgid', 'uid', 'total_vm', 'rss'].map((key) =>
    figures.get(key),
  );
  if (tgid === undefined || uid === undefined || totalVmPages === undefined || rssPages === undefined) {
    return undefined;
  }
  const task: { -readonly [Key in keyof OomTask]: OomTask[Key] } = {
    pid: Number(start[1]),
    tgid,
    uid,
    totalVmPages,
    rssPages,
    name: text.slice(at + 1),
  };
  for (const [column, key] of optionalColumns) {
    const figure = figures.get(column);
    if (figure !== undefined) task[key] = figure;
  }
  const tables = figures.get('nr_ptes');
  // From 4.0 to 4.14 middle directories are counted apart.
  if (tables !== undefined) task.pageTablePages = tables + (figures.get('nr_pmds') ?? 0);
  return task;
}

const optionalColumns = [
  ['rss_anon', 'rssAnonPages'],
  ['rss_file', 'rssFilePages'],
  ['rss_shmem', 'rssShmemPages'],
  ['pgtables_bytes', 'pageTableBytes'],
  ['swapents', 'swapPages'],
  ['oom_score_adj', 'oomScoreAdj'],
] as const;

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
