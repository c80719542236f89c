import * as v from 'valibot';
import { type RulePlace } from '#shared/model/rule.ts';

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));

/** As the journal, a file, has it. */
const rulePlace = v.object({
  lines: v.array(v.object({ line: v.pipe(whole, v.minValue(1)), text: v.string() })),
  lineCount: whole,
  after: v.exactOptional(v.string()),
  before: v.exactOptional(v.string()),
  manyWas: v.exactOptional(v.picklist(['absent', 'false'])),
});

/** Where a rule stood; undefined for anything else. */
export function parseRulePlace(stored: unknown): RulePlace | undefined {
  const parsed = v.safeParse(rulePlace, stored);
  return parsed.success ? parsed.output : undefined;
}
