import { formatAdj, formatCount } from '#shared/format/count.ts';
import { safeText } from '#shared/format/safe-text.ts';
import { type JournalEntry } from '#shared/model/change.ts';
import { type UndoClick, type UndoEffect, type UndoItem } from '#shared/model/undo.ts';
import { type Sentence } from '../sentence.ts';
import { subjectName } from './cgroup-name.ts';
import { consequence as cgroupConsequence, factSentence as cgroupFact, fileValueText } from './cgroup.ts';
import { failure } from './failure.ts';
import { whoOf } from './process.ts';
import { consequence as sysctlConsequence, factSentence as sysctlFact } from './sysctl/sysctl.ts';

/** The list of what can be undone. */
export const list = {
  title: 'Changes to undo',
  button: (count: number) => (count === 1 ? 'Undo 1 change' : `Undo ${formatCount(count)} changes`),
  anyway: (button: string, consequence: string) => `${button} anyway: ${consequence}`,
  /** Nothing of what is chosen would be written. */
  clear: 'Mark as undone',
  nothing: 'Nothing would be written.',
  displaced: (name: string, value: string) => `${name} = ${value} for the next boot is removed with it.`,
  asking: 'Computing what each would do now…',
  choose: (what: string) => `Undo ${what}`,
  related: 'A rule gives later processes of this name the same value. Tick it to remove the rule as well.',
  dangerous: 'Not ticked: it can kill processes or break something.',
  computedAt: (time: string) => `Computed at ${time}. Checked again when you undo.`,
  leftTitle: (count: number) =>
    count === 1
      ? '1 change cannot be undone any more'
      : `${formatCount(count)} changes cannot be undone any more`,
} as const;

/** What an entry is about: `oom_score_adj of firefox (4711)`. */
function whatOf({ action, subject }: JournalEntry): string {
  const name = subjectName(subject);
  switch (action) {
    case 'set-adj':
    case 'rule':
      return `${name}: oom_score_adj`;
    case 'keep-sysctl':
    case 'forget-sysctl':
      return `${name} for the next boot:`;
    case 'keep-unit-adj':
    case 'forget-unit-adj':
    case 'keep-user-unit-adj':
      return `${name}: OOMScoreAdjust=`;
    case 'keep-rule':
    case 'forget-rule':
      return `Rule for ${name}: adj`;
    case 'set-sysctl':
    case 'set-cgroup':
    case 'set-limit':
    case 'set-limit-until-boot':
      return `${name}:`;
  }
}

/** What undoing an entry would do now, in one line: from the present value to the one after. */
export function itemLine({ entry, does, now, value, why }: UndoItem): string {
  const what = whatOf(entry);
  if (does === 'write') return `${what} ${valueText(entry, now ?? '')} → ${valueText(entry, value ?? '')}`;
  if (does === 'nothing') return `${what} ${valueText(entry, now ?? '')} already. Nothing is written.`;
  return `${subjectName(entry.subject)}: left as it is.${why === undefined ? '' : ` ${failure(why).message}`}`;
}

/** A value as people read it. */
export function valueText({ action, subject }: JournalEntry, value: string): string {
  if (value === '') return action === 'keep-rule' || action === 'forget-rule' ? 'no rule' : 'not set';
  switch (action) {
    case 'set-cgroup':
    case 'set-limit':
    case 'set-limit-until-boot':
      return fileValueText(subject, value);
    case 'set-sysctl':
    case 'keep-sysctl':
    case 'forget-sysctl':
      return safeText(value);
    case 'set-adj':
    case 'rule':
    case 'keep-rule':
    case 'forget-rule':
    case 'keep-unit-adj':
    case 'forget-unit-adj':
    case 'keep-user-unit-adj':
      return formatAdj(Number(value));
  }
}

/** What an undo would bring. */
export function effectSentence({ fact }: UndoEffect): Sentence {
  switch (fact.kind) {
    case 'sysctl':
      return sysctlFact(fact.effect.name, fact.effect.fact);
    case 'cgroup':
      return cgroupFact(fact.effect.fact);
    case 'lowers-limit':
      return ['This lowers a limit: processes are killed or slowed down when they need more.'];
    case 'next-victim':
      return [`${whoOf(fact)} is the next victim then.`];
    case 'exempt':
      return [`${whoOf(fact)} can never be killed then.`];
    case 'rule-changes':
      return [
        fact.count === 1
          ? 'The rule changes 1 running process at once.'
          : `The rule changes ${formatCount(fact.count)} running processes at once.`,
      ];
  }
}

/** What the chosen clicks can end in, short enough for the button; undefined where none of them is dangerous. */
export function consequence(clicks: readonly UndoClick[]): string | undefined {
  const dangers = clicks
    .filter(({ isChosen }) => isChosen)
    .flatMap(({ items }) => items.flatMap(({ effects }) => effects))
    .filter(({ weight }) => weight === 'danger');
  for (const { fact } of dangers) {
    if (fact.kind === 'sysctl') return sysctlConsequence(fact.effect);
    if (fact.kind === 'cgroup') return cgroupConsequence([fact.effect]);
  }
  return dangers.length > 0 ? 'it lowers a limit' : undefined;
}
