import { formatBytes, formatPages } from '#shared/format/bytes.ts';
import { formatAdj, formatCount, formatPercent } from '#shared/format/count.ts';
import { type RoomToGrow } from '#shared/model/change.ts';
import {
  type EndsWith,
  type KillOrderView,
  type NamedProcess,
  type OomOutcome,
  type OrderEntry,
} from '#shared/model/kill-order.ts';
import {
  type AdjustedBy,
  type IneligibleReason,
  type MemoryFigures,
  type ProcessFacts,
} from '#shared/model/process.ts';
import { type Scope } from '#shared/model/scope.ts';
import { unitNoun } from './unit.ts';
import { plain, say, strong, type Sentence } from '../sentence.ts';
import { nameOf } from './names.ts';

export { nameOf, pidOf, whoOf } from './names.ts';

/** A part of the memory is worth a word when it is at least this share of the whole. */
const NOTABLE_SHARE = 0.25;
/** A name of a process inside a sentence: the kernel's comm has at most 15 bytes, escapes make it longer. */

const adjusters: Record<AdjustedBy, string> = { chromium: 'Chromium gives to every tab' };
const adjusterNames: Record<AdjustedBy, string> = { chromium: 'Chromium' };

/** Resident, swapped and page tables: what a process has, without the adjustment. */
export function usedPages(figures: MemoryFigures): number {
  return figures.rssPages + figures.swapPages + figures.pageTablePages;
}

/**
 * Why a process has its place, in one sentence, from the figures that decide.
 * `totalPages` is the scope's; in a cgroup its limit is the whole. `swap`: whether the machine has any.
 */
export function explain(
  entry: ProcessFacts & { readonly ineligible?: IneligibleReason },
  totalPages: number,
  pageSizeBytes: number,
  scope: Scope = { kind: 'global' },
  swap = true,
): Sentence {
  const used = usedPages(entry);
  const size = strong(formatPages(used, pageSizeBytes));
  const weight = strong(formatPages(Math.abs(entry.adjustmentPages), pageSizeBytes));
  const adj = `oom_score_adj of ${formatAdj(entry.oomScoreAdj)}`;
  if (entry.oomScoreAdj === -1000) {
    // Init, kernel threads and zombies are exempt whatever their value is: that is said of them instead.
    const byValue = entry.ineligible === undefined || entry.ineligible === 'oom-score-adj-minimum';
    return byValue
      ? say`Uses ${size}, but the kernel never kills it: its oom_score_adj is -1000.`
      : say`Uses ${size}.`;
  }
  const whole = say`Uses ${size}${partOf(entry, used, pageSizeBytes)}, ${shareOf(used, totalPages, scope, swap)}`;
  if (entry.oomScoreAdj === 0) return say`${whole}.`;
  if (entry.adjustmentPages === 0) {
    return say`${whole}; its ${adj} changes nothing in a limit this small.`;
  }
  if (entry.oomScoreAdj > 0) {
    const by = entry.adjustedBy === undefined ? '' : `, which ${adjusters[entry.adjustedBy]},`;
    return entry.adjustmentPages > used
      ? say`Uses ${size}. Its ${adj}${by} counts like another ${weight}.`
      : say`${whole}; its ${adj}${by} counts like another ${weight}.`;
  }
  return entry.badnessPages > 0
    ? say`${whole}; its ${adj} takes ${weight} off.`
    : say`${whole}; its ${adj} takes ${weight} off, more than it uses.`;
}

/** The same as plain text. */
export function explainSentence(
  entry: ProcessFacts & { readonly ineligible?: IneligibleReason },
  totalPages: number,
  pageSizeBytes: number,
  scope: Scope = { kind: 'global' },
  swap = true,
): string {
  return plain(explain(entry, totalPages, pageSizeBytes, scope, swap));
}

function partOf(figures: MemoryFigures, used: number, pageSizeBytes: number): string {
  if (used === 0) return '';
  const parts = [
    { pages: figures.swapPages, words: 'swapped out' },
    { pages: figures.pageTablePages, words: 'in page tables' },
    { pages: figures.rssShmemPages, words: 'shared with others' },
  ].filter(({ pages }) => pages >= used * NOTABLE_SHARE);
  if (parts.length === 0) return '';
  const notable = parts.map(({ pages, words }) => `${formatPages(pages, pageSizeBytes)} ${words}`);
  return ` (${notable.join(', ')})`;
}

function shareOf(pages: number, totalPages: number, scope: Scope, swap: boolean): string {
  const share = formatPercent(totalPages === 0 ? 0 : pages / totalPages);
  if (scope.kind === 'cgroup') return `${share} of the limit`;
  return `${share} of ${swap ? 'memory and swap' : 'memory'}`;
}

/**
 * What can be said of the first place. `all`: it dies next, for all that is known. `visible`: some processes are hidden. `kernel`: another program may kill before, or
 * something else runs out before; if the kernel has to choose here, it takes this one.
 */
export type ClaimOf = 'all' | 'visible' | 'kernel';

/** How certain the first place is, compared with the figures of the next. */
export function marginSentence(
  order: KillOrderView,
  pageSizeBytes: number,
  claim: ClaimOf = 'all',
): Sentence {
  const [first, second] = order.entries;
  if (first === undefined) return [];
  const happens = order.outcome === 'kills';
  if (order.either.length > 1 && happens) return eitherSentence(order, pageSizeBytes);
  if (second === undefined || first.marginPages === undefined) {
    return say`No other process can be killed instead.`;
  }
  const other = second.name === first.name ? `another ${nameOf(second)}` : nameOf(second);
  if (first.marginPages === 0) {
    return say`The next, ${other}, has the same badness: the kernel takes the one that it lists first, this one.`;
  }
  const behind = formatPages(first.marginPages, pageSizeBytes);
  if (!happens) return say`The next is ${other}, with ${behind} less badness.`;
  if (!first.certain || claim === 'visible')
    return say`First of the visible processes: the next, ${other}, has ${behind} less badness.`;
  return claim === 'kernel'
    ? say`If the kernel chooses here, it takes this one: the next, ${other}, has ${behind} less badness.`
    : say`Certain: the next, ${other}, has ${behind} less badness.`;
}

/** "A or B": the figures cannot tell which is next. */
export function eitherSentence(order: KillOrderView, pageSizeBytes: number): Sentence {
  const names = order.either.map((pid) => {
    const entry = order.entries.find((each) => each.pid === pid);
    return entry === undefined ? `process ${pid}` : `${nameOf(entry)} ${pid}`;
  });
  const bound = `${formatCount(order.errorPages)} pages (${formatPages(order.errorPages, pageSizeBytes)})`;
  return say`${strong(anyOf(names))}: too close to tell. They differ by less than the ${bound} that the kernel’s counters can be off by.`;
}

function anyOf(names: readonly string[]): string {
  if (names.length <= 3) return names.join(' or ');
  return `${names.slice(0, 2).join(', ')} or one of ${names.length - 2} more`;
}

/** The processes that are killed together with a victim. */
export function diesWithSentence(diesWith: readonly NamedProcess[]): string {
  if (diesWith.length === 0) return 'nothing else is killed';
  const names = [...new Set(diesWith.map(nameOf))];
  const listed = names.length <= 2 ? names.join(' and ') : `${names.slice(0, 2).join(', ')} and more`;
  return `${diesWith.length === 1 ? '1 more process is' : `${formatCount(diesWith.length)} more processes are`} killed with it: ${listed}`;
}

/** What systemd ends after that, unit by unit; empty where it ends nothing. */
export function endsWithSentence(endsWith: readonly Omit<EndsWith, 'processes'>[]): string {
  return endsWith.map(endOfUnit).join('; ');
}

function endOfUnit({ unit, why, policy, presumed, count }: Omit<EndsWith, 'processes'>): string {
  const ends = presumed ? 'systemd then probably ends' : 'systemd then ends';
  const rest = count === 1 ? '1 more process' : `${formatCount(count)} more processes`;
  const reason = why === 'oom-policy' ? `OOMPolicy=${policy}` : 'a service ends with its main process';
  return `${ends} ${rest} of ${unitNoun(unit)} (${reason})`;
}

/** What stays although it dies: files and shared memory that it only maps. Empty when that is next to nothing. */
export function staysSentence(entry: OrderEntry, pageSizeBytes: number): string {
  const stays = entry.rssFilePages + entry.rssShmemPages;
  if (entry.diesWith.length > 0 || stays < usedPages(entry) * NOTABLE_SHARE) return '';
  return `${formatPages(stays, pageSizeBytes)} stay: files and shared memory`;
}

/** The adjustment as a label: `+300 by Chromium`. */
export function adjustmentLabel(process: ProcessFacts): string {
  const by = process.adjustedBy === undefined ? '' : ` by ${adjusterNames[process.adjustedBy]}`;
  return `${formatAdj(process.oomScoreAdj)}${by}`;
}

/** Why a process is never killed. */
export const ineligible: Record<IneligibleReason, { readonly label: string; readonly sentence: string }> = {
  'global-init': {
    label: 'never: init',
    sentence: 'The kernel never kills process 1: the system cannot run without it.',
  },
  'kernel-thread': {
    label: 'never: kernel',
    sentence: 'This is a kernel thread. It has no memory of its own to free.',
  },
  'no-memory': {
    label: 'never: no memory',
    sentence: 'It has no memory left: it is exiting, or is a zombie that its parent has not reaped.',
  },
  'passed-over': {
    label: 'not now: skipped',
    sentence:
      'The kernel skips it for the moment: its memory is already being reclaimed, or it has just forked and still uses its parent’s memory.',
  },
  'oom-score-adj-minimum': {
    label: 'never: -1000',
    sentence: 'Its oom_score_adj is -1000: the kernel skips it, however much it uses.',
  },
};

/** What happens when memory runs out, where that is not simply "the first one dies". */
export const outcomes: Record<OomOutcome, { readonly title: string; readonly sentence: string }> = {
  kills: {
    title: 'The first process is killed',
    sentence: 'The kernel kills the process with the highest badness.',
  },
  'kills-allocating-task': {
    title: 'The allocating process is killed first',
    sentence:
      'vm.oom_kill_allocating_task is set: the kernel kills the process that happens to allocate when memory runs out, and which one that is cannot be predicted. The order below applies only if that process cannot be killed.',
  },
  panics: {
    title: 'The machine panics instead of killing',
    sentence:
      'vm.panic_on_oom is set: when memory runs out, the kernel panics instead of killing a process. The order below would apply with vm.panic_on_oom=0.',
  },
  'deadlock-panics': {
    title: 'Nothing can be killed: the machine panics',
    sentence: 'Every process is exempt. When memory runs out, the kernel finds no victim and panics.',
  },
  waits: {
    title: 'Nothing is killed: programs wait',
    sentence:
      'oom_kill_disable is set for this cgroup (memory.oom_control). At the limit, processes that need memory wait until some is freed. The order below would apply without it.',
  },
  'no-victim': {
    title: 'Nothing here can be killed',
    sentence:
      'Every process in this cgroup is exempt. At the limit, allocations fail and its programs hang or end with errors.',
  },
};

/** A cgroup in which there is nothing to kill because nothing runs in it. */
export const emptyCgroup = 'It has no processes, and neither has any cgroup below it.';

/** What the smallest change of oom_score_adj that protects would be, and what it brings. */
export function protectSentence(
  protect: { readonly behind: number; readonly oomScoreAdj: number; readonly room: RoomToGrow },
  from: number,
): Sentence {
  const others = protect.behind === 1 ? 'the next one' : `the next ${formatCount(protect.behind)}`;
  return say`oom_score_adj ${strong(formatAdj(protect.oomScoreAdj))} (now ${formatAdj(from)}) moves it behind ${others}, with room ${roomText(protect.room)}.`;
}

/** What the room of a protected process is for: `to grow by 800 MiB`, `for an hour of its growth (1.2 GiB)`. */
export function roomText({ bytes, growthBytesPerMinute }: RoomToGrow): string {
  return growthBytesPerMinute === undefined
    ? `to grow by ${formatBytes(bytes)}`
    : `for an hour of its growth (${formatBytes(bytes)})`;
}

/** The same in a column, a minute: `+12 MiB`, `+12 MiB a minute` where no heading says so; empty where it is not known or keeps its size. */
export function growthText(bytesPerMinute: number | undefined, isAlone = false): string {
  if (bytesPerMinute === undefined || Math.abs(bytesPerMinute) < 64 * 1024) return '';
  return `${bytesPerMinute > 0 ? '+' : ''}${formatBytes(bytesPerMinute)}${isAlone ? ' a minute' : ''}`;
}

/** How its memory moves. */
export function growthSentence(bytesPerMinute: number): string {
  if (Math.abs(bytesPerMinute) < 64 * 1024) return 'keeps its size';
  const amount = `${formatBytes(Math.abs(bytesPerMinute))} a minute`;
  return bytesPerMinute > 0 ? `grows by ${amount}` : `shrinks by ${amount}`;
}
