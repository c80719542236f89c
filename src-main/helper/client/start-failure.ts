import { fail, type Failure } from '#shared/result.ts';
import { type Method } from './methods.ts';

/** How a start ended that brought no hello. */
export interface FailedStart {
  readonly code: number | null;
  readonly signal: string | null;
  /** What it said, in English: it was started with LC_ALL=C. */
  readonly stderr: string;
}

interface Meaning {
  readonly via?: Method['via'];
  readonly code?: number;
  readonly says?: RegExp;
  readonly failure: Failure;
}

function failure(code: Failure['code'], message: string, hint?: string): Failure {
  return fail(code, message, hint === undefined ? {} : { hint }).error;
}

const REFUSED = failure(
  'elevation-refused',
  'This user may not change it: the password was wrong, or the user is no administrator. Nothing was changed.',
);

/**
 * What the ways to root say when they fail, in the order in which they are looked for: exit codes before texts, since sudo-rs and other
 * versions word things in their own way. Measured with pkexec 122 and sudo 1.9.13.
 */
const MEANINGS: readonly Meaning[] = [
  {
    via: 'pkexec',
    code: 126,
    says: /^(?!.*Not authorized)/s,
    failure: failure(
      'elevation-dismissed',
      'The question for permission was dismissed. Nothing was changed.',
    ),
  },
  {
    via: 'pkexec',
    says: /Error getting authority/,
    failure: failure(
      'elevation-no-bus',
      'There is no polkit to ask: the system bus or polkitd does not run, as in WSL without systemd and in containers.',
      'Start Lifeboat in a terminal with sudo.',
    ),
  },
  {
    via: 'pkexec',
    says: /No authentication agent found|Error creating textual authentication agent/,
    failure: failure(
      'elevation-no-agent',
      'Nothing in this session can ask for a password: no polkit agent runs, as over SSH and with small window managers.',
      'Start an agent, such as polkit-gnome or lxqt-policykit, or start Lifeboat in a terminal with sudo.',
    ),
  },
  { via: 'pkexec', says: /Not authorized/, failure: REFUSED },
  {
    via: 'pkexec',
    says: /must be setuid root/,
    failure: failure('elevation-none', 'pkexec is installed, but without the right to become root.'),
  },
  {
    says: /no new privileges/i,
    failure: failure(
      'elevation-none',
      'Nobody can become root from here: the session has the flag "no new privileges", as in containers and sandboxes.',
    ),
  },
  {
    says: /Error accessing .*No such file|command not found|MODULE_NOT_FOUND|ENOENT|Cannot find module|No such file or directory/,
    failure: failure('helper-missing', 'The helper is missing.', 'Install or build Lifeboat again.'),
  },
  {
    via: 'sudo',
    says: /a password is required|interactive authentication is required/i,
    failure: failure('elevation-none', 'sudo asks for a password, and there is no terminal to ask in.'),
  },
  {
    via: 'sudo',
    says: /terminal is required|must have a tty|no askpass/i,
    failure: failure('elevation-none', 'sudo needs a terminal to ask for a password.'),
  },
  {
    via: 'sudo',
    says: /not in the sudoers|may not run sudo|I'm afraid I can't do that/i,
    failure: failure('elevation-none', 'This user may not use sudo.'),
  },
  {
    via: 'sudo',
    says: /incorrect password|incorrect authentication|authentication (failed|failure)|not allowed/i,
    failure: REFUSED,
  },
];

/** What a start that brought no hello means, with its own code and sentence. */
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
  return failure(
    'helper-ended',
    `The helper ended before it began (${how}).${said === '' ? '' : ` It said: ${said}`}`,
  );
}
