import { formatBytes } from '#shared/format/bytes.ts';
import { formatAdj, formatCount, formatPercent } from '#shared/format/count.ts';
import { safeText } from '#shared/format/safe-text.ts';
import { oomAdjFromOomScoreAdj } from '#shared/kernel/badness/oom-adj.ts';
import {
  type AdjChange,
  type AdjOutcome,
  type AdjPreview,
  type JournalAction,
  type JournalEntry,
  type JournalState,
  type Lasting,
  type Rights,
  type Target,
  type Warning,
} from '#shared/model/change.ts';
import { fileValueText } from './cgroup.ts';
import { nameOf } from './process.ts';

/** What is about to be written, in one line. */
export function changeLine({ name, pid, before, after }: AdjChange): string {
  return `${nameOf({ name })} (${pid}): oom_score_adj ${formatAdj(before)} → ${formatAdj(after)}`;
}

/** The legacy value beside the one that counts, where somebody may know it: `oom_adj -17`. */
export function legacyValue(oomScoreAdj: number): string {
  return `oom_adj ${oomAdjFromOomScoreAdj(oomScoreAdj) ?? '?'}`;
}

/** Whom a change is for, and how many processes that is. */
export function targetText(target: Target, count = 1): string {
  const text = whomOf(target);
  return count > 1 ? `${text} (${formatCount(count)})` : text;
}

function whomOf(target: Target): string {
  switch (target.kind) {
    case 'process':
      return 'it alone';
    case 'tree':
      return 'it and all that it started';
    case 'name':
      return `all called ${nameOf(target)}`;
    case 'unit':
      return `all of ${safeText(target.unit)}`;
    case 'container':
      // A hash says as much by its first twelve digits.
      return `all of ${safeText(target.container).replace(/([0-9a-f]{12})[0-9a-f]{52}/, '$1')}`;
  }
}

/** Who is next before and after; what the change is for. */
export function previewSentence({ changes, nextBefore, nextAfter }: AdjPreview): string {
  if (changes.length === 0) return 'Nothing has to change: it stands there already.';
  if (nextAfter === undefined) {
    return nextBefore === undefined
      ? 'Nobody is chosen by badness here, with this or without it.'
      : 'Then nobody would be left to kill.';
  }
  const next = `${nameOf(nextAfter)} (${nextAfter.pid})`;
  const same = nextBefore?.pid === nextAfter.pid && nextBefore.startTicks === nextAfter.startTicks;
  return same ? `${next} would still be next.` : `Then ${next} would be next.`;
}

/** What a person should know before a change. */
export function warningSentence(warning: Warning): string {
  switch (warning.kind) {
    case 'children-inherit':
      return warning.now === 0
        ? 'Processes that it starts from now on inherit the value.'
        : `Processes that it starts from now on inherit the value; the ${formatCount(warning.now)} that it has keep theirs.`;
    case 'absolute':
      return '-1000 is absolute: the kernel would rather stop the machine than kill it.';
    case 'mostly-unkillable':
      return `With this, ${formatPercent(warning.share)} of the memory in use belongs to processes that cannot be killed: running out of memory could end in a panic.`;
    case 'own-limit-first': {
      const place = warning.rank === undefined ? '' : ` There it has place ${formatCount(warning.rank)}.`;
      return `Its cgroup ${safeText(warning.path)} runs out first, with about ${formatBytes(warning.headroomBytes)} left: the machine’s order does not help there.${place}`;
    }
    case 'other-killer':
      return warning.readsAdj
        ? `${safeText(warning.name)} runs and chooses by rules of its own.`
        : `${safeText(warning.name)} runs and never reads oom_score_adj: against it this does not protect.`;
    case 'chromium-resets':
      return 'Chromium writes its own value again whenever it starts such a process.';
    case 'scope-too-small':
      return 'In a limit this small (under 1,000 pages) adjustments change nothing.';
    case 'dies-with-group':
      return `Whoever is chosen in ${safeText(warning.path)}, all in it die together (memory.oom.group), this one included.`;
    case 'matches-many':
      return `That changes ${formatCount(warning.count)} processes.`;
    case 'out-of-reach':
      return `No value above -1000 does that for ${warning.names.map((name) => nameOf({ name })).join(', ')}.`;
  }
}

/** What became of one write. */
export function outcomeLine(outcome: AdjOutcome): string {
  const who = `${nameOf(outcome)} (${outcome.pid})`;
  if (outcome.error !== undefined) return `${who}: not changed. ${outcome.error.message}`;
  return `${who}: oom_score_adj is ${formatAdj(outcome.after ?? outcome.asked)} now, was ${formatAdj(outcome.before)}`;
}

/** How a value can be made to last. */
export function lastingSentence(lasting: Lasting, oomScoreAdj: number): string {
  switch (lasting.kind) {
    case 'unit':
      return `Every later start of ${safeText(lasting.unit)} gets ${formatAdj(oomScoreAdj)} by a drop-in (OOMScoreAdjust=).`;
    case 'container':
      return `Start the container with ${lasting.flag} next time, or put "${lasting.compose}" into its compose file.`;
    case 'rule':
      return `While Lifeboat runs, every new process called ${safeText(lasting.name)} gets ${formatAdj(oomScoreAdj)}.`;
  }
}

/** The lock in the header. */
export function rightsSentence(rights: Rights): { readonly word: string; readonly sentence: string } {
  switch (rights.state) {
    case 'asks':
      return {
        word: 'after asking',
        sentence:
          rights.method === 'none'
            ? 'Nothing here can ask for root. Your own processes can be given up without it.'
            : 'The first change that needs root asks for it. Your own processes can be given up without it.',
      };
    case 'allowed':
      return {
        word: 'allowed',
        sentence: rights.sysResource
          ? 'The helper runs as root. Everything it does is recorded and can be undone.'
          : 'The helper runs as root but without CAP_SYS_RESOURCE: values can be raised, not lowered below what was set before.',
      };
    case 'read-only':
      return { word: 'not allowed', sentence: rights.reason };
    case 'failed':
      return { word: 'not possible', sentence: rights.error.message };
  }
}

const actionNames: Record<JournalAction, string> = {
  'set-adj': 'oom_score_adj',
  rule: 'oom_score_adj, by a rule',
  'set-sysctl': 'set',
  'keep-sysctl': 'kept for the next boot',
  'forget-sysctl': 'no longer kept',
  'keep-unit-adj': 'OOMScoreAdjust= of the unit',
  'forget-unit-adj': 'OOMScoreAdjust= of the unit removed',
  'keep-user-unit-adj': 'OOMScoreAdjust= of one’s own service',
  'set-cgroup': 'set',
};
const stateNames: Record<JournalState, string> = {
  done: 'done',
  pending: 'waits',
  failed: 'failed',
  undone: 'undone',
  reverted: 'took itself back',
};

/** One entry of the journal: what, from what to what, and what became of it. */
export function journalLine(entry: JournalEntry): {
  readonly what: string;
  readonly values: string;
  readonly state: string;
} {
  const { action, subject, before, asked, after, state, note, formerBoot } = entry;
  const value = after ?? asked;
  const shown = action === 'set-cgroup' ? (text: string) => fileValueText(subject, text) : shownValue;
  const became = `${stateNames[state]}${formerBoot === true && state === 'done' ? ', in a former boot' : ''}`;
  return {
    what: `${safeText(subject)}: ${actionNames[action]}`,
    values: before === undefined ? shown(value) : `${shown(before)} → ${shown(value)}`,
    state: note === undefined ? became : `${became}: ${safeText(note)}`,
  };
}

/** Nothing was kept before, or is kept now. */
function shownValue(value: string): string {
  return value === '' ? 'none' : value;
}
