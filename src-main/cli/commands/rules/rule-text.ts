import { safeText, shorten } from '#shared/format/safe-text.ts';
import { describeRule, type Rule } from '../../../engine/rules/rule.ts';

/** The processes that a rule means, as text that is harmless and short enough for a line. */
export function ruleText(rule: Rule): string {
  return shorten(safeText(describeRule(rule)), 80);
}
