import { formatAdj, formatCount, formatPercent } from '#shared/format/count.ts';
import { safeText } from '#shared/format/safe-text.ts';
import { oomAdjFromOomScoreAdj } from '#shared/kernel/badness/oom-adj.ts';
import {
  STRENGTHS,
  type AdjChange,
  type AdjOutcome,
  type AdjPreview,
  type JournalAction,
  type JournalEntry,
  type JournalState,
  type PlaceInOrder,
  type Rights,
  type Warning,
} from '#shared/model/change.ts';
import { sameProcess } from '#shared/model/process.ts';
import { cgroupName, subjectName } from './cgroup-name.ts';
import { fileValueText } from './cgroup.ts';
import { failure } from './failure.ts';
import { headroomText } from './memory/headroom.ts';
import { severalPlacesSentence } from './places.ts';
import { endsWithSentence, nameOf, roomText, whoOf } from './process.ts';

export { targetText } from './places.ts';
export { lastingPlanSentence } from './rules/lasting.ts';

/** What is about to be written, in one line. */
export function changeLine({ name, pid, before, after }: AdjChange): string {
  return `${nameOf({ name })} (${pid}): oom_score_adj ${formatAdj(before)} → ${formatAdj(after)}`;
}

/** The legacy value beside the one that counts, for readers who know it: `oom_adj -17`. */
export function legacyValue(oomScoreAdj: number): string {
  return `oom_adj ${oomAdjFromOomScoreAdj(oomScoreAdj) ?? '?'}`;
}

/** Why an intent comes down to no write. */
function unchangedSentence({ request, warnings }: AdjPreview): string {
  if (warnings.some(({ kind }) => kind === 'out-of-reach')) return 'Nothing can be changed this way.';
  switch (request.intent.kind) {
    case 'later':
      return 'Enough other processes already go before it.';
    case 'strong':
      return 'It is protected at least as strongly already.';
    case 'never':
      return 'It is exempt already.';
    default:
      return 'No change is needed: it already has that place.';
  }
}

/** Where it would stand: `place 60 of 214`, `exempt`. */
export function placeText({ after, isExempt, of }: PlaceInOrder): string {
  if (after !== undefined) return `place ${formatCount(after)} of ${formatCount(of)}`;
  return isExempt === true ? 'exempt' : 'no place in this kill order';
}

/** The place before and after, and what a strength of protection means; for a terminal. */
export function strengthLines({ place, room, changes, request }: AdjPreview): readonly string[] {
  if (!STRENGTHS.some((strength) => strength === request.intent.kind)) return [];
  const { before } = place;
  const from = before === undefined ? '' : `, now ${formatCount(before)}`;
  const where = `Kill order: ${placeText(place)}${changes.length === 0 ? '' : from}.`;
  if (request.intent.kind !== 'later') return [where];
  return [
    where,
    ...(room === undefined
      ? []
      : [`Later: behind the next five, or all that can be passed, with room ${roomText(room)}.`]),
    ...(changes.length === 0 ? ['With --strength strong it is kept until little else is left.'] : []),
  ];
}

/** The next victims before and after: the purpose of the change. */
export function previewSentence(preview: AdjPreview): string {
  const { changes, nextBefore, nextAfter, nextAfterEnds = [] } = preview;
  if (changes.length === 0) return unchangedSentence(preview);
  if (nextAfter === undefined) {
    return nextBefore === undefined
      ? 'The kernel does not choose by badness here, with or without this change.'
      : 'Then nothing would be left to kill.';
  }
  const next = whoOf(nextAfter);
  const same = nextBefore !== undefined && sameProcess(nextBefore, nextAfter);
  const ends = endsWithSentence(nextAfterEnds);
  const sentence = same ? `${next} is still next.` : `${next} is next after this.`;
  return ends === '' ? sentence : `${sentence} If it is killed, ${ends}.`;
}

/** What a person should know before a change. */
export function warningSentence(warning: Warning): string {
  switch (warning.kind) {
    case 'children-inherit':
      return warning.now === 0
        ? 'New child processes inherit the value.'
        : `New child processes inherit the value; its ${formatCount(warning.now)} existing ones keep theirs.`;
    case 'absolute':
      return '-1000 is absolute: where no other process can be killed, the kernel panics; at the limit of a cgroup, allocations fail.';
    case 'mostly-unkillable':
      return `With this, processes that cannot be killed hold ${formatPercent(warning.share)} of the memory in use: running out of memory could end in a panic.`;
    case 'own-limit-first': {
      const place = warning.rank === undefined ? '' : ` There it has place ${formatCount(warning.rank)}.`;
      return `Its cgroup ${cgroupName(warning.path)} runs out first, with a headroom of ${headroomText(warning)}: a place in the machine’s order does not help there.${place}`;
    }
    case 'other-killer':
      return warning.readsAdj
        ? `${safeText(warning.name)} runs and chooses by its own rules.`
        : `${safeText(warning.name)} runs and does not read oom_score_adj: this change does not protect against it.`;
    case 'chromium-resets':
      return 'Chromium sets its own value again whenever it starts such a process.';
    case 'scope-too-small':
      return 'In a limit this small (under 1,000 pages) adjustments have no effect.';
    case 'dies-with-group':
      return `A kill in ${cgroupName(warning.path)} kills everything in it (memory.oom.group), including this process.`;
    case 'matches-many':
      return `This changes ${formatCount(warning.count)} processes.`;
    case 'several-places':
      return severalPlacesSentence(warning.places);
    case 'cannot-lower':
      return warning.count === 1
        ? 'Lowering needs the capability CAP_SYS_RESOURCE, which not even root has here, as in many containers: the kernel refuses this, unless the process has had a value this low before.'
        : `Lowering needs the capability CAP_SYS_RESOURCE, which not even root has here, as in many containers: the kernel refuses ${formatCount(warning.count)} of these changes, unless those processes have had values this low before.`;
    case 'out-of-reach':
      return `No value above -1000 does that for ${warning.names.map((name) => nameOf({ name })).join(', ')}.`;
  }
}

/** What became of one write. */
export function outcomeLine(outcome: AdjOutcome): string {
  const who = whoOf(outcome);
  if (outcome.error !== undefined) return `${who}: not changed. ${failure(outcome.error).message}`;
  return `${who}: oom_score_adj is now ${formatAdj(outcome.after ?? outcome.asked)}, was ${formatAdj(outcome.before)}`;
}

/** A value against the command that was given: `protect` that raises, `give-up` that lowers. Undefined where it goes with it. */
export function againstCommand(
  command: 'protect' | 'give-up',
  changes: readonly AdjChange[],
): string | undefined {
  const against = changes.filter(({ before, after }) =>
    command === 'protect' ? after > before : after < before,
  );
  if (against.length === 0) return undefined;
  const which =
    against.length === changes.length ? '' : ` for ${formatCount(against.length)} of the processes`;
  return command === 'protect'
    ? `This raises oom_score_adj${which}: it makes an earlier victim, which is what give-up is for.`
    : `This lowers oom_score_adj${which}: it protects, which is what protect is for.`;
}

const READ_ONLY =
  'This page shows everything and changes nothing. lifeboat serve --allow-changes starts one that can.';

/** The lock in the header. */
export function rightsSentence(rights: Rights): { readonly word: string; readonly sentence: string } {
  switch (rights.state) {
    case 'asks':
      return {
        word: 'asks first',
        sentence:
          rights.method === 'none'
            ? 'Lifeboat cannot ask for root here. You can still mark your own processes to be killed first.'
            : 'The first change that needs root asks for a password. Marking your own processes to be killed first needs no root.',
      };
    case 'allowed':
      return {
        word: rights.sysResource ? 'allowed' : 'raise only',
        sentence: rights.sysResource
          ? 'The administrator helper runs. Everything it does is recorded and can be undone.'
          : 'The administrator helper runs without CAP_SYS_RESOURCE: it can raise values, but not lower them below what was set before.',
      };
    case 'read-only':
      return { word: 'not allowed', sentence: READ_ONLY };
    case 'failed':
      return { word: 'not possible', sentence: failure(rights.error).message };
  }
}

/** Their subject is the file of a cgroup. */
const FILE_ACTIONS: ReadonlySet<JournalAction> = new Set<JournalAction>([
  'set-cgroup',
  'set-limit',
  'set-limit-until-boot',
]);

const actionNames: Record<JournalAction, string> = {
  'set-adj': 'oom_score_adj',
  rule: 'oom_score_adj, by a rule',
  'set-sysctl': 'set',
  'keep-sysctl': 'kept after reboot',
  'forget-sysctl': 'no longer kept',
  'keep-unit-adj': 'OOMScoreAdjust= of the unit',
  'forget-unit-adj': 'OOMScoreAdjust= of the unit removed',
  'keep-user-unit-adj': 'OOMScoreAdjust= of your own service',
  'keep-rule': 'rule',
  'forget-rule': 'rule removed',
  'set-cgroup': 'set',
  'set-limit': 'set so that it lasts',
  'set-limit-until-boot': 'set until the next boot',
};
const stateNames: Record<JournalState, string> = {
  done: 'done',
  pending: 'to confirm',
  failed: 'failed',
  undone: 'undone',
  reverted: 'reverted',
};

/** One entry of the journal: what, from what to what, and what became of it. */
export function journalLine(entry: JournalEntry): {
  readonly what: string;
  readonly values: string;
  readonly state: string;
} {
  const { action, subject, before, asked, after, state, formerBoot } = entry;
  const note = entryNote(entry);
  const value = after ?? asked;
  const shown = FILE_ACTIONS.has(action) ? (text: string) => fileValueText(subject, text) : shownValue;
  const became = `${stateNames[state]}${formerBoot === true && state === 'done' ? ', before the last boot' : ''}`;
  return {
    what: `${subjectName(subject)}: ${actionNames[action]}`,
    values: before === undefined ? shown(value) : `${shown(before)} → ${shown(value)}`,
    state: note === undefined ? became : `${became}: ${note}`,
  };
}

/** Why an entry came to its end, or what it was made by; undefined where there is nothing to say. */
export function entryNote({ why, note }: Pick<JournalEntry, 'why' | 'note'>): string | undefined {
  if (why !== undefined) return failure(why).message;
  return note === undefined ? undefined : safeText(note);
}

/** Nothing was kept before, or is kept now. */
function shownValue(value: string): string {
  return value === '' ? 'none' : value;
}
