import { type FactsOf } from '#shared/result.ts';
import { type FailureWords } from '../failure.ts';

const LINES = {
  'too-long': 'A line is longer than the protocol allows.',
  'not-utf-8': 'A line is not UTF-8.',
  'not-json': 'A line is not JSON.',
  'no-verb': 'A line asks for no known verb.',
} as const;

const FIELDS = {
  missing: 'is missing',
  unknown: 'is not known here',
  'no-object': 'is not an object',
  'no-number': 'is not a whole number',
  'no-choice': 'is not one of the allowed values',
  'no-unit': 'is not the name of a systemd unit that starts processes',
  'no-cgroup': 'is not the path of a cgroup below the root of its hierarchy',
  'no-list': 'is not a list of settings',
} as const;

/** A request that is not what it has to be. */
export function badRequest(facts: FactsOf<'bad-request'>): FailureWords {
  switch (facts.problem) {
    case 'schema': {
      const { request, where, expected } = facts;
      const fault = expected === undefined ? 'is not known' : `should be ${expected}`;
      return { message: `The request ${request} is not valid: ${where} ${fault}.` };
    }
    case 'line':
      return { message: LINES[facts.fault] };
    case 'field':
      return { message: `The request is not valid: ${facts.field} ${FIELDS[facts.fault]}.` };
    case 'twice':
      return { message: `${facts.name} is there twice.` };
    case 'contradiction':
      return {
        message: `${facts.name} and ${facts.other} clear each other. Set only one of them: that makes the other 0.`,
      };
  }
}

/** A request that has to wait for others. */
export function busy({ with: what }: FactsOf<'busy'>): FailureWords {
  switch (what) {
    case 'requests':
      return { message: 'Too many requests are open at the same time.', hint: 'Try again.' };
    case 'changes':
      return { message: 'Too many changes are pending.', hint: 'Keep or revert some of them first.' };
    case 'change-under-way':
      return { message: 'Another change is being made right now.', hint: 'Try again.' };
    case 'change-waiting':
      return { message: 'Another change is pending.', hint: 'Keep or revert that one first.' };
  }
}
