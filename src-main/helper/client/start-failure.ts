import { fail, type FactsOf, type Failure } from '#shared/result.ts';
import { type Method } from './methods.ts';

/** How a start ended that brought no hello. */
export interface FailedStart {
  readonly code: number | null;
  readonly signal: string | null;
  /** Its error output, in English: it was started with LC_ALL=C. */
  readonly stderr: string;
}

interface Meaning {
  readonly via?: Method['via'];
  readonly code?: number;
  readonly says?: RegExp;
  readonly failure: Failure;
}

const REFUSED = fail('elevation-refused', {}).error;

function noWay(why: FactsOf<'elevation-none'>['why']): Failure {
  return fail('elevation-none', { why }).error;
}

/**
 * What the ways to root say when they fail, in the order in which they are looked for: exit codes before texts, since sudo-rs and other
 * versions word things in their own way. Measured with pkexec 122 and sudo 1.9.13.
 */
const MEANINGS: readonly Meaning[] = [
  {
    via: 'pkexec',
    code: 126,
    says: /^(?!.*Not authorized)/s,
    failure: fail('elevation-dismissed', {}).error,
  },
  { via: 'pkexec', says: /Error getting authority/, failure: fail('elevation-no-bus', {}).error },
  {
    via: 'pkexec',
    says: /No authentication agent found|Error creating textual authentication agent/,
    failure: fail('elevation-no-agent', {}).error,
  },
  { via: 'pkexec', says: /Not authorized/, failure: REFUSED },
  { via: 'pkexec', says: /must be setuid root/, failure: noWay('not-setuid') },
  { says: /no new privileges/i, failure: noWay('no-new-privileges') },
  {
    says: /Error accessing .*No such file|command not found|MODULE_NOT_FOUND|ENOENT|Cannot find module|No such file or directory/,
    failure: fail('helper-missing', {}).error,
  },
  {
    via: 'sudo',
    says: /a password is required|interactive authentication is required/i,
    failure: noWay('no-password-asked'),
  },
  {
    via: 'sudo',
    says: /terminal is required|must have a tty|no askpass/i,
    failure: noWay('no-terminal'),
  },
  {
    via: 'sudo',
    says: /not in the sudoers|may not run sudo|I'm afraid I can't do that/i,
    failure: noWay('no-sudoer'),
  },
  {
    via: 'sudo',
    says: /incorrect password|incorrect authentication|authentication (failed|failure)|not allowed/i,
    failure: REFUSED,
  },
];

/** What a start that brought no hello means, with its own code. */
export function explainFailedStart(via: Method['via'], { code, signal, stderr }: FailedStart): Failure {
  const known = MEANINGS.find(
    (meaning) =>
      (meaning.via ?? via) === via &&
      (meaning.code ?? code) === code &&
      (meaning.says === undefined || meaning.says.test(stderr)),
  );
  if (known !== undefined) return known.failure;
  const how = signal === null ? `exit code ${code ?? 'unknown'}` : signal;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return fail('helper-not-started', { how, said: said === '' ? undefined : said }).error;
}
