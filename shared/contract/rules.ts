import * as v from 'valibot';
import { OOM_SCORE_ADJ_MAX, OOM_SCORE_ADJ_MIN } from '../kernel/badness/badness.ts';
import {
  type DropInRemoval,
  type DropInRemoved,
  type NewRule,
  type Protections,
  type RulePreview,
  type RuleWritten,
} from '../model/rule.ts';
import { answers } from './answers.ts';
import { nothing, unit } from './fields.ts';

/** What is wrong with a condition is said by the rules themselves. */
const condition = v.exactOptional(v.pipe(v.string(), v.maxLength(4096)));

const newRule = v.strictObject({
  name: condition,
  command: condition,
  user: condition,
  unit: condition,
  container: condition,
  oomScoreAdj: v.pipe(v.number(), v.integer(), v.minValue(OOM_SCORE_ADJ_MIN), v.maxValue(OOM_SCORE_ADJ_MAX)),
  allowMany: v.exactOptional(v.boolean()),
}) satisfies v.GenericSchema<NewRule>;

/** Requests about rules, and about what else Lifeboat has set. */
export const RULES_REQUESTS = {
  /** The rules with what each matches now, and the other values that Lifeboat set and that are in force. */
  'rules.read': { input: nothing, ...answers<Protections>() },
  /** What adding a rule would do. Writes nothing. */
  'rules.previewAdd': { input: newRule, ...answers<RulePreview>() },
  /** What removing a rule would do. Writes nothing. */
  'rules.previewRemove': {
    input: v.strictObject({ number: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)) }),
    ...answers<RulePreview>(),
  },
  /** What removing a drop-in of Lifeboat's would do, also one that the journal does not know. Writes nothing. */
  'rules.previewRemoveDropIn': { input: v.strictObject({ unit }), ...answers<DropInRemoval>() },
  /** Removes the drop-in that a preview showed, where it still keeps the value that was seen. */
  'rules.removeDropIn': {
    input: v.strictObject({ id: v.pipe(v.string(), v.maxLength(64)) }),
    ...answers<DropInRemoved>(),
  },
  /** Writes what a preview showed, where the rules are still those that were seen. */
  'rules.apply': {
    input: v.strictObject({ id: v.pipe(v.string(), v.maxLength(64)) }),
    ...answers<RuleWritten>(),
  },
} as const;
