import { type FactsOf } from '#shared/result.ts';
import { type FailureWords } from '../failure.ts';
import { ruleFault } from '../rules/rules.ts';

const LAST_GOOD = 'Until the file is corrected, the last valid rules apply.';

/** A file of rules that cannot be taken. */
export function rulesBroken(facts: FactsOf<'rules-broken'>): FailureWords {
  switch (facts.what) {
    case 'unreadable': {
      const why = facts.errno === undefined ? '' : ` (${facts.errno})`;
      return { message: `${facts.path} cannot be read${why}.`, hint: LAST_GOOD };
    }
    case 'changeable':
      return {
        message: `Other users can change ${facts.path}, and rules are applied as root. The last valid rules apply.`,
        hint: `Make it yours alone: chmod go-w ${facts.path}`,
      };
    case 'no-file':
      return { message: `${facts.path} is not a regular file.`, hint: LAST_GOOD };
    case 'too-large':
      return { message: `${facts.path} is too large.`, hint: LAST_GOOD };
    case 'not-editable':
      return {
        message: `${facts.path} cannot be changed without breaking it.`,
        hint: 'Change it in an editor.',
      };
    case 'faults': {
      const { path, line, column, fault, more } = facts;
      const rest =
        more === 0 ? '' : more === 1 ? ' There is 1 more problem.' : ` There are ${more} more problems.`;
      return {
        message: `${path}, line ${line}, column ${column}: ${ruleFault(fault)}${rest}`,
        hint: LAST_GOOD,
      };
    }
  }
}

/** A rule that cannot be. */
export function ruleBroken({ fault }: FactsOf<'rule-broken'>): FailureWords {
  return { message: ruleFault(fault) };
}

/** A rule that means more than its author thought. */
export function ruleTooWide(facts: FactsOf<'rule-too-wide'>): FailureWords {
  const { number, rule, count, most, unwritten } = facts;
  const what = count === undefined ? 'init' : `${count} processes, more than ${most}`;
  return {
    message: `${number === undefined ? `A rule with ${rule}` : `Rule ${number} (${rule})`} matches ${what}. It is not applied.`,
    hint:
      unwritten === true
        ? 'Nothing was written. Make it narrower, or add --allow-many.'
        : 'Make it narrower, or add "allow_many = true" to it.',
  };
}
