import { formatAdj, formatCount } from '#shared/format/count.ts';
import { safeText } from '#shared/format/safe-text.ts';
import {
  type DropInRemoval,
  type KeepPlace,
  type KeepPreview,
  type Protection,
  type RuleEffect,
  type RuleMatch,
  type RulePreview,
  type SeenRule,
  severalPlaces,
} from '#shared/model/rule.ts';
import { lastingPlanSentence } from '../changes.ts';
import { containerNoun, severalPlacesSentence } from '../places.ts';
import { nameOf, whoOf } from '../process.ts';
import { unitNoun } from '../unit.ts';

/** The page's list of rules and of other values that are in force. */
export const view = {
  tab: 'Protections',
  title: 'Rules and protections',
  rules: 'Rules',
  rulesHint: (file: string) => `Lifeboat applies them while it runs. They are in ${safeText(file)}.`,
  noRules: 'No rules. After protecting a process, choose “Keep for later starts…” to add one.',
  kept: 'Drop-ins of services',
  keptHint: 'systemd applies them at every start of the service, with or without Lifeboat.',
  noKept: 'No drop-ins.',
  once: 'Set once',
  onceHint: 'In force until the process ends.',
  noOnce: 'No process has a value that Lifeboat set.',
  columns: { what: 'For', value: 'adj', matches: 'Matches now', remove: 'Remove' },
  remove: 'Remove…',
  removeOf: (what: string) => `Remove: ${what}`,
  loading: 'Reading rules and protections',
  failed: 'The rules cannot be read',
  broken: 'The rules file is not used.',
  matches: (count: number) =>
    count === 0 ? 'no process' : count === 1 ? '1 process' : `${formatCount(count)} processes`,
  more: (count: number) => `and ${formatCount(count)} more`,
  notApplied: 'not applied',
  foreign: 'not written by Lifeboat, which leaves it alone. To remove it:',
  noValue: 'none',
  panel: 'Effect of this change',
  /** In the settings. */
  link: 'Show rules and protections',
  linkHint: 'What Lifeboat keeps for later starts, what it matches now, and how to remove it.',
} as const;

/** The panel that shows what keeping would do. */
export const keep = {
  title: 'Keep for later starts',
  open: 'Keep for later starts…',
  panel: 'Effect of keeping',
  writes: (file: string) => `Written to ${safeText(file)}:`,
  none: 'No other running process changes now.',
  now: (count: number) =>
    count === 1
      ? '1 running process changes at once:'
      : `${formatCount(count)} running processes change at once:`,
  waits: 'Waits until changes are allowed: it needs root.',
  later: (count: number) =>
    `Matches ${view.matches(count)} now. Later ones get the value too, while Lifeboat runs.`,
  places: severalPlacesSentence,
  button: ({ places, effects }: KeepPreview) => {
    const kinds = new Set(
      places.flatMap(({ refused, lasting }) => (refused === undefined ? [lasting.kind] : [])),
    );
    const what = kinds.size > 1 ? 'Keep all' : kinds.has('unit') ? 'Write the drop-in' : 'Add the rule';
    const sooner = effects.filter(isSooner).length;
    if (sooner > 0)
      return `${what}: ${sooner === 1 ? '1 process is' : `${formatCount(sooner)} processes are`} killed sooner`;
    return effects.length === 0
      ? what
      : `${what}, change ${effects.length === 1 ? '1 process' : `${formatCount(effects.length)} processes`}`;
  },
} as const;

/** A rule makes an earlier victim of it. */
export function isSooner({ before, after }: Pick<RuleEffect, 'before' | 'after'>): boolean {
  return after > before;
}

/** Where a process runs, beside its name. */
export function placeOf({ container, unit }: Pick<RuleMatch, 'container' | 'unit'>): string | undefined {
  if (container !== undefined) return containerNoun(container);
  return unit === undefined ? undefined : unitNoun(unit);
}

/** One process that a rule changes at once: `postgres (4711) in docker:16c4…: 0 → +10, killed sooner`. */
export function effectLine(effect: RuleEffect): string {
  const { pid, before, after, waits } = effect;
  const place = placeOf(effect);
  const where = place === undefined ? '' : ` in ${place}`;
  const sooner = isSooner(effect) ? ', killed sooner' : '';
  const later = waits === true ? ', once changes are allowed' : '';
  return `${nameOf(effect)} (${pid})${where}: ${formatAdj(before)} → ${formatAdj(after)}${sooner}${later}`;
}

/** What adding or removing a rule does, in one line. */
export function ruleLine({ does, rule, before }: Pick<RulePreview, 'does' | 'rule' | 'before'>): string {
  const text = ruleText(rule);
  const value = formatAdj(rule.oomScoreAdj);
  switch (does) {
    case 'add':
      return `Adds the rule ${text}: adj ${value}`;
    case 'change':
      return `Changes the rule ${text}: adj ${before === undefined ? '' : `${formatAdj(before)} → `}${value}`;
    case 'remove':
      return `Removes the rule ${text}: adj ${value}`;
  }
}

/** Where the lines of a rule are taken out. */
export function removedFrom(file: string): string {
  return `Removed from ${safeText(file)}:`;
}

/** What removing a drop-in does, in one line. */
export function dropInLine({ unit, oomScoreAdj }: Pick<DropInRemoval, 'unit' | 'oomScoreAdj'>): string {
  return `Removes the drop-in of ${unitNoun(unit)}: OOMScoreAdjust=${oomScoreAdj}`;
}

/** What becomes of a unit without its drop-in. */
export function dropInSentence({ matches }: Pick<DropInRemoval, 'matches'>): string {
  const later = 'Later starts get what its other files say.';
  if (matches.length === 0) return later;
  return matches.length === 1
    ? `${later} 1 running process keeps its value.`
    : `${later} ${formatCount(matches.length)} running processes keep their values.`;
}

/** The button that removes a drop-in. */
export const removeDropIn = 'Remove the drop-in';

/** The button that removes a rule. */
export function removeButton({ effects }: Pick<RulePreview, 'effects'>): string {
  if (effects.length === 0) return 'Remove the rule';
  return `Remove the rule, change ${effects.length === 1 ? '1 process' : `${formatCount(effects.length)} processes`}`;
}

/** What processes it is about now and later. */
export function matchSentence({
  does,
  rule,
  effects,
}: Pick<RulePreview, 'does' | 'rule' | 'effects'>): string {
  const count = rule.matches.length;
  if (does !== 'remove') return keep.later(count);
  if (count === 0) return 'It matches no process now.';
  const which =
    count === 1 ? '1 process keeps its value' : `${formatCount(count)} processes keep their values`;
  return effects.length === 0
    ? `${which} until ${count === 1 ? 'it ends' : 'they end'}.`
    : 'Another rule counts for some of its processes then.';
}

/** Where the processes of a rule run, where that is more than one place: a warning. */
export function ruleWarning({ does, rule }: Pick<RulePreview, 'does' | 'rule'>): string | undefined {
  const places = does === 'remove' ? [] : severalPlaces(rule.matches);
  return places.length === 0 ? undefined : severalPlacesSentence(places);
}

/** A rule's conditions, harmless. */
export function ruleText({ text }: Pick<SeenRule, 'text'>): string {
  return safeText(text);
}

/** A place where a value is to be kept, before it is done. */
export function keepLine(place: KeepPlace): string {
  const { before, oomScoreAdj, refused } = place;
  const sentence = lastingPlanSentence(place);
  if (refused !== undefined || before === undefined || before === '') return sentence;
  return Number(before) === oomScoreAdj
    ? `${sentence} It is kept there already.`
    : `${sentence} So far it keeps ${formatAdj(Number(before))}.`;
}

/** What a value that is in force is about. */
export function protectionText(protection: Protection): string {
  if (protection.kind !== 'processes') return unitNoun(protection.unit);
  const [first] = protection.matches;
  if (first === undefined) return '';
  const others = protection.matches.length - 1;
  return `${whoOf(first)}${others === 0 ? '' : ` ${view.more(others)}`}`;
}
