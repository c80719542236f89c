import { processKey } from '#shared/model/process.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { ruledMachine } from '../../rules/change-rules.ts';
import { withRule } from '../../rules/edit-rules.ts';
import { parseRules } from '../../rules/parse-rules.ts';
import { describeRule, ruleFor } from '../../rules/rule.ts';
import { takenOut } from '../../rules/rule-place.ts';
import { ruleOfSubject } from '../../rules/rule-subject.ts';
import { readRules, type RulesText } from '../../rules/rules-file.ts';
import { ruleEffects } from '../../rules/seen-rules.ts';
import { type ChangeWorld } from '../../world.ts';
import { type PlannedItem } from './plan-undo.ts';
import { slotOf } from './present.ts';

/**
 * How many running processes get another value at once by the rules that these items write, in the order in which they are written. What counts is
 * the rules after all of them, and the values that other items have put back by then: a rule that a later item takes away again changes nothing.
 */
export function ruledBy(
  world: ChangeWorld,
  snapshot: Snapshot,
  items: readonly PlannedItem[],
): ReadonlyMap<PlannedItem, number> {
  const counts = new Map<PlannedItem, number>();
  const written = items.filter(({ does }) => does === 'write');
  const before = readRules(world.rulesFile);
  if (!before.ok) return counts;
  let after: RulesText | undefined = before.value;
  const lastBy = new Map<string, PlannedItem>();
  for (const item of written) {
    const slot = slotOf(item.entry, world.ownUid);
    if (slot?.of !== 'rule') continue;
    lastBy.set(slot.text, item);
    after = after && afterItem(after, slot.text, item);
  }
  if (after === undefined || lastBy.size === 0) return counts;
  const values = new Map(
    written.flatMap(({ entry: { process }, value }) =>
      process === undefined ? [] : [[processKey(process), Number(value)] as const],
    ),
  );
  const processes = snapshot.processes.map((process) => {
    const oomScoreAdj = values.get(processKey(process));
    return oomScoreAdj === undefined ? process : { ...process, oomScoreAdj };
  });
  const machine = { ...ruledMachine(world, snapshot), processes };
  for (const effect of ruleEffects(before.value.rules, after.rules, machine)) {
    const process = processes.find(({ pid }) => pid === effect.pid);
    const rule = process === undefined ? undefined : ruleFor(after.rules, process, machine.commandOf);
    // Without a rule before it, a later one may count: that comes of the last item.
    const item =
      (rule === undefined ? undefined : lastBy.get(describeRule(rule))) ?? [...lastBy.values()].at(-1);
    if (item !== undefined) counts.set(item, (counts.get(item) ?? 0) + 1);
  }
  return counts;
}

/** The rules after one item; undefined where they could not be written so. */
function afterItem(
  { text, rules }: RulesText,
  conditions: string,
  { entry, value = '' }: PlannedItem,
): RulesText | undefined {
  if (value === '') {
    const rule = rules.find((each) => describeRule(each) === conditions);
    return rule === undefined ? undefined : parsed(takenOut(text, rules, rule).text);
  }
  const wanted = ruleOfSubject(entry.subject, Number(value));
  const planned = wanted === undefined ? undefined : withRule({ text, rules }, wanted, entry.place);
  return planned?.ok === true ? parsed(planned.value.text) : undefined;
}

function parsed(text: string): RulesText | undefined {
  const result = parseRules(text);
  return result.ok ? { text, rules: result.rules } : undefined;
}
