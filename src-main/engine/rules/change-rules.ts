import { fail, ok, type Result } from '#shared/result.ts';
import { type JournalAction, type JournalEntry } from '#shared/model/change.ts';
import {
  type NewRule,
  type RulePlace,
  type RulePreview,
  type RuleWritten,
  type SeenRule,
} from '#shared/model/rule.ts';
import { type PlannedWrite, type Unplanned } from '#shared/model/planned-change.ts';
import { compact } from '#shared/optional.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type ChangeWorld } from '../world.ts';
import { addRule, type EditedRules, linesOf, removeRule, ruleBlock, withRule } from './edit-rules.ts';
import { parseRules } from './parse-rules.ts';
import { describeRule, tooWide, type Rule } from './rule.ts';
import { tooWideFailure } from './rule-runner.ts';
import { permissionPlace, takenOut } from './rule-place.ts';
import { ruleSubject } from './rule-subject.ts';
import { readRules } from './rules-file.ts';
import { appliedValues, ruleEffects, seenRules, type RuledMachine } from './seen-rules.ts';

/** What planning rules needs. */
export type RuleWorld = Pick<
  ChangeWorld,
  'readEverything' | 'rulesFile' | 'commandOf' | 'journal' | 'rights' | 'recorder' | 'ownUid' | 'planned'
>;

/** What adding a rule would do: which processes it matches and which of them change now. Writes nothing; fails where adding it would. */
export function previewAddRule(world: RuleWorld, wanted: NewRule): Result<RulePreview> {
  const snapshot = world.readEverything();
  if (!snapshot.ok) return snapshot;
  const read = readRules(world.rulesFile);
  if (!read.ok) return read;
  const planned = withRule(read.value, wanted);
  if (!planned.ok) return planned;
  const { text, number, before } = planned.value;
  const parsed = parseRules(text);
  const rule = parsed.ok ? parsed.rules[number - 1] : undefined;
  if (!parsed.ok || rule === undefined)
    return fail('rules-broken', { what: 'not-editable', path: world.rulesFile });
  const { processes } = snapshot.value;
  const wide = tooWide(rule, processes, world.commandOf);
  if (wide !== undefined)
    return fail('rule-too-wide', { ...tooWideFailure(rule, wide).facts, unwritten: true });
  const machine = ruledMachine(world, snapshot.value);
  return ok(
    plan(world, rule, {
      does: before === undefined ? 'add' : 'change',
      file: world.rulesFile,
      rule: seenAt(parsed.rules, number, machine),
      block: before === undefined ? ruleBlock(wanted).trimEnd() : linesOf(text, rule),
      ...(before === undefined ? {} : { before }),
      effects: ruleEffects(read.value.rules, parsed.rules, machine),
    }),
  );
}

/** What removing a rule would do. Processes keep the values that it gave them, unless a later rule counts for them then. Writes nothing. */
export function previewRemoveRule(
  world: RuleWorld,
  { number }: { readonly number: number },
): Result<RulePreview> {
  const snapshot = world.readEverything();
  if (!snapshot.ok) return snapshot;
  const read = readRules(world.rulesFile);
  if (!read.ok) return read;
  const { text, rules } = read.value;
  const rule = rules[number - 1];
  if (rule === undefined) return fail('not-found', { what: 'rule', number, count: rules.length });
  const machine = ruledMachine(world, snapshot.value);
  const after = rules.filter((each) => each !== rule);
  return ok(
    plan(world, rule, {
      does: 'remove',
      file: world.rulesFile,
      rule: seenAt(rules, number, machine),
      block: linesOf(text, rule),
      before: rule.oomScoreAdj,
      effects: ruleEffects(rules, after, machine),
    }),
  );
}

/** Writes what a preview of a rule showed, where the rules are still those that were seen; the journal has it. */
export function applyRule(world: RuleWorld, { id }: { readonly id: string }): Result<RuleWritten> {
  const allowed = world.rights.mayChange();
  if (!allowed.ok) return allowed;
  const found = world.planned.rules.find(id);
  if (!found.ok) return found;
  const { does, rule, before, writes } = found.value;
  const wanted = newRule(rule);
  // A death between the two leaves a record, and not a rule without one.
  const entry = recordRule(world, writes, placeOf(world.rulesFile, rule, does));
  const written =
    does === 'remove'
      ? removeRuleOf(world, rule.text, rule.oomScoreAdj, rule.number)
      : writeRule(world, wanted, before);
  if (!written.ok) {
    world.recorder.settle(entry, 'failed', { why: written.error });
    return written;
  }
  world.recorder.settle(entry, 'done', compact({ before: entry?.before, after: entry?.asked }));
  return ok(compact({ file: world.rulesFile, rule, group: entry?.group }));
}

/** Adds a rule, at the end or back in its place, or gives it its value, where the value in the file is still the one that was seen. */
export function writeRule(
  { rulesFile }: Pick<RuleWorld, 'rulesFile'>,
  wanted: NewRule,
  seen: number | undefined,
  place?: RulePlace,
): Result<EditedRules> {
  const read = readRules(rulesFile);
  if (!read.ok) return read;
  const planned = withRule(read.value, wanted, place);
  if (!planned.ok) return planned;
  if (planned.value.before !== seen) return changedSince(rulesFile);
  return addRule(rulesFile, wanted, place);
}

/** Takes a rule out, where it is still there with the value that was seen: at its number, else where it stands by now. */
export function removeRuleOf(
  { rulesFile }: Pick<RuleWorld, 'rulesFile'>,
  text: string,
  seen: number,
  number?: number,
): Result<EditedRules> {
  const read = readRules(rulesFile);
  if (!read.ok) return read;
  const same = read.value.rules.filter((rule) => describeRule(rule) === text && rule.oomScoreAdj === seen);
  const rule = same.find((each) => each.number === number) ?? same[0];
  if (rule === undefined) return changedSince(rulesFile);
  return removeRule(rulesFile, rule.number);
}

/** Writes down that a rule will be written or removed. */
function recordRule(
  { recorder }: Pick<RuleWorld, 'recorder'>,
  writes: readonly PlannedWrite[],
  place: RulePlace | undefined,
): JournalEntry | undefined {
  const entries = recorder.begin(
    writes.map(({ subject, seen: before = '', value: asked }) => {
      const action: JournalAction = asked === '' ? 'forget-rule' : 'keep-rule';
      return compact({ action, subject, before, asked, place });
    }),
  );
  return entries?.[0];
}

/** What the way back has to know beside the value: where a rule stands that will be removed, or what of another will be added to it. */
function placeOf(path: string, { text: conditions, number, allowMany }: SeenRule, does: RulePreview['does']) {
  const read = readRules(path);
  if (!read.ok) return undefined;
  const { text, rules } = read.value;
  const same = rules.filter((rule) => describeRule(rule) === conditions);
  const rule = same.find((each) => each.number === number) ?? same[0];
  if (rule === undefined) return undefined;
  if (does === 'remove') return takenOut(text, rules, rule).place;
  return allowMany && !rule.allowMany ? permissionPlace(rule) : undefined;
}

/** The running processes, and what rules have given them already. */
export function ruledMachine(
  { commandOf, journal, rights, ownUid }: Pick<RuleWorld, 'commandOf' | 'journal' | 'rights' | 'ownUid'>,
  { processes, namesOf }: Snapshot,
): RuledMachine {
  const ruled = journal.ruledProcesses();
  return {
    processes,
    commandOf,
    ...compact({ namesOf }),
    applied: appliedValues(ruled.ok ? ruled.value : []),
    // As the rule runner does: raising one's own, and everything else only while the helper runs.
    canWrite: ({ oomScoreAdj, euid }, after) => (after > oomScoreAdj && euid === ownUid) || rights.helperRuns,
  };
}

/** A rule as it would be written again. */
function newRule({ name, command, user, unit, container, oomScoreAdj, allowMany }: SeenRule): NewRule {
  return compact({
    name,
    command,
    user,
    unit,
    container,
    oomScoreAdj,
    allowMany: allowMany ? allowMany : undefined,
  });
}

function plan(world: RuleWorld, rule: Rule, preview: Unplanned<RulePreview>): RulePreview {
  const { does, before } = preview;
  const write: PlannedWrite = {
    mechanism: 'rule',
    subject: ruleSubject(rule),
    ...(before === undefined ? {} : { seen: before.toString() }),
    value: does === 'remove' ? '' : rule.oomScoreAdj.toString(),
  };
  return world.planned.rules.add(preview, [write]);
}

function seenAt(rules: readonly Rule[], number: number, machine: RuledMachine): SeenRule {
  const seen = seenRules(rules, machine)[number - 1];
  if (seen === undefined) throw new Error(`no rule ${number}`);
  return seen;
}

function changedSince(path: string): Result<never> {
  return fail('changed-meanwhile', { what: 'rules', path });
}
