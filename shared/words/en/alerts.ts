import { capitalized } from '#shared/format/capitalized.ts';
import { formatBytes } from '#shared/format/bytes.ts';
import { formatAdj, formatCount, formatPercent } from '#shared/format/count.ts';
import { safeText } from '#shared/format/safe-text.ts';
import {
  type Alert,
  type ForecastAlert,
  type ItselfNextAlert,
  type KillAlert,
  type KillScope,
  type KillWitness,
  type MemoryLevel,
  type PressureAlert,
} from '#shared/model/alert.ts';
import { cgroupName } from './cgroup-name.ts';
import { forecast as forecastWords } from './memory/forecast.ts';
import { endsWithSentence, whoOf } from './process.ts';

/** Victims named in a title, and in the text below it, at most. */
const NAMED = 3;

/** What happened, in one line: the title of a notification and of an entry of the record. */
export function alertTitle(alert: Alert): string {
  switch (alert.kind) {
    case 'pressure':
      return alert.what === 'available' ? 'Memory is getting tight' : 'Programs are stalled for memory';
    case 'forecast':
      return forecastTitle(alert);
    case 'kill':
      return killTitle(alert);
    case 'protected-next':
      return alert.certain
        ? `${whoOf(alert.process)}, which you protected, is next again`
        : `${whoOf(alert.process)}, which you protected, may be next again`;
    case 'itself-next':
      return `Lifeboat itself is the next victim in ${cgroupName(alert.path)}`;
  }
}

/** Why, and what it means, in plain sentences. */
export function alertText(alert: Alert): string {
  switch (alert.kind) {
    case 'pressure':
      return pressureText(alert);
    case 'forecast':
      return forecastText(alert);
    case 'kill':
      return killText(alert);
    case 'protected-next':
      return `Its oom_score_adj is ${formatAdj(alert.oomScoreAdj)}, and with what it uses now the kernel would kill it ${alert.certain ? 'first' : 'or one with equal badness'}.`;
    case 'itself-next':
      return itselfText(alert);
  }
}

function forecastTitle({ path, label, forecast }: ForecastAlert): string {
  const sentence = path === undefined ? forecastWords.machine(forecast) : forecastWords.short(forecast);
  return path === undefined ? capitalized(sentence) : `${safeText(label ?? path)}: memory ${sentence}`;
}

function forecastText({ forecast, next }: ForecastAlert): string {
  const why = `${forecast.taker === undefined ? capitalized(forecastWords.why(forecast)) : forecastWords.why(forecast)}.`;
  return next === undefined
    ? why
    : `${why} ${forecast.killer === undefined ? 'Next victim' : "The kernel's next victim"}: ${whoOf(next)}.`;
}

function itselfText({ process, headroomBytes, limitBytes }: ItselfNextAlert): string {
  return (
    `This cgroup has ${formatBytes(headroomBytes)} of headroom below its limit of ${formatBytes(limitBytes)}, and ${whoOf(process)} has the ` +
    'highest badness in it. To keep Lifeboat running, start it outside of this cgroup, or raise the limit.'
  );
}

function killTitle({ count, witness, victims }: KillAlert): string {
  const [first] = victims;
  if (first === undefined)
    return count === 1 ? 'The kernel killed a process' : `The kernel killed ${formatCount(count)} processes`;
  const names = victims.slice(0, NAMED).map(whoOf).join(', ');
  const more = victims.length > NAMED ? ` and ${formatCount(victims.length - NAMED)} more` : '';
  if (witness === 'ended')
    return `The kernel killed ${count === 1 ? 'a process' : `${formatCount(count)} processes`}, likely ${names}${more}`;
  return `The kernel killed ${names}${more}`;
}

const WITNESSES: Record<KillWitness, string> = {
  'kernel-log': 'Source: kernel log.',
  'was-next': 'It was the next victim and ended as the kernel counted a kill.',
  ended:
    'It had the highest badness of the processes that ended at that moment. The kernel log would say for certain, but is not readable here.',
  unknown:
    'Victim unknown: no watched process ended and the kernel log is not readable. Allow changes to read it.',
};

function killText({ witness, victims, scope, endsWith = [] }: KillAlert): string {
  const where = scope === undefined ? '' : whereText(scope);
  const [only] = victims.length === 1 ? victims : [];
  const adj =
    only?.oomScoreAdj === undefined || only.oomScoreAdj === 0
      ? ''
      : `Its oom_score_adj was ${formatAdj(only.oomScoreAdj)}.`;
  const place = only === undefined || witness === 'was-next' ? '' : placeText(only.rank);
  const freed = victims.reduce((sum, { freedBytes = 0 }) => sum + freedBytes, 0);
  const gave = freed > 0 ? `Freed about ${formatBytes(freed)}.` : '';
  const ends = endsWith.length === 0 ? '' : `${capitalized(endsWithSentence(endsWith))}.`;
  return [where, place, adj, gave, ends, WITNESSES[witness]].filter((sentence) => sentence !== '').join(' ');
}

function whereText(scope: KillScope): string {
  switch (scope.kind) {
    case 'global':
      return 'The machine ran out of memory.';
    case 'cgroup':
      return `The cgroup ${cgroupName(scope.path)} reached its limit.`;
    case 'nodes':
      return `${nodesText(scope.nodes)} ran out of memory. ${boundText(scope)}; other nodes may have had memory left.`;
    case 'sysrq':
      return 'Memory had not run out: the kill was requested by SysRq f.';
    case 'constraint':
      return `The kernel gives ${safeText(scope.constraint)} as the reason.`;
  }
}

function nodesText(nodes: string | undefined): string {
  if (nodes === undefined) return 'The allowed NUMA nodes';
  return `NUMA node${/^\d+$/.test(nodes) ? '' : 's'} ${safeText(nodes)}`;
}

function boundText({ by, cpuset }: Extract<KillScope, { kind: 'nodes' }>): string {
  if (by === 'memory-policy') return 'A memory policy (mbind, numactl) allowed no others';
  return cpuset === undefined
    ? 'A cpuset allowed no others'
    : `The cpuset ${cgroupName(cpuset)} allowed no others`;
}

function placeText(rank: number | undefined): string {
  if (rank === undefined) return '';
  return rank === 1
    ? 'It was first in the kill order.'
    : `It was number ${formatCount(rank)} in the kill order.`;
}

function pressureText({
  what,
  thresholdPercent,
  availableBytes,
  totalBytes,
  swapFreeBytes,
  waitingPercent,
  next,
}: PressureAlert): string {
  const share = formatPercent(availableBytes / Math.max(1, totalBytes));
  const available = `${formatBytes(availableBytes)} (${share}) of ${formatBytes(totalBytes)} is available`;
  const swap =
    swapFreeBytes === undefined ? 'there is no swap' : `${formatBytes(swapFreeBytes)} of swap is free`;
  const first =
    what === 'available'
      ? `${available}, below your threshold of ${thresholdPercent}%; ${swap}.`
      : `Tasks stalled ${formatPercent((waitingPercent ?? 0) / 100)} of the last 10 seconds, above your threshold of ${thresholdPercent}%; ${available}.`;
  return next === undefined ? first : `${first} Next victim: ${whoOf(next)}.`;
}

/** How memory stands, in a word. */
export const memoryLevels: Record<MemoryLevel, string> = {
  calm: 'Memory is fine',
  tight: 'Memory is tight',
  critical: 'Memory is nearly gone',
};

/** The record of alerts. */
export const alertRecord = {
  title: 'What happened',
  empty: 'Nothing has happened yet.',
  emptyHint:
    'Kills, tight memory, memory that is about to be used up, and protected processes that become the next victim again are listed here.',
  list: 'Alerts',
  loading: 'Reading the alerts',
  failed: 'The alerts cannot be read',
  more: 'Show older',
  kinds: {
    pressure: 'memory',
    forecast: 'forecast',
    kill: 'kill',
    'protected-next': 'protected',
    'itself-next': 'Lifeboat',
  },
} as const;
