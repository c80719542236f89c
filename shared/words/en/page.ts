// Over 300 lines: the labels of the page, read from top to bottom.
import { type DoctorState } from '#shared/contract/doctor.ts';
import { type ScopeSort, type SortColumn } from '#shared/contract/watch.ts';
import { formatBytes } from '#shared/format/bytes.ts';
import { formatCount } from '#shared/format/count.ts';
import { formatDuration } from '#shared/format/duration.ts';
import { type Rights } from '#shared/model/change.ts';
import { type Headroom } from '#shared/model/headroom.ts';
import { type EndsWith } from '#shared/model/kill-order.ts';
import { type Commit, type MemoryState, type Pressure } from '#shared/model/memory.ts';
import { headroom as headroomWords } from './memory/headroom.ts';

const ORDINALS = [
  '',
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
];

/** `fourth`, `21st`: a place in the order. */
export function ordinal(rank: number): string {
  const word = ORDINALS[rank];
  if (word !== undefined) return word;
  const suffixes = ['th', 'st', 'nd', 'rd'];
  const inTeens = rank % 100 >= 11 && rank % 100 <= 13;
  return `${formatCount(rank)}${(inTeens ? undefined : suffixes[rank % 10]) ?? 'th'}`;
}

/** A clock time in the reader's own way. */
export function clock(timeMs: number): string {
  return new Date(timeMs).toLocaleTimeString('en', { hour12: false });
}

/** The same with the day, where it is not today's. */
export function moment(timeMs: number, nowMs = Date.now()): string {
  const day = (ms: number) => new Date(ms).toDateString();
  if (day(timeMs) === day(nowMs)) return clock(timeMs);
  const date = new Date(timeMs).toLocaleDateString('en', { day: 'numeric', month: 'short' });
  return `${date}, ${clock(timeMs)}`;
}

export const views = {
  next: 'Next',
  groups: 'Groups',
  tuning: 'Tuning',
  events: 'Events',
  doctor: 'Doctor',
  settings: 'Settings',
};
export const navigation = {
  label: 'Views',
  skip: 'Skip to the list',
  lists: 'Lists',
  keys: 'Keys',
  announcements: 'Announcements',
  unseen: (count: number) => `${formatCount(count)} new`,
  /** In a virtual machine or container of this kind. */
  inside: (what: string) => `inside ${what}`,
};

export const header = {
  label: 'Memory of the machine',
  available: (bytes: number) => `${formatBytes(bytes)} available`,
  of: ({ totalBytes, swap }: MemoryState) =>
    `of ${formatBytes(totalBytes)}${swap === undefined ? ', no swap' : ` and ${formatBytes(swap.totalBytes)} swap`}`,
  processes: 'processes',
  shared: 'shared',
  kernel: 'kernel',
  cache: 'cache',
  swap: 'swap',
  swapOf: (usedBytes: number, totalBytes: number) =>
    `${formatBytes(usedBytes)} of ${formatBytes(totalBytes)}`,
  bar: (memory: MemoryState, usedBytes: number) =>
    `Memory: ${formatBytes(usedBytes)} used, ${formatBytes(memory.cacheBytes)} cache that can be given back, ${formatBytes(memory.freeBytes)} free; ` +
    (memory.swap === undefined
      ? 'no swap'
      : `swap: ${formatBytes(memory.swap.totalBytes - memory.swap.freeBytes)} of ${formatBytes(memory.swap.totalBytes)} used`),
  pressure: 'Pressure, 10 s',
  pressureWord: ({ some10, full10 }: Pressure) => {
    if (full10 >= 5) return 'all tasks stalled at times';
    if (some10 >= 5) return 'some tasks stalled';
    return some10 >= 0.5 ? 'brief stalls' : 'no stalls';
  },
  pressureMissing: 'not measured here',
  /** In .wslconfig. */
  pressureWsl: 'needs kernelCommandLine=psi=1',
  promised: 'Committed',
  promisedWord: ({ chargeBytes, limitBytes, mode }: Commit) => {
    const limit = formatBytes(limitBytes);
    if (mode === 2) return `hard limit ${limit}`;
    // There is room for one line: the unit is left out where the charge, which stands above it, has the same.
    const [figure = limit, unit] = limit.split(' ');
    return `limit ${unit === formatBytes(chargeBytes).split(' ')[1] ? figure : limit}, not enforced`;
  },
  promisedBar: ({ chargeBytes, limitBytes, mode }: Commit) =>
    `${formatBytes(chargeBytes)} committed, the commit limit is ${formatBytes(limitBytes)}${mode === 2 ? '' : ' and not enforced'}`,
  faults: 'Major faults',
  faultsRate: (perSecond: number) => `${formatCount(Math.round(perSecond))} /s`,
  faultsWord: 'read back from disk',
  faultsMissing: 'not known yet',
  none: '–',
};

export const next = {
  title: 'Next victim',
  wouldBe: 'Would be next',
  first: 'Next victim',
  tag: 'next',
  either: 'either',
  wouldTag: 'first',
  or: 'or',
  orOthers: (count: number) => `or one of ${formatCount(count)} more`,
  onlyOne: 'No other process can be killed.',
  frees: 'killing it frees',
  badness: (pages: number) => `badness ${formatCount(pages)} pages`,
  terms: { rss: 'resident', swap: 'swapped', tables: 'page tables', adjustment: 'adjustment' },
  takenOff: 'taken off',
  order: 'Kill order',
  all: 'All processes',
  columns: { rank: '#', process: 'Process', badness: 'Badness', frees: 'Frees', soFar: 'So far' },
  eitherHint: 'too close to its neighbor to tell',
  endsWith: (ends: readonly Pick<EndsWith, 'count' | 'presumed'>[]) => {
    const count = ends.reduce((sum, each) => sum + each.count, 0);
    return `+${formatCount(count)} by systemd${ends.some(({ presumed }) => presumed) ? '?' : ''}`;
  },
  diesWith: (count: number) => `+${formatCount(count)} killed with it`,
  more: (count: number) => `${formatCount(count)} more can be killed`,
  showAll: 'Show all',
  never: 'never killed',
  protectedMore: (count: number, bytes: number) =>
    count === 0
      ? formatBytes(bytes)
      : `and ${formatCount(count)} more protected, ${formatBytes(bytes)} in all`,
  protectedLargest: 'Largest protected process',
  noVictim: 'Nothing here can be killed',
  noVictimHint: 'No process in this scope can be killed.',
  loading: 'Reading the processes',
  killed: (count: number) =>
    count === 1
      ? 'The kernel has killed a process.'
      : `The kernel has killed ${formatCount(count)} processes.`,
  announceNext: (name: string) => `Next victim: ${name}`,
  orderChanged: (moved: number) => `Order changed, ${formatCount(moved)} moved`,
  updateOrder: 'Update',
};

export const scope = {
  global: 'Whole machine',
  label: 'Where memory runs out',
  more: (count: number) => `${formatCount(count)} more`,
  choose: 'Choose a cgroup with a limit',
  search: 'Find a cgroup',
  none: 'No cgroup matches.',
  sortBy: 'Sort by',
  sorts: {
    fullness: 'how full',
    forecast: 'used up first',
    growth: 'growth',
  } satisfies Record<ScopeSort, string>,
  limit: (bytes: number) => `of ${formatBytes(bytes)}`,
  headroom: 'Headroom in this cgroup',
  processes: (count: number) => (count === 1 ? '1 process' : `${formatCount(count)} processes`),
  lost: (name: string) => `${name} has ended or lost its limit. Showing the whole machine.`,
};

export const table = {
  label: 'All processes',
  search: 'Search name, command, user, pid',
  searchLabel: 'Search processes',
  clear: 'Clear the search',
  found: (count: number) => (count === 1 ? '1 process' : `${formatCount(count)} processes`),
  nothing: 'No process matches.',
  sortBy: 'Sort by',
  columns: {
    rank: '#',
    name: 'Process',
    pid: 'PID',
    user: 'User',
    badness: 'Badness',
    rss: 'Resident',
    swap: 'Swapped',
    oomScore: 'oom_score',
    oomScoreAdj: 'adj',
    growth: 'Growth',
  } satisfies Record<SortColumn, string>,
  sortNames: {
    rank: 'place in the kill order',
    name: 'name',
    pid: 'PID',
    user: 'user',
    badness: 'badness',
    rss: 'resident memory',
    swap: 'swapped memory',
    oomScore: 'oom_score',
    oomScoreAdj: 'oom_score_adj',
    growth: 'growth of the last five minutes',
  } satisfies Record<SortColumn, string>,
  reverse: 'Reverse the order',
};

export const detail = {
  label: 'Chosen process',
  ifKilled: (ends: string) => `If it is killed, ${ends}.`,
  back: 'Back to limits and kills',
  close: 'Close',
  gone: 'has ended. These are its last figures.',
  goneEarly: 'It has ended.',
  why: (rank: number) => `Why it is ${ordinal(rank)}`,
  whyNever: 'Why it is never killed',
  badness: 'badness',
  oomScore: (score: number) => `oom_score says ${formatCount(score)}.`,
  limits: 'Its limits',
  machine: 'whole machine',
  noLimit: 'no limit',
  limit: (limitBytes: number, headroom: Headroom) =>
    `${formatBytes(limitBytes)}, ${headroomWords.of(headroom)}`,
  available: (bytes: number) => `${formatBytes(bytes)} available`,
  together: 'all of it is killed together',
  tightest: (name: string, rank: number | undefined) =>
    rank === undefined
      ? `${name} runs out before the machine does. In it, this process is never killed.`
      : `${name} runs out before the machine does. In it, this process is ${ordinal(rank)}.`,
  machineFirst: 'The machine runs out before any of these.',
  history: 'Its memory',
  historyChart: (fromBytes: number, toBytes: number) =>
    `From ${formatBytes(fromBytes)} to ${formatBytes(toBytes)} since it was first read`,
  historyShort: 'Not enough readings to draw yet.',
  protect: 'What would protect it',
  protectWarn: 'New child processes inherit the value. Lowering it may need root.',
  copy: 'Copy',
  copied: 'Copied',
  about: 'What it is',
  command: 'command line',
  seenFor: (time: string) => `last ${time}`,
  facts: {
    user: 'user',
    parent: 'parent',
    threads: 'threads',
    cgroup: 'cgroup',
    unit: 'unit',
    container: 'container',
  },
};

export const timeline = {
  label: 'Timeline',
  fiveMinutes: '5 min',
  hour: '1 h',
  range: 'Range of the timeline',
  title: { fiveMinutes: 'Last 5 minutes', hour: 'Last hour' },
  available: 'available',
  swap: 'swap used',
  pressure: 'pressure',
  kills: (count: number) => (count === 1 ? '1 kill' : `${formatCount(count)} kills`),
  clock: (timeMs: number) =>
    new Date(timeMs).toLocaleTimeString('en', { hour12: false, hour: '2-digit', minute: '2-digit' }),
  empty: 'The chart starts with the second reading.',
  ago: (seconds: number) => (seconds < 1 ? 'now' : `${formatDuration(seconds)} ago`),
  summary: (fromBytes: number, toBytes: number, kills: number) =>
    `Available memory went from ${formatBytes(fromBytes)} to ${formatBytes(toBytes)}; ${kills === 0 ? 'no kills' : kills === 1 ? '1 kill' : `${formatCount(kills)} kills`}`,
};

export const doctorView = {
  title: 'What this machine allows',
  /** What can be done here, beside what can be known. `canLower`: false where not even root may lower oom_score_adj. */
  actions: (rights: Rights | undefined, canLower: boolean) => {
    if (rights === undefined) return '';
    if (rights.state === 'read-only') return 'Changes are not allowed from here.';
    if (rights.state === 'failed') return 'Changes that need root are not possible here.';
    if (!canLower) return 'Processes can be marked to be killed first, not protected.';
    if (rights.state === 'asks' && rights.method === 'none')
      return 'Only your own processes can be changed, to be killed first.';
    return 'Changes can be made.';
  },
  lead: (bad: number, warnings: number) => {
    if (bad > 0) return 'Some answers are wrong or missing on this machine.';
    if (warnings > 0) return 'The answers are right, with limits.';
    return 'Nothing limits the answers on this machine.';
  },
  /** What stands before the command that mends one of several things, or instead of it. */
  remedy: (name: string, hasCommand: boolean) =>
    hasCommand
      ? `${name}:`
      : `${name}: no edit of these files helps. "lifeboat sysctl forget ${name}" takes back what is kept.`,
  states: {
    bad: 'wrong or missing',
    warning: 'limited',
    note: 'worth knowing',
    good: 'good',
  } satisfies Record<DoctorState, string>,
  groups: {
    bad: 'Answers are wrong or missing',
    warning: 'Answers are limited',
    note: 'Worth knowing',
    good: 'As it should be',
  } satisfies Record<DoctorState, string>,
  again: 'Check again',
  looking: 'Checking…',
  at: (time: string) => `Checked at ${time}`,
  read: 'read',
  loading: 'Checking the machine',
  failed: 'The check failed.',
};

export const connection = {
  notices: 'Notices',
  notYet: 'Lifeboat is not responding. Reconnecting…',
  lost: (time: string) => `Disconnected. Showing ${time}.`,
  trying: 'Reconnecting…',
  tryNow: 'Try now',
  notLoaded: 'Not loaded: Lifeboat is not responding.',
  back: 'Reconnected.',
  refusedTitle: 'This browser is not signed in',
  refused: 'Open the link that Lifeboat printed in its terminal. It works once, on this machine only.',
  refusedCommand: 'lifeboat serve --open',
  refusedAgain: 'Try again',
  refusedStale: 'The session has expired. Open the link that Lifeboat printed in its terminal.',
  failedTitle: 'Lifeboat cannot read this machine',
};

export const keys = {
  title: 'Keys',
  close: 'Close',
  enabled: 'Single-key shortcuts work everywhere',
  list: [
    ['/', 'search all processes'],
    ['j k ↑ ↓', 'next and previous in the list'],
    ['Home End', 'first and last in the list'],
    ['Enter', 'choose the marked row; in the search, the first match'],
    ['Esc', 'clear, close, leave the process'],
    ['g o', 'the kill order by group or by process'],
    ['← →', 'fold and unfold a group'],
    ['p', 'show all processes'],
    ['s', 'choose the whole machine or a cgroup with a limit'],
    ['t', 'timeline: 5 minutes or an hour'],
    ['r', 'check again or reconnect'],
    ['Shift P', 'protect the marked process; ← → choose how strongly'],
    ['Shift G', 'kill the marked process first'],
    ['c', 'go to the change that waits to be kept'],
    ['← →', 'fold and unfold a section of groups'],
    ['Tab', 'from the list to its preview, and on'],
    ['1 2 3 4 5 6', 'Next, Groups, Tuning, Events, Doctor, Settings'],
    ['?', 'this list'],
  ] satisfies [string, string][],
};
