import { endOfName } from './comm.ts';
import { type OomChosen, type OomKill } from './report.ts';

/* The lines that name a victim: the choice, the kill, and the victim that is exiting already. As in grammar.ts, by their shape. */

/** `Kill process N (` of the choice, `Killed process N (` of the kill; EL6 puts the UID before the name. */
const head = /^(?:(.{1,60}?): )?(?:OOM )?[Kk]ill(ed)? process (\d{1,10})(?:, UID (\d{1,10}),)?(?:\s?\(|\s*$)/;
/** How a line goes on behind a name: with more of its fields, known or not, or not at all. */
const goesOn = /^(?:[.\s]*$|\.?,?\s+\S)/;
const score = /^(?:,? UID \d{1,10},?)? score (\d{1,20})\b/;

interface Victim {
  readonly how: string | undefined;
  readonly isKilled: boolean;
  readonly pid: number;
  readonly uid: string | undefined;
  readonly name: string;
  /** What follows the name. */
  readonly tail: string;
}

function victimIn(text: string): Victim | undefined {
  const found = head.exec(text);
  if (!found) return undefined;
  const from = found[0].length;
  const end = endOfName(text, from, goesOn);
  return {
    how: found[1],
    isKilled: found[2] !== undefined,
    pid: Number(found[3]),
    uid: found[4],
    name: end === undefined ? text.slice(from) : text.slice(from, end),
    tail: end === undefined ? '' : text.slice(end + 1),
  };
}

/** `Out of memory: Kill process 1 (NAME) score 900 or sacrifice child`: up to 5.0. */
export function parseChoice(text: string): { chosen: OomChosen; how: string } | undefined {
  const victim = victimIn(text);
  const points = victim === undefined || victim.isKilled ? undefined : score.exec(victim.tail)?.[1];
  if (victim?.how === undefined || points === undefined) return undefined;
  return { how: victim.how, chosen: { pid: victim.pid, name: victim.name, score: Number(points) } };
}

type Figure =
  'totalVmKib' | 'anonRssKib' | 'fileRssKib' | 'shmemRssKib' | 'uid' | 'pageTablesKib' | 'oomScoreAdj';

const figureOf: ReadonlyMap<string, Figure> = new Map([
  ['total-vm', 'totalVmKib'],
  ['vsz', 'totalVmKib'],
  ['vm', 'totalVmKib'],
  ['anon-rss', 'anonRssKib'],
  ['file-rss', 'fileRssKib'],
  ['shmem-rss', 'shmemRssKib'],
  ['UID', 'uid'],
  ['pgtables', 'pageTablesKib'],
  ['oom_score_adj', 'oomScoreAdj'],
]);

/** `Memory cgroup out of memory: Killed process 1 (NAME) total-vm:...`, `how` being what comes first, from 5.1 on. */
export function parseKill(text: string): { kill: Omit<OomKill, 'byGroup'>; how?: string } | undefined {
  const victim = victimIn(text);
  if (!victim?.isKilled) return undefined;
  const { how } = victim;
  return {
    kill: {
      ...parseKillFigures(victim.tail),
      ...(victim.uid === undefined ? {} : { uid: Number(victim.uid) }),
      pid: victim.pid,
      name: victim.name,
      allocatingTask: how?.endsWith('(oom_kill_allocating_task)') ?? false,
    },
    ...(how === undefined ? {} : { how }),
  };
}

const figure = /([\w-]{2,40})[: ](-?\d{1,20})/g;

/** The fields behind the name of a kill line, in any order; others are ignored. */
export function parseKillFigures(tail: string): Partial<Record<Figure, number>> {
  const parsed: Partial<Record<Figure, number>> = {};
  figure.lastIndex = 0;
  for (let found = figure.exec(tail); found; found = figure.exec(tail)) {
    const name = figureOf.get(found[1] ?? '');
    if (name !== undefined) parsed[name] = Number(found[2]);
  }
  return parsed;
}

/** Whether a kill line (or the choice before it) has begun and its name may go on in the next line. */
export function isUnfinishedVictim(text: string): boolean {
  const found = head.exec(text);
  return (
    found !== null && (!found[0].endsWith('(') || endOfName(text, found[0].length, goesOn) === undefined)
  );
}

const exiting = /: OOM victim (\d{1,10}) \(/;

/** `Out of memory: OOM victim 1 (NAME) is already exiting. Skip killing the task`: the task that was chosen and needed no kill. */
export function parseExiting(text: string): { pid: number; name: string } | undefined {
  const found = exiting.exec(text);
  if (!found) return undefined;
  const from = found.index + found[0].length;
  const end = endOfName(text, from, /^ is already exiting/);
  return end === undefined ? undefined : { pid: Number(found[1]), name: text.slice(from, end) };
}
